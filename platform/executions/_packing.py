"""Executions as they are stored: what nobody looks for is one text.

A store indexes every member of a document, and these have hundreds.
"""

import json
from collections.abc import Awaitable, Callable, Mapping

from contracts.assistant.pipelines import StoredExecution

PACKED = {"input", "output", "history"}
EMPTY = {"input": None, "output": None, "history": [], "definition": {}}


Keep = Callable[[Mapping[str, StoredExecution]], Awaitable[None]]


def packing(keep: Keep) -> Keep:
    """``keep``, given packed ones: a deferred writes when no caller waits any more."""

    async def write(pieces: Mapping[str, StoredExecution]) -> None:
        await keep({id: packed(piece) for id, piece in pieces.items()})

    return write


def packed(done: StoredExecution) -> StoredExecution:
    """One that ended in memory, as it is stored."""
    text = json.dumps(done.model_dump(mode="json", include=PACKED))
    return done.model_copy(update=EMPTY | {"packed": text})


def unpacked(stored: StoredExecution) -> StoredExecution:
    """As it was before; one that was not packed as it is."""
    if not stored.packed:
        return stored
    whole = json.loads(stored.packed)
    return StoredExecution.model_validate(stored.model_dump() | whole | {"packed": ""})
