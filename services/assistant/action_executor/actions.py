"""Actions: run one by one, each failing alone, and as the tasks of pipelines."""

from functools import partial
from typing import Any

import chassis
import states
from contracts.assistant import plans as contract

OWN = "action-executor:run_actions"
DECLARED = chassis.actions()
NAMED = {each.name: each for each in DECLARED.values() if each.is_offered}
SPECS = [
    {"name": each.name, "description": each.description, "parameters": each.schema}
    for each in NAMED.values()
]


def unknown(resource: str) -> str | None:
    """Why a pipeline cannot name *resource*; None when it can."""
    there = sorted({OWN, *DECLARED})
    if resource in there:
        return None
    return f"no service declares it; there are: {', '.join(there)}"


async def invoked(action: chassis.Action, given: Any, **how: Any) -> Any:
    """An action's output; its failure as an error of the States Language."""
    try:
        return await action(given, **how)
    except chassis.Problem as problem:
        raise states.Failed(type(problem).__name__, str(problem)) from problem


def passes(failure: states.Failed) -> bool:
    """Whether a failure may be over soon, as running out of time may."""
    problem = failure.__cause__
    return not isinstance(problem, chassis.Problem) or problem.kind.retryable


def apart(asked: contract.Action, key: str) -> states.Apart:
    """The call of an action that fails alone."""
    how = {"key": key, "timeout": asked.timeout}
    call = partial(invoked, NAMED[asked.name], asked.arguments, **how)
    return states.Apart(call, asked.timeout, asked.attempts, passes)


async def run(asked: contract.ActionRuns, key: str) -> contract.ActionRunResult:
    """Every action's outcome; who asked applies those itself that nobody declares."""
    ids = {n: each.id or f"a{n}" for n, each in enumerate(asked.actions, 1)}
    mine = {n: a for n, a in enumerate(asked.actions, 1) if a.name in NAMED}
    calls = [apart(each, f"{key}/a{n}") for n, each in mine.items()]
    ends = dict(zip(mine, await states.apart(calls, asked.parallel), strict=True))
    results = [
        contract.ActionResult(id=ids[n], name=each.name, **told(ends.get(n)))
        for n, each in enumerate(asked.actions, 1)
    ]
    failed = [each for each in results if each.status == "failed"]
    whole = "failed" if len(failed) == len(results) else "partial"
    causes = "; ".join(f"{each.name}: {each.cause}" for each in failed)
    status = whole if failed else "succeeded"
    return contract.ActionRunResult(
        id=key, status=status, results=results, cause=causes
    )


def told(end: states.Outcome | None) -> dict[str, Any]:
    if end is None:
        return {"status": "deferred"}
    status = "failed" if end.error else "succeeded"
    spent = round(end.seconds * 1000, 3)
    how = {"output": end.output, "error": end.error, "cause": end.cause}
    return {"status": status, "duration_ms": spent, **how}


async def perform(execution: str, call: states.Call) -> Any:
    """A task of an execution, each visit of a state under an idempotency key."""
    key = f"{execution}/{call.key}"
    if call.resource in DECLARED:
        how = {"key": key, "timeout": call.timeout, "emit": call.emit}
        return await invoked(DECLARED[call.resource], call.input, **how)
    if call.resource != OWN:
        raise states.Failed("NoSuchTask", f"no service declares {call.resource}")
    try:
        asked = contract.ActionRuns.model_validate(call.input)
    except ValueError as exc:
        raise states.Failed("Invalid", str(exc)) from exc
    return (await run(asked, key)).model_dump(mode="json")
