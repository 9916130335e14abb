"""What is asked for, as a filter over kept lines."""

from typing import Any

from contracts.operations.logs import LogQuery
from log_records._levels import LEVELS


def matching(asked: LogQuery) -> dict[str, Any]:
    """The filter for *asked*, whose tenant it does not look at."""
    given = asked.model_dump(exclude_none=True, include={"service", "kind"})
    if asked.trace:
        given["trace_id"] = asked.trace
    if asked.level:
        given["level"] = {"in": list(LEVELS[LEVELS.index(asked.level) :])}
    if asked.text:
        given["message"] = {"icontains": asked.text}
    bounds = {"gte": asked.since, "lt": asked.until}
    times = {name: moment.timestamp() for name, moment in bounds.items() if moment}
    return given | ({"time": times} if times else {})
