"""Action executor: runs actions and pipelines, each step once.

Calls      any service's declared actions; database-operations
Publishes  execution.started, and consumes it to go on after a crash or a long wait;
           pipeline.defined, and hears it to forget the definition before
Consumes   conversation.removed: executions of what was said there go with it

After a crash the next holder of a standard execution replays its journal and repeats
nothing that finished. An express one lives in memory and is kept, if that can be.
"""

import json
from functools import partial
from importlib.resources import files
from typing import Annotated, Any

from fastapi import Query, Request, Response

import asl
import chassis
import deferred
import executions
from contracts.assistant import events
from contracts.assistant import pipelines as contract
from contracts.assistant.pipelines import Execution, Pipeline, PipelineName
from contracts.assistant.plans import ActionRunResult, ActionRuns

CHAT = json.loads(files(__package__).joinpath("chat.asl.json").read_text())
KEPT = 7 * 86_400.0  # seconds that an express execution can be looked at
SHARE = 0.8  # of the caller's time for an execution to end in; the rest is to answer
OURS = {"chat": Pipeline(name="chat", type="express", definition=CHAT)}
READS = chassis.policy(retry="read", public=True)
DRAWN = chassis.media("text/vnd.mermaid")
DEFINES = chassis.policy(retry="keyed", public=True, roles=chassis.MANAGERS)
LONG: dict[str, Any] = {"retry": "keyed", "public": True, "timeout": 28.0}
RUNS = chassis.policy(**LONG, stream=True, replays=True)

pipelines = chassis.collection("pipelines", Pipeline)
kept = chassis.collection("executions", contract.StoredExecution)
router = chassis.router("", tags=["action-executor"])
alarmed = chassis.Alarmed(kept, lambda id: events.ExecutionStarted(execution_id=id))
actions = executions.Actions(chassis.actions().values(), chassis.Problem)
write = executions.packing(partial(kept.keep, seconds=KEPT))
ended = deferred.Writes(write, chassis.acting_for, refused=(chassis.Invalid,))
host = executions.Host(actions, alarmed, ended, chassis)
known = chassis.Remembered(seconds=30.0, most=500, stale=3600.0)
defined = executions.Definitions(
    pipelines, OURS, known, chassis, events.PipelineDefined
)


async def begun(name: str, given: Any, caller: chassis.Context) -> Any:
    """What performs a new execution of a pipeline, when called."""
    pipeline = await defined.get(caller.tenant, name)
    new = executions.new(pipeline, given, caller)
    perform = partial(host.performed, new, caller.remaining() * SHARE)
    return executions.shown_to(caller.is_staff, perform)


@router.post("/api/v1/action-runs", **chassis.policy(**LONG, roles=chassis.STAFF))
async def run_actions(asked: ActionRuns, caller: chassis.Caller) -> ActionRunResult:
    """Run actions, each by itself: what fails does not stop the others."""
    return await actions.run(asked, executions.named("/action-runs", caller))


@router.put("/api/v1/pipelines/{name}", **DEFINES)
async def define_pipeline(
    name: PipelineName,
    definition: dict[str, Any],
    tenant: chassis.Tenant,
    now: chassis.Now,
    type: contract.Type = "standard",
) -> Pipeline:
    """Define a pipeline; one that cannot run is refused with every finding's place."""
    made = Pipeline(name=name, definition=definition, type=type, updated_at=now)
    return await defined.define(tenant, made, actions.unknown)


@router.delete("/api/v1/pipelines/{name}", status_code=204, **DEFINES)
async def withdraw_pipeline(name: PipelineName, tenant: chassis.Tenant) -> None:
    """Take the business's own definition away; one that ships counts again."""
    await defined.withdraw(tenant, name)


@router.get("/api/v1/pipelines/{name}", **READS)
async def get_pipeline(name: PipelineName, tenant: chassis.Tenant) -> Pipeline:
    return await defined.get(tenant, name)


@router.get("/api/v1/pipelines/{name}/diagram", **READS | DRAWN)
async def draw_pipeline(name: PipelineName, tenant: chassis.Tenant) -> Response:
    """The pipeline as a Mermaid state diagram."""
    drawn = asl.diagram((await defined.get(tenant, name)).definition)
    return Response(drawn, media_type="text/vnd.mermaid")


@router.post("/api/v1/pipelines/{name}/executions", response_model=Execution, **RUNS)
async def run_pipeline(
    name: PipelineName,
    asked: contract.ExecutionRequest,
    request: Request,
    caller: chassis.Caller,
) -> Any:
    """Run a pipeline and answer with how it ended, or RUNNING when that takes longer.

    As server-sent events: state-entered, delta, state-exited, then the execution.
    """
    perform = await begun(name, asked.input, caller)
    if not chassis.wants_events(request):
        return await perform()
    return chassis.event_stream(asl.watched(perform, "execution", Execution, chassis))


@router.post("/pipeline", response_model=Execution, **RUNS)
async def run_chat(asked: contract.Message, caller: chassis.Caller) -> Any:
    """Run the chat pipeline on a message alone."""
    return await (await begun("chat", executions.alone(asked), caller))()


@router.get("/api/v1/pipeline-executions/{id}", **READS)
async def get_execution(
    id: str, caller: chassis.Caller, wanted: Annotated[contract.HistoryPage, Query()]
) -> contract.ExecutionWithHistory:
    """How an execution stands, with a page of its history; customers see their own."""
    stored = await host.find(caller.tenant, id)
    if stored is None or not caller.owns(stored.subject):
        raise chassis.NotFound(f"there is no execution {id}")
    about = executions.paged(stored, await host.history(stored), wanted)
    return executions.shown(about, caller.is_staff)


@chassis.on(events.ExecutionStarted, deadline=120.0)
async def rescue(event: events.ExecutionStarted) -> None:
    """Go on with an execution that nobody holds any more."""
    await host.take_up(event.execution_id)


@chassis.on(events.ConversationRemoved)
async def sweep(event: events.ConversationRemoved) -> None:
    deferred.sweep(event.conversation_id, kept, ended, chassis.current().tenant or "")


@chassis.heard(events.PipelineDefined, lost=known.forget)
async def forget(event: events.PipelineDefined) -> None:
    defined.forget(chassis.current().tenant, event.name)


PARTS = router, rescue, forget, sweep
app = chassis.create_app("action-executor", *PARTS, resources=(ended.serving,))
