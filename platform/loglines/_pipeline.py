"""Records of pipelines."""

from datetime import UTC, datetime

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
        user_message=redaction.redact_text(given.user_message),
        analysis=redaction.redact(given.analysis),
        final_response=redaction.redact(given.final_response),
        execution_time_ms=milliseconds,
        status=given.status,
    )
