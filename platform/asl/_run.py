"""The interpreter: what each type of state does with its input."""

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any

from asl import _choice, _failures, _items
from asl._effects import Effects
from asl._failures import Failed, Suspended, covers
from asl._hosting import Execution
from asl._paths import PathFault
from asl._payload import bounded
from asl._retry import Retries
from asl._together import Job, together
from asl._visit import Lane, Visit, stamp
from asl._wait import later, wake

Plan = dict[str, Any]
Step = tuple[Any, str | None]  # the state's output, and the name of the next state
Attempt = Callable[[Visit, Any], Awaitable[Any]]


class Run:
    """One run of one execution."""

    def __init__(self, effects: Effects, execution: Execution) -> None:
        self._effects, self._execution = effects, execution

    async def machine(self, plan: Plan, data: Any, lane: Lane) -> Any:
        """Run a machine, or one inside it, from its first state to its end."""
        name: str | None = plan["StartAt"]
        for number in itertools.count():
            if name is None:
                break
            key, state = f"{lane.prefix}{number}", plan["States"][name]
            visit = Visit(self._execution, lane, key, name, state, lane.now)
            data, name = await self._visited(visit, data)
        return data

    async def _visited(self, visit: Visit, raw: Any) -> Step:
        self._effects.count()
        await asyncio.sleep(0)  # a definition that only loops must not hold up others
        await self._effects.tell("StateEntered", visit, input=raw)
        try:
            output, following = await self._stepped(visit, raw)
        except Failed as failure:
            output, following = await self._caught(visit, raw, failure)
        await self._effects.tell("StateExited", visit, output=output)
        return output, following

    async def _stepped(self, visit: Visit, raw: Any) -> Step:
        try:
            self._bounded(visit, raw, "input")
            given = visit.read("InputPath", raw)
            whole, following = await TYPES[visit.state["Type"]](self, visit, raw, given)
            output = visit.read("OutputPath", whole)
        except RecursionError:
            cause = f"{visit.name}: the data is nested too deeply"
            raise Failed(_failures.RUNTIME, cause) from None
        return self._bounded(visit, output, "output"), following

    def _bounded(self, visit: Visit, value: Any, what: str) -> Any:
        """The value if it is small enough; what one state leaves the next one enters,
        and measuring it is most of what a state costs."""
        if value is not visit.lane.bounded:
            limit = self._effects.limits.payload
            bounded(value, limit, f"the {what} of {visit.name}")
            visit.lane.bounded = value
        return value

    async def _caught(self, visit: Visit, raw: Any, failure: Failed) -> Step:
        """The step that the first catcher of this error makes of it."""
        fault = {"Error": failure.error, "Cause": failure.cause}
        told = {"error": failure.error, "cause": failure.cause}
        for catcher in visit.state.get("Catch", ()):
            if covers(catcher["ErrorEquals"], failure.error):
                following = catcher["Next"]
                output = visit.write(catcher.get("ResultPath", "$"), raw, fault)
                await self._effects.tell("StateCaught", visit, next=following, **told)
                return output, following
        await self._effects.tell("StateFailed", visit, **told)
        raise failure

    async def _tried(self, visit: Visit, given: Any, attempt: Attempt) -> Any:
        """The result of the first attempt that succeeds, through the retriers."""
        retries = Retries(visit.state.get("Retry", ()))
        draw = visit.scope(None, "Retry").draw
        for number in itertools.count():
            visit.attempt = number
            try:
                return await attempt(visit, given)
            except Failed as failure:
                pause = retries.after(failure, draw)
                if pause is None:
                    raise
                await self._paused(visit, failure, pause)

    async def _paused(self, visit: Visit, failure: Failed, pause: timedelta) -> None:
        self._effects.count()
        until = later(visit.lane.now, pause)
        await self._effects.tell(
            "StateRetried",
            visit,
            attempt=visit.attempt + 1,
            error=failure.error,
            cause=failure.cause,
            until=stamp(until),
        )
        key = f"{visit.key}.{visit.attempt}.retry"
        await self._effects.pause(visit.lane, key, until)

    def _merged(self, visit: Visit, raw: Any, result: Any) -> Step:
        selected = visit.render("ResultSelector", result)
        place = visit.state.get("ResultPath", "$")
        return visit.write(place, raw, selected), visit.state.get("Next")

    async def _task(self, visit: Visit, raw: Any, given: Any) -> Step:
        return self._merged(visit, raw, await self._tried(visit, given, self._called))

    async def _called(self, visit: Visit, given: Any) -> Any:
        limits = self._effects.limits
        seconds = visit.either("TimeoutSeconds", given, limits.task_seconds)
        if (_choice.number(seconds) or 0) <= 0:
            cause = f"{visit.name}: the timeout is {seconds!r}, not a positive number"
            raise Failed(_failures.RUNTIME, cause)
        sent = bounded(
            visit.render("Parameters", given),
            limits.payload,
            f"the parameters of {visit.name}",
        )
        return await self._effects.call(visit, sent, seconds)

    async def _pass(self, visit: Visit, raw: Any, given: Any) -> Step:
        sent = visit.render("Parameters", given)
        return self._merged(visit, raw, visit.state.get("Result", sent))

    async def _succeed(self, visit: Visit, raw: Any, given: Any) -> Step:
        return given, None

    async def _fail(self, visit: Visit, raw: Any, given: Any) -> Step:
        raise Failed(visit.text("Error", given), visit.text("Cause", given))

    async def _choice(self, visit: Visit, raw: Any, given: Any) -> Step:
        context = visit.context
        try:
            for rule in visit.state["Choices"]:
                if _choice.holds(rule, given, context):
                    return given, rule["Next"]
        except PathFault as fault:
            raise Failed(_failures.RUNTIME, f"{visit.name}: {fault}") from None
        if "Default" in visit.state:
            return given, visit.state["Default"]
        raise Failed(_failures.NO_CHOICE, f"{visit.name}: no rule holds, no Default")

    async def _wait(self, visit: Visit, raw: Any, given: Any) -> Step:
        await self._effects.pause(visit.lane, f"{visit.key}.wait", wake(visit, given))
        return given, visit.state.get("Next")

    async def _parallel(self, visit: Visit, raw: Any, given: Any) -> Step:
        return self._merged(visit, raw, await self._tried(visit, given, self._branched))

    async def _branched(self, visit: Visit, given: Any) -> list[Any]:
        sent = visit.render("Parameters", given)
        branches = visit.state["Branches"]
        item = visit.lane.item
        lanes = [self._lane(visit, index, item) for index in range(len(branches))]
        work = (
            self.machine(branch, sent, lane)
            for branch, lane in zip(branches, lanes, strict=True)
        )
        width = min(len(branches), self._effects.limits.concurrency)
        return await self._joined(visit, lanes, self._together(work, width))

    async def _map(self, visit: Visit, raw: Any, given: Any) -> Step:
        return self._merged(visit, raw, await self._tried(visit, given, self._mapped))

    async def _mapped(self, visit: Visit, given: Any) -> list[Any]:
        items = _items.items(visit, given, self._effects.limits.transitions)
        tolerance = _items.Tolerance(_items.tolerated(visit, given, len(items)))
        lanes: list[Lane] = []
        work = (
            self._item(visit, given, index, item, lanes, tolerance)
            for index, item in enumerate(items)
        )
        width = _items.width(visit, given, self._effects.limits.concurrency)
        return await self._joined(
            visit, lanes, self._together(work, min(width, len(items)))
        )

    async def _item(
        self,
        visit: Visit,
        given: Any,
        index: int,
        item: Any,
        lanes: list[Lane],
        tolerance: _items.Tolerance,
    ) -> Any:
        lane = self._lane(visit, index, {"Index": index, "Value": item})
        lanes.append(lane)
        sent = _items.selected(visit, given, item, lane)
        plan = visit.state.get("ItemProcessor") or visit.state["Iterator"]
        try:
            return await self.machine(plan, sent, lane)
        except Failed as failure:
            return tolerance.spend(failure)

    def _lane(self, visit: Visit, index: int, item: dict[str, Any] | None) -> Lane:
        return Lane(f"{visit.key}.{visit.attempt}.{index}.", visit.lane.now, item)

    async def _joined(self, visit: Visit, lanes: list[Lane], work: Job) -> list[Any]:
        """The results of all branches; a failure of theirs is journalled as one."""
        key = f"{visit.key}.{visit.attempt}"
        known = self._effects.recall_failure(key, visit.lane)
        if known is not None:
            await self._retold(work)
            raise known
        try:
            results: list[Any] = await work
        except Failed as failure:
            await self._effects.record_failure(key, visit.lane, failure)
            raise
        visit.lane.now = max([visit.lane.now, *(lane.now for lane in lanes)])
        return results

    async def _retold(self, work: Job) -> None:
        """A replay tells what the branches did before they failed; a run need not."""
        if not self._effects.replay:
            work.close()
            return
        with contextlib.suppress(Failed, Suspended):
            await work

    def _together(self, work: Iterable[Job], width: int) -> Job:
        return together(work, width, self._effects.replay)


# Not bound to a run: one that refers to itself lasts, with all that its execution read
# and wrote, until the collector of cycles comes by.
TYPES: dict[str, Callable[[Run, Visit, Any, Any], Awaitable[Step]]] = {
    "Choice": Run._choice,
    "Fail": Run._fail,
    "Map": Run._map,
    "Parallel": Run._parallel,
    "Pass": Run._pass,
    "Succeed": Run._succeed,
    "Task": Run._task,
    "Wait": Run._wait,
}
