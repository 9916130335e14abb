"""Records of pipelines."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import deferred
import redaction
from contracts.operations.logs import NewPipelineLog, PipelineLog


def pipeline_log(given: NewPipelineLog, now: datetime) -> PipelineLog:
    """The redacted record of an execution that ended *now*."""
    milliseconds = given.execution_time_ms
    if milliseconds is None:
        began = given.started_at or now
        began = began if began.tzinfo else began.replace(tzinfo=UTC)
        milliseconds = max(0.0, round((now - began).total_seconds() * 1000, 3))
    return PipelineLog(
        pipeline_id=given.pipeline_id,
        conversation_id=given.conversation_id,
        timestamp=now,
        user_message=redaction.redact_said(given.user_message),
        analysis=redaction.redact(given.analysis),
        final_response=redaction.redact(given.final_response),
        execution_time_ms=milliseconds,
        status=given.status,
    )


class Records:
    """The records that are *stored*, and those of which a second may pass until then.

    ``chassis`` is the unit of work: acting_for, current, Stored, NotFound.
    """

    def __init__(self, stored: Any, seconds: float, chassis: Any) -> None:
        self._stored, self._seconds, self._chassis = stored, seconds, chassis
        write = partial(stored.keep, seconds=seconds)
        self._ended = deferred.Writes[PipelineLog](write, chassis.acting_for)
        self.serving = self._ended.serving

    def keep(self, record: PipelineLog, *, soon: bool) -> None:
        """Keep it, with the unit of work or *soon*."""
        if soon:
            self._ended.put(self._tenant(), record.pipeline_id, record)
        else:
            self._stored.put(record.pipeline_id, record, ttl=self._seconds)

    async def read(self, id: str) -> Any:
        """A record, which is written once; NotFound."""
        find = partial(self._stored.find, id)
        if (found := await self._ended.soon(self._tenant(), id, find)) is None:
            raise self._chassis.NotFound(f"there is no record of a pipeline {id}")
        return self._chassis.Stored(id, 1, found)

    def forget(self, conversation: str) -> None:
        """What was said in a conversation is in no record any more."""
        deferred.sweep(conversation, self._stored, self._ended, self._tenant())

    def _tenant(self) -> str:
        return self._chassis.current().tenant or ""
