"""Actions: run one by one, each failing alone, and as the tasks of pipelines."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any, Protocol

import asl
from contracts.assistant.plans import Action as Asked
from contracts.assistant.plans import ActionResult, ActionRunResult, ActionRuns

OWN = "action-executor:run_actions"
ASKERS = ("hand_over",)  # done by who asked for it: it has the conversation


@dataclass(slots=True)
class Blame:
    """``upstream``: the service that failed first since anything last succeeded."""

    upstream: str | None = None

    def failed(self, action: "Action", failure: Exception | None = None) -> None:
        """*action* failed, or took too long; *failure* names who failed behind it."""
        behind = failure and attrgetter("data")(failure).get("upstream")
        self.upstream = self.upstream or behind or action.resource.partition(":")[0]


class Action(Protocol):
    """What can be called: ``resource`` names it in pipelines, ``name`` in plans."""

    @property
    def name(self) -> str: ...

    @property
    def resource(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def schema(self) -> dict[str, Any]: ...

    @property
    def is_offered(self) -> bool: ...

    async def __call__(
        self, arguments: Mapping[str, Any], *, key: str, timeout: float, emit: Any
    ) -> Any: ...


class Actions:
    """All that can be called. Actions raise *failures*, with ``kind`` and ``data``."""

    def __init__(self, declared: Iterable[Action], failures: type[Exception]) -> None:
        self._declared = {each.resource: each for each in declared}
        self._named = {a.name: a for a in self._declared.values() if a.is_offered}
        self._failures = failures
        self.specs = [
            {"name": a.name, "description": a.description, "parameters": a.schema}
            for a in self._named.values()
        ]

    def unknown(self, resource: str) -> str | None:
        """Why a pipeline cannot name *resource*; None when it can."""
        there = sorted({OWN, *self._declared})
        if resource in there:
            return None
        return f"no service declares it; there are: {', '.join(there)}"

    async def run(
        self, asked: ActionRuns, key: str, blame: Blame | None = None
    ) -> ActionRunResult:
        """Every action's outcome; an asker's own is left to whoever asked.

        *key* is what repeats of this run have in common.
        """
        numbered = [(f"a{n}", each) for n, each in enumerate(asked.actions, 1)]
        mine = {id: each for id, each in numbered if each.name in self._named}
        calls = [self._apart(each, f"{key}/{id}", blame) for id, each in mine.items()]
        ended = await asl.apart(calls, asked.parallel)
        ends = {id: self._not_run(each) for id, each in numbered if id not in mine}
        ends |= zip(mine, ended, strict=True)
        results = [_result(id, each, ends[id]) for id, each in numbered]
        return ActionRunResult(id=key, results=results, **_summed_up(results))

    def _not_run(self, asked: Asked) -> asl.Outcome | None:
        """How an action ended that is not ours to run; None of the asker's own."""
        if asked.name in ASKERS:
            return None
        there = ", ".join(sorted((*self._named, *ASKERS)))
        cause = f"unknown action {asked.name}; there are: {there}"
        return asl.Outcome(error="NoSuchAction", cause=cause)

    async def perform(
        self,
        execution: str,
        call: asl.Call,
        *,
        relays: bool = True,
        blame: Blame | None = None,
    ) -> Any:
        """A task of an execution, each visit of a state under a key of its own.

        Without *relays* nobody listens to what a task says on its way. *blame* knows
        then which service failed, if one did.
        """
        key = f"{execution}/{call.key}"
        if call.resource == OWN:
            try:
                asked = ActionRuns.model_validate(call.input)
            except ValueError as exc:
                raise asl.Failed("Invalid", str(exc)) from exc
            return (await self.run(asked, key, blame)).model_dump(mode="json")
        if call.resource not in self._declared:
            raise asl.Failed("NoSuchTask", f"nobody declares {call.resource}")
        action = self._declared[call.resource]
        emit = call.emit if relays else None
        how = {"key": key, "timeout": call.timeout, "emit": emit}
        return await self._called(action, call.input, how, blame)

    def _apart(self, asked: Asked, key: str, blame: Blame | None) -> asl.Apart:
        how = {"key": key, "timeout": asked.timeout, "emit": None}
        action = self._named[asked.name]
        call = partial(self._called, action, asked.arguments, how, blame)
        return asl.Apart(call, asked.timeout, asked.attempts, _may_pass)

    async def _called(
        self, action: Action, given: Any, how: dict[str, Any], blame: Blame | None
    ) -> Any:
        blame = blame or Blame()
        try:
            output = await action(given, **how)
        except asyncio.CancelledError:
            blame.failed(action)
            raise
        except self._failures as failure:
            blame.failed(action, failure)
            raise asl.Failed(_error(failure), str(failure)) from failure
        blame.upstream = None
        return output


def _error(failure: Exception) -> str:
    """The name to match on: what did not answer in time is a timeout of the task."""
    late = attrgetter("data")(failure).get("timed_out")
    return asl.TIMEOUT if late else type(failure).__name__


def _may_pass(failure: asl.Failed) -> bool:
    """Whether it may be over soon; what ran out of time has no other cause."""
    cause = failure.__cause__
    return cause is None or attrgetter("kind.retryable")(cause)


def _summed_up(results: list[ActionResult]) -> dict[str, Any]:
    failed = [each for each in results if each.status == "failed"]
    whole = "failed" if len(failed) == len(results) else "partial"
    causes = "; ".join(f"{each.name}: {each.cause}" for each in failed)
    return {"status": whole if failed else "succeeded", "cause": causes}


def _result(id: str, asked: Asked, end: asl.Outcome | None) -> ActionResult:
    about = {"id": asked.id or id, "name": asked.name}
    if end is None:
        return ActionResult(**about, status="deferred")
    return ActionResult(
        **about,
        status="failed" if end.error else "succeeded",
        output=end.output,
        error=end.error,
        cause=end.cause,
        duration_ms=round(end.seconds * 1000, 3),
    )
