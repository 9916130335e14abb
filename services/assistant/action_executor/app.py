"""Action executor: runs actions and pipelines, each step once.

Calls      any service's declared actions; logging, database-operations
Publishes  execution.started, and consumes it to go on after a crash or a long wait

A standard execution is a document: its definition, its input and the journal of its
finished steps. Whoever holds it runs it; after a crash the next holder replays the
journal and repeats nothing that finished. An express one lives in memory and is kept,
as far as it can be, when it has ended.
"""

import asyncio
import json
import logging
import uuid
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from fastapi import Request, Response

import chassis
import states
from contracts.assistant import pipelines as contract
from contracts.assistant.events import ExecutionStarted
from contracts.assistant.pipelines import Execution, Pipeline, StoredExecution
from contracts.assistant.plans import ActionRunResult, ActionRuns
from services.assistant.action_executor import actions, history

STAFF = ("owner", "admin", "agent")
HELD = timedelta(seconds=75)  # longer than the longest task, so that it need not renew
PATIENCE = 24.0  # seconds that a caller waits for an end
KEPT = 7 * 86_400.0  # seconds that an express execution can be looked at
log = logging.getLogger(__name__)
CHAT = json.loads(files(__package__).joinpath("chat.asl.json").read_text())
BUILT_IN = {"chat": Pipeline(name="chat", type="express", definition=CHAT)}
READS = chassis.policy(retry="read", public=True)
DEFINES = chassis.policy(retry="keyed", public=True, roles=STAFF)
RUNS = chassis.policy(retry="keyed", public=True, timeout=28.0, stream=True)
ACTS = chassis.policy(retry="keyed", public=True, timeout=28.0, roles=STAFF)

pipelines = chassis.collection("pipelines", Pipeline)
executions = chassis.collection("executions", StoredExecution)
router = chassis.router("", tags=["action-executor"])


async def pipeline_of(name: str) -> Pipeline:
    """The tenant's own definition, else the one that ships."""
    try:
        return await pipelines.find(name) or BUILT_IN[name]
    except chassis.UpstreamFailed:
        if name in BUILT_IN:
            return BUILT_IN[name]
        raise
    except KeyError as exc:
        raise chassis.NotFound(f"there is no pipeline {name}") from exc


class Kept:
    """The journal of one execution, in its document; each entry renews the hold."""

    def __init__(self, stored: StoredExecution) -> None:
        self.id, self.entries = stored.id, dict(stored.journal)

    def recall(self, key: str) -> Any:
        return json.loads(self.entries[key]) if key in self.entries else None

    async def record(self, key: str, entry: Any) -> None:
        # As text: a merge patch would take a null within for a removal.
        self.entries[key] = text = json.dumps(entry)
        until = chassis.utc(chassis.now() + HELD)
        executions.patch(self.id, {"journal": {key: text}, "held_until": until})
        await chassis.commit()


class PatientClock(states.SleepingClock):
    """Sleeps for a moment; a long wait suspends the execution instead."""

    async def until(self, key: str, moment: datetime) -> None:
        if (moment - self.now()).total_seconds() > 3:
            raise states.Suspended(moment)
        await super().until(key, moment)


async def carried_out(stored: StoredExecution, observer: Any = None) -> StoredExecution:
    """Run an execution as far as it goes; what it is then."""
    durable = stored.type == "standard"
    context = {"Actions": actions.offered()}
    run = states.Execution(
        stored.id, stored.input, stored.started_at, stored.id, stored.pipeline, context
    )
    task = actions.task(stored.id)
    clock = PatientClock() if durable else states.SleepingClock()
    machine = states.Machine(stored.definition, task, clock)
    ended: dict[str, Any] = {"status": "SUCCEEDED"}
    try:
        journal = Kept(stored) if durable else None
        ended["output"] = await machine.run(run, journal, observer)
    except states.Suspended as pause:
        return suspended(stored, pause.until)
    except states.TimedOut as end:
        ended = {"status": "TIMED_OUT", "error": end.error, "cause": end.cause}
    except states.Failed as end:
        ended = {"status": "FAILED", "error": end.error, "cause": end.cause}
    return stored.model_copy(update={**ended, "ended_at": chassis.now()})


def suspended(stored: StoredExecution, until: datetime) -> StoredExecution:
    """Let go of an execution that waits; an event takes it up again."""
    executions.patch(stored.id, {"held_until": chassis.utc(until)})
    later(stored.id, until)
    return stored


def later(id: str, at: datetime) -> None:
    chassis.publish(ExecutionStarted(execution_id=id), deliver_at=at, cancel_key=id)


async def finished(stored: StoredExecution, observer: Any = None) -> StoredExecution:
    """Run a durable execution and write down how it ended."""
    with chassis.detached(stored.tenant, stored.subject, tuple(stored.roles)):
        done = await carried_out(stored, observer)
        if done.status != "RUNNING":
            ending = {"status", "output", "error", "cause", "ended_at"}
            executions.patch(done.id, done.model_dump(mode="json", include=ending))
            chassis.cancel(done.id)
        await chassis.commit()
        return done


async def begun(pipeline: Pipeline, given: Any, caller: chassis.Context) -> Any:
    """A new execution; a durable one is committed before anything runs."""
    now, id = chassis.now(), uuid.uuid4().hex
    who = {"tenant": caller.tenant, "subject": caller.subject, "roles": caller.roles}
    what = pipeline.model_dump(include={"type", "definition"})
    dated = {"started_at": now, "held_until": now + HELD}
    about = {"id": id, "pipeline": pipeline.name, "status": "RUNNING", "input": given}
    stored = StoredExecution(**about, **what, **who, **dated)
    if stored.type == "standard":
        executions.put(id, stored, version=0)
        later(id, now + HELD)
        await chassis.commit()
    return stored


async def kept(stored: StoredExecution, events: list[states.Event]) -> None:
    """Best effort: an express execution, for whoever asks how it went."""
    steps = [history.of(event) for event in events]
    with chassis.detached(stored.tenant, stored.subject, tuple(stored.roles)):
        whole = stored.model_copy(update={"history": steps})
        executions.put(stored.id, whole, ttl=KEPT)
        try:
            await chassis.commit()
        except chassis.Problem as problem:
            log.warning("execution %s is not kept: %s", stored.id, problem)


async def performed(stored: StoredExecution, observer: Any) -> StoredExecution:
    """Run an execution to its end, or for as long as a caller waits."""
    if stored.type == "express":
        events: list[states.Event] = []

        async def observe(event: states.Event) -> None:
            events.append(event)
            await observer(event)

        done = await carried_out(stored, observe)
        background(kept(done, events))
        return done
    running = background(finished(stored, observer))
    ended, _ = await asyncio.wait([running], timeout=PATIENCE)
    return running.result() if ended else stored


@router.post("/api/v1/action-runs", **ACTS)
async def run_actions(asked: ActionRuns) -> ActionRunResult:
    """Run actions, each by itself: what fails does not stop the others."""
    return await actions.run_all(asked, uuid.uuid4().hex)


@router.put("/api/v1/pipelines/{name}", **DEFINES)
async def define_pipeline(
    name: contract.PipelineName,
    definition: dict[str, Any],
    type: contract.Type = "standard",
) -> Pipeline:
    """Define a pipeline; refused with every finding and its place when it cannot run."""
    if findings := states.check(definition, actions.known):
        told = [finding._asdict() for finding in findings[:100]]
        problem = chassis.Invalid(
            f"{len(findings)} findings: {told[0]['place']}: {told[0]['message']}",
            code="BAD_PIPELINE",
            findings=told,
        )
        raise problem
    known = await pipelines.find(name)
    revision = known.revision + 1 if known else 1
    made = {"revision": revision, "updated_at": chassis.now()}
    pipeline = Pipeline(name=name, type=type, definition=definition, **made)
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
    pipeline = await pipeline_of(name)
    stored = await begun(pipeline, asked.input, caller)
    if not chassis.wants_events(request):
        return await performed(stored, history.nobody)
    return chassis.event_stream(history.streamed(performed, stored))


@router.post("/pipeline", response_model=Execution, **RUNS)
async def run_chat(asked: contract.Message, caller: chassis.Caller) -> Any:
    """Run the chat pipeline on a message alone."""
    given = {**asked.model_dump(), "history": [], "also": []}
    stored = await begun(await pipeline_of("chat"), given, caller)
    return await performed(stored, history.nobody)


@router.get("/api/v1/pipeline-executions/{id}", **READS)
async def get_execution(id: str) -> contract.ExecutionWithHistory:
    """How an execution stands, with its history."""
    stored = await executions.get(id)
    steps = stored.history or await history.replayed(stored)
    about = stored.model_dump(include=set(Execution.model_fields))
    return contract.ExecutionWithHistory(**about, history=steps)


@chassis.on(ExecutionStarted, deadline=120.0)
async def rescue(event: ExecutionStarted) -> None:
    """Go on with an execution that nobody holds any more."""
    found = await executions.find(event.execution_id)
    if found is None or found.status != "RUNNING":
        return
    if found.held_until > chassis.now():
        return later(found.id, found.held_until)
    held = chassis.utc(chassis.now() + HELD)
    version = (await executions.read(found.id)).version
    executions.patch(found.id, {"held_until": held}, version=version)
    later(found.id, chassis.now() + HELD)
    await chassis.commit()
    background(finished(found))


def background(work: Any) -> asyncio.Task[Any]:
    """Let *work* go on by itself; it is kept from being collected until it ends."""
    task = asyncio.create_task(work)
    ongoing.add(task)
    task.add_done_callback(ongoing.discard)
    return task


ongoing: set[asyncio.Task[Any]] = set()
app = chassis.create_app("action-executor", router, rescue)
