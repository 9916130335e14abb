"""What a Map state runs over: its items, how many at a time, and how many may fail."""

from typing import Any

from asl import _choice, _failures, _templates
from asl._failures import Failed
from asl._visit import Lane, Visit


def items(visit: Visit, given: Any, limit: int) -> list[Any]:
    found = visit.read("ItemsPath", given)
    if not isinstance(found, list):
        raise Failed(_failures.QUERY, f"{visit.name}: ItemsPath names no array")
    if len(found) > limit:
        raise Failed(_failures.RUNTIME, f"{visit.name}: more than {limit} items")
    return found


def width(visit: Visit, given: Any, limit: int) -> int:
    """How many items at a time; 0 leaves it to the machine."""
    wanted = _whole(visit, "MaxConcurrency", given)
    return min(wanted or limit, limit)


def tolerated(visit: Visit, given: Any, count: int) -> int | None:
    """How many items may fail; None when the first failure is the Map's own."""
    limits = []
    if _has(visit, "ToleratedFailureCount"):
        limits.append(_whole(visit, "ToleratedFailureCount", given))
    if _has(visit, "ToleratedFailurePercentage"):
        percent = visit.either("ToleratedFailurePercentage", given, 0)
        if _choice.number(percent) is None or not 0 <= percent <= 100:
            cause = f"{visit.name}: {percent!r} is no percentage"
            raise Failed(_failures.RUNTIME, cause)
        limits.append(int(count * percent / 100))
    return min(limits) if limits else None


def _has(visit: Visit, field: str) -> bool:
    return field in visit.state or f"{field}Path" in visit.state


def _whole(visit: Visit, field: str, given: Any) -> int:
    found = visit.either(field, given, 0)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise Failed(_failures.RUNTIME, f"{visit.name}: {field} is {found!r}")
    return found


class Tolerance:
    """The failures of items that a Map may still put up with."""

    def __init__(self, count: int | None) -> None:
        self._count, self._spent = count, 0

    def spend(self, failure: Failed) -> dict[str, str]:
        """What stands in the failed item's place; Failed when it is one too many."""
        if self._count is None:
            raise failure
        self._spent += 1
        if self._spent > self._count:
            cause = f"more than {self._count} items failed; {failure}"
            raise Failed(_failures.THRESHOLD, cause)
        return {"Error": failure.error, "Cause": failure.cause}


def selected(visit: Visit, given: Any, item: Any, lane: Lane) -> Any:
    """The input of one item's run: the item, or what ItemSelector makes of it."""
    field = "ItemSelector" if "ItemSelector" in visit.state else "Parameters"
    if field not in visit.state:
        return item
    scope = visit.scope(given, f"{field}/{lane.prefix}")
    context = scope.context | {"Map": {"Item": lane.item}}
    inner = _templates.Scope(given, context, scope.seed)
    return _templates.render(visit.state[field], inner)
