"""Actions: what the services declare that a plan or a pipeline may call."""

import asyncio
import json
import re
import time
from typing import Any

import chassis
import states
from contracts.assistant.plans import (
    Action,
    ActionResult,
    ActionRunResult,
    ActionRuns,
    ActionSpec,
)


def declared() -> dict[str, tuple[str, dict[str, Any], dict[str, Any]]]:
    """``service:action`` to (path, operation, document) of every declared action."""
    found = {}
    for service, document in chassis.contracts().items():
        for path, methods in document["paths"].items():
            for operation in methods.values():
                if name := operation.get("x-action"):
                    key = f"{service}:{name.rpartition('.')[2]}"
                    found[key] = (path, operation, document)
    return found


DECLARED = declared()
OWN = "action-executor:run_actions"


def parameters(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of an action's arguments, complete in itself."""
    body = operation.get("requestBody", {}).get("content", {})
    schema = body.get("application/json", {}).get("schema", {"type": "object"})
    known = document.get("components", {}).get("schemas", {})
    text = json.dumps(schema | {"$defs": known})
    return json.loads(text.replace("#/components/schemas/", "#/$defs/"))


def offered() -> list[dict[str, Any]]:
    """The actions that a planner may choose from; pipelines' own steps are not."""
    return [
        ActionSpec(
            name=operation["x-action"],
            description=operation.get("description", ""),
            parameters=parameters(operation, document),
        ).model_dump()
        for _, operation, document in DECLARED.values()
        if "." not in operation["x-action"]
    ]


def known(resource: str) -> str | None:
    """Why a pipeline cannot name *resource*; None when it can."""
    if resource in DECLARED or resource == OWN:
        return None
    return f"no service declares it; there are: {', '.join(sorted(DECLARED))}"


async def invoke(
    resource: str, arguments: dict[str, Any], key: str, timeout: float, emit: Any = None
) -> Any:
    """Call an action once; its output."""
    path, operation, _ = DECLARED[resource]
    service, name = resource.partition(":")[0], operation["operationId"]
    inside = set(re.findall(r"{(\w+)}", path)) & set(arguments)
    placed = {place: arguments[place] for place in inside}
    rest = {k: v for k, v in arguments.items() if k not in inside}
    upstream = chassis.upstream(service)
    if emit is None or "x-stream" not in operation:
        return await upstream.call(name, json=rest, key=key, timeout=timeout, **placed)
    async for event, data in upstream.stream(name, json=rest, timeout=timeout):
        if event == "error":
            raise chassis.UpstreamFailed(data["message"], upstream=service)
        if event != "delta":
            return data
        await emit(data)
    raise chassis.UpstreamFailed(f"{service} ended its stream early", upstream=service)


BY_NAME = {op["x-action"]: key for key, (_, op, _) in DECLARED.items()}


async def attempt(action: Action, key: str) -> Any:
    """An action's output, tried as often as it may be while the failure may pass."""
    for number in range(1, action.attempts + 1):
        try:
            resource = BY_NAME[action.name]
            return await invoke(resource, action.arguments, key, action.timeout)
        except chassis.Problem as problem:
            if number == action.attempts or not problem.kind.retryable:
                raise
            await asyncio.sleep(min(0.1 * 2**number, 2.0))


async def run_one(action: Action, number: int, key: str) -> ActionResult:
    """One action's own outcome; what it raises stays with it."""
    id, started = action.id or f"a{number}", time.monotonic()
    about: dict[str, Any] = {"id": id, "name": action.name}
    if action.name not in BY_NAME:
        return ActionResult(**about, status="deferred")
    try:
        async with asyncio.timeout(action.timeout * action.attempts + 2.0):
            about["output"] = await attempt(action, f"{key}/{id}")
        about["status"] = "succeeded"
    except (chassis.Problem, TimeoutError) as exc:
        about |= {"status": "failed", "error": type(exc).__name__, "cause": str(exc)}
    spent = round((time.monotonic() - started) * 1000, 3)
    return ActionResult(**about, duration_ms=spent)


async def run_all(asked: ActionRuns, key: str) -> ActionRunResult:
    """Run actions side by side or in turn; each fails alone."""
    work = [run_one(each, n, key) for n, each in enumerate(asked.actions, 1)]
    if asked.parallel:
        results = list(await asyncio.gather(*work))
    else:
        results = [await each for each in work]
    failed = [each for each in results if each.status == "failed"]
    status = "succeeded" if not failed else "partial"
    if failed and len(failed) == len(results):
        status = "failed"
    causes = "; ".join(f"{each.name}: {each.cause}" for each in failed)
    return ActionRunResult(id=key, status=status, results=results, cause=causes)


def task(execution: str) -> states.Task:
    """What calls the tasks of one execution, each under a key of its own."""

    async def perform(call: states.Call) -> Any:
        key = f"{execution}/{call.key}"
        try:
            if call.resource == OWN:
                asked = ActionRuns.model_validate(call.input)
                return (await run_all(asked, key)).model_dump(mode="json")
            return await invoke(call.resource, call.input, key, call.timeout, call.emit)
        except KeyError as exc:
            raise states.Failed("NoSuchTask", f"no task {call.resource}") from exc
        except (chassis.Problem, ValueError) as exc:
            raise states.Failed(type(exc).__name__, str(exc)) from exc

    return perform
