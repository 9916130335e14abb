"""Logging: every tenant's log lines, traces and errors, and its pipelines' records.

Calls      database-operations
Consumes   conversation.removed

Whatever comes in is redacted before it is kept. A batch that is sent again leaves no
duplicates and counts nothing twice. Lines go by age and, oldest first, by size.
"""

import time
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request, Response

import chassis
import log_records
import traces
from contracts.assistant.events import ConversationRemoved
from contracts.infrastructure.database import Sort
from contracts.operations import logs

STAFF, SHOWN, DAY = chassis.STAFF, 1000, 86_400.0
READS = chassis.policy(retry="read", public=True, roles=STAFF)
CHANGES = chassis.policy(public=True, roles=STAFF)
INGESTS = chassis.policy(retry="read", public=True, roles=chassis.MANAGERS, quiet=True)
SHIPS = chassis.policy(retry="read", anonymous=True, timeout=30.0, quiet=True)
RECORDS = chassis.policy(retry="read", timeout=1.0, action="pipeline.log_pipeline")
MEANINGS = {
    log_records.TooMuch: chassis.TooLarge,
    log_records.NotTaken: chassis.Unsupported,
    log_records.NotLines: chassis.Malformed,
}
NEWEST = [Sort(path="time", descending=True)]
Asked = Annotated[logs.LogQuery, Depends()]

terms = chassis.settings(log_records.Terms, prefix="LOGGING_")
forwarder = log_records.Forwarder(terms, chassis.provider("otlp", timeout=5.0).call)
lines = chassis.collection("log-lines", log_records.Found)
groups = chassis.collection("error-groups", logs.ErrorGroup)
records = chassis.collection("pipeline-logs", logs.PipelineLog)
kept = log_records.LogStore(lines, groups, forwarder, terms, chassis)
ended = log_records.Records(records, 30 * DAY, chassis)
router = chassis.router("/api/v1", tags=["logging"])
errors = chassis.router("/api/v1/errors", tags=["logging"])
pipelines = chassis.router("/api/v1/pipeline-logs", tags=["logging"])


async def keep(rows: list[log_records.Row], sender: str) -> None:
    await kept.keep_all(log_records.owned(rows, sender, chassis.PLATFORM, time.time()))


@router.post("/logs", response_model=logs.Ingested, **INGESTS)
async def ingest_logs(request: Request, sender: chassis.Tenant) -> Any:
    """Keep a batch: a JSON array, NDJSON, or OTLP/HTTP logs or traces."""
    batch = await log_records.receive(request.stream(), request.headers)
    await keep(batch.rows, sender)
    return (
        Response(media_type=log_records.PROTOBUF) if batch.protobuf else batch.answer()
    )


@router.post("/logs/agents", status_code=204, **SHIPS)
async def ingest_shipped(request: Request) -> None:
    """Keep what a cluster's log agent read of every service's output, as NDJSON;
    Unauthenticated without the agents' key, which opens nothing else."""
    if not log_records.admits(terms.agent_keys, request.headers.get("authorization")):
        raise chassis.Unauthenticated("this needs a log agent's key")
    for rows in await log_records.shipped(request.stream(), request.headers):
        await keep(rows, chassis.PLATFORM)


@router.get("/logs", **READS)
async def list_logs(
    asked: Asked, paging: chassis.Paged, own: chassis.Tenant
) -> chassis.Page[logs.Line]:
    """Lines, newest first; the platform may ask for any tenant's."""
    if own not in (asked.tenant or own, chassis.PLATFORM):
        raise chassis.Forbidden("these are another tenant's logs")
    with chassis.acting_for(asked.tenant or own):
        return await lines.page(paging, log_records.matching(asked), NEWEST)


@router.get("/traces/{trace_id}", **READS)
async def get_trace(trace_id: logs.Hex32) -> logs.Trace:
    """The tenant's spans of a trace, also one that has just ended, as a tree with the
    critical path; NotFound."""
    wanted = {"trace_id": trace_id, "kind": "span"}
    if not (own := await traces.arrived(lambda: lines.matching(wanted, limit=SHOWN))):
        raise chassis.NotFound(f"there is no trace {trace_id}")
    with chassis.acting_for(chassis.PLATFORM):
        others = await lines.matching(wanted, limit=SHOWN)
    return traces.trace(trace_id, own, others, SHOWN)


@errors.get("", **READS)
async def list_errors(
    paging: chassis.Paged, state: logs.ErrorState | None = None, service: str = ""
) -> chassis.Page[logs.ErrorGroup]:
    """Errors by cause, the latest first."""
    wanted = chassis.given(state=state, service=service or None)
    return await groups.page(paging, wanted, [Sort(path="last_seen", descending=True)])


@errors.patch("/{id}", **CHANGES)
async def change_error(
    id: str, given: logs.ErrorChange, version: chassis.IfMatch
) -> logs.ErrorGroup:
    """Resolve, ignore or reopen a group; a resolved one reopens when it recurs."""
    found = await groups.read(id)
    group = log_records.changed(found.value, given.state)
    groups.put(id, group, version=version or found.version, ttl=90 * DAY)
    return group


@pipelines.post("", status_code=201, **RECORDS)
async def log_pipeline(
    given: logs.NewPipelineLog, answer: Response, now: chassis.Now
) -> logs.PipelineLog:
    """Keep one execution's record, redacted; 202 for one that is stored soon."""
    record = log_records.pipeline_log(given, now)
    ended.keep(record, soon=given.soon)
    answer.status_code = 202 if given.soon else 201
    answer.headers["Location"] = f"{pipelines.prefix}/{quote(record.pipeline_id, '')}"
    return record


@chassis.on(ConversationRemoved)
async def forget(event: ConversationRemoved) -> None:
    ended.forget(event.conversation_id)


chassis.items(errors, groups, "error", read_roles=STAFF)
about = {"read_roles": STAFF, "listed": True, "read": ended.read}
chassis.items(pipelines, records, "pipeline_log", **about)
HELD = forwarder.serving, ended.serving
OFFERED = router, errors, pipelines, forget
app = chassis.create_app("logging", *OFFERED, resources=HELD, meanings=MEANINGS)
