"""What of an execution is shown, and to whom."""

from collections.abc import Awaitable, Callable
from typing import Any

from contracts.assistant.pipelines import HistoryEvent, HistoryPage, StoredExecution
from contracts.knowledge.search import STATISTICS

Perform = Callable[..., Awaitable[StoredExecution]]


def shown(stored: StoredExecution, is_staff: bool) -> StoredExecution:
    """An execution; without the statistics of searches for those who are not staff,
    whom they would tell about documents that are not theirs to read."""
    if is_staff:
        return stored
    history = [_event(each) for each in stored.history]
    change = {"output": without(stored.output), "history": history}
    return stored.model_copy(update=change)


def paged(
    stored: StoredExecution, history: list[HistoryEvent], wanted: HistoryPage
) -> StoredExecution:
    """An execution with the part of its *history* that is *wanted*."""
    start = int(wanted.cursor or 0)
    end = start + wanted.limit
    following = str(end) if end < len(history) else None
    page = {"history": history[start:end], "history_cursor": following}
    return stored.model_copy(update=page)


def shown_to(is_staff: bool, perform: Perform) -> Perform:
    """*perform*, which then gives what is shown to its caller."""

    async def performed(**how: Any) -> StoredExecution:
        return shown(await perform(**how), is_staff)

    return performed


def without(value: Any) -> Any:
    """A JSON value without the statistics of the searches in it."""
    match value:
        case dict():
            hidden = STATISTICS if value.keys() >= STATISTICS else set()
            return {k: without(v) for k, v in value.items() if k not in hidden}
        case list():
            return [without(each) for each in value]
    return value


def _event(event: HistoryEvent) -> HistoryEvent:
    return event.model_copy(update={"details": without(event.details)})
