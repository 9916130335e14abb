"""Action executor: runs actions and pipelines, each step once.

Calls      any service's declared actions; logging, database-operations
Publishes  execution.started, and consumes it to go on after a crash or a long wait

A standard execution is a document: its definition, its input and the journal of its
finished steps. After a crash the next holder replays the journal and repeats nothing
that finished. An express one lives in memory and is kept, as far as it can be.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from functools import partial
from importlib.resources import files
from typing import Any

from fastapi import Request, Response

import chassis
import states
from contracts.assistant import pipelines as contract
from contracts.assistant.events import ExecutionStarted
from contracts.assistant.pipelines import Execution, Pipeline, StoredExecution
from contracts.assistant.plans import ActionRunResult, ActionRuns
from services.assistant.action_executor import actions, executions

STAFF = ("owner", "admin", "agent")
PATIENCE = 24.0  # seconds that a caller waits for an end
CHAT = json.loads(files(__package__).joinpath("chat.asl.json").read_text())
BUILT_IN = {"chat": Pipeline(name="chat", type="express", definition=CHAT)}
READS = chassis.policy(retry="read", public=True)
DEFINES = chassis.policy(retry="keyed", public=True, roles=STAFF)
RUNS = chassis.policy(
    retry="keyed", public=True, timeout=28.0, stream=True, replays=True
)
ACTS = chassis.policy(retry="keyed", public=True, timeout=28.0, roles=STAFF)

pipelines = chassis.collection("pipelines", Pipeline)
kept = chassis.collection("executions", StoredExecution)
router = chassis.router("", tags=["action-executor"])


async def pipeline_of(name: str) -> Pipeline:
    """The tenant's own definition, else the one that ships."""
    try:
        own = await pipelines.find(name)
    except chassis.UpstreamFailed:
        if name not in BUILT_IN:
            raise
        own = None
    if own is None and name not in BUILT_IN:
        raise chassis.NotFound(f"there is no pipeline {name}")
    return own or BUILT_IN[name]


def new(pipeline: Pipeline, given: Any, caller: chassis.Context) -> StoredExecution:
    """An execution that has not begun; the same one for a repeated key."""
    now, key = chassis.now(), caller.idempotency_key
    named = uuid.uuid5(uuid.NAMESPACE_OID, f"{caller.subject}/{pipeline.name}/{key}")
    id = (named if key else uuid.uuid4()).hex
    who = {"tenant": caller.tenant, "subject": caller.subject, "roles": caller.roles}
    what = pipeline.model_dump(include={"type", "definition"}) | {"input": given}
    about = {"id": id, "pipeline": pipeline.name, "status": "RUNNING", **what, **who}
    return StoredExecution(**about, started_at=now, held_until=now)


async def earlier(begun: StoredExecution, caller: chassis.Context) -> Any:
    """The execution that an earlier request with the same key began, or None."""
    if caller.idempotency_key is None:
        return None
    try:
        found = await kept.find(begun.id)
    except chassis.UpstreamFailed:
        return None
    if found and found.input != begun.input:
        raise chassis.Conflict(
            "this key was used with another input", code="KEY_REUSED"
        )
    return found


async def performed(
    begun: StoredExecution, caller: chassis.Context, observer: Any = None
) -> StoredExecution:
    """Run an execution to its end, or for as long as a caller waits."""
    if found := await earlier(begun, caller):
        return found
    if begun.type == "express":
        return await executions.express(begun, observer)
    held = await executions.hold(begun, 0)
    running = chassis.background(executions.standard(begun, held, observer))
    ended, _ = await asyncio.wait([running], timeout=PATIENCE)
    return running.result() if ended else begun


@router.post("/api/v1/action-runs", **ACTS)
async def run_actions(asked: ActionRuns) -> ActionRunResult:
    """Run actions, each by itself: what fails does not stop the others."""
    return await actions.run(asked, uuid.uuid4().hex)


@router.put("/api/v1/pipelines/{name}", **DEFINES)
async def define_pipeline(
    name: contract.PipelineName,
    definition: dict[str, Any],
    type: contract.Type = "standard",
) -> Pipeline:
    """Define a pipeline; refused with every finding and its place when it cannot run."""
    if findings := states.check(definition, actions.unknown):
        told = [finding._asdict() for finding in findings[:100]]
        first = f"{told[0]['place']}: {told[0]['message']}"
        message = f"{len(findings)} findings: {first}"
        raise chassis.Invalid(message, code="BAD_PIPELINE", findings=told)
    known = await pipelines.find(name)
    made = {"revision": known.revision + 1 if known else 1, "type": type}
    now = chassis.now()
    pipeline = Pipeline(name=name, definition=definition, updated_at=now, **made)
    pipelines.put(name, pipeline)
    return pipeline


@router.get("/api/v1/pipelines/{name}", **READS)
async def get_pipeline(name: contract.PipelineName) -> Pipeline:
    return await pipeline_of(name)


@router.get("/api/v1/pipelines/{name}/diagram", **READS)
async def draw_pipeline(name: contract.PipelineName) -> Response:
    """The pipeline as a Mermaid state diagram."""
    drawn = states.diagram((await pipeline_of(name)).definition)
    return Response(drawn, media_type="text/vnd.mermaid")


@router.post("/api/v1/pipelines/{name}/executions", response_model=Execution, **RUNS)
async def run_pipeline(
    name: contract.PipelineName,
    asked: contract.ExecutionRequest,
    request: Request,
    caller: chassis.Caller,
) -> Any:
    """Run a pipeline and answer with how it ended, or RUNNING when that takes longer.

    As server-sent events: state-entered, delta, state-exited, then the execution.
    """
    begun = new(await pipeline_of(name), asked.input, caller)
    if chassis.wants_events(request):
        return chassis.event_stream(streamed(begun, caller))
    return await performed(begun, caller)


async def streamed(
    begun: StoredExecution, caller: chassis.Context
) -> AsyncIterator[tuple[str, Any]]:
    async for name, data in states.watched(partial(performed, begun, caller)):
        shown = Execution.model_validate(data.model_dump()) if name == "end" else data
        yield ("execution" if name == "end" else name), shown


@router.post("/pipeline", response_model=Execution, **RUNS)
async def run_chat(asked: contract.Message, caller: chassis.Caller) -> Any:
    """Run the chat pipeline on a message alone."""
    given = {**asked.model_dump(), "history": [], "also": []}
    return await performed(new(await pipeline_of("chat"), given, caller), caller)


@router.get("/api/v1/pipeline-executions/{id}", **READS)
async def get_execution(
    id: str, caller: chassis.Caller
) -> contract.ExecutionWithHistory:
    """How an execution stands, with its history; a customer's own alone."""
    stored = await kept.get(id)
    if stored.subject != caller.subject and not {*STAFF, "service"} & {*caller.roles}:
        raise chassis.NotFound(f"there is no execution {id}")
    steps = stored.history or await executions.history(stored)
    about = stored.model_dump(include=set(Execution.model_fields))
    return contract.ExecutionWithHistory(**about, history=steps)


@chassis.on(ExecutionStarted, deadline=120.0)
async def rescue(event: ExecutionStarted) -> None:
    """Go on with an execution that nobody holds any more."""
    await executions.take_up(event.execution_id)


app = chassis.create_app("action-executor", router, rescue)
