"""Executions as they are stored: what nobody looks for is one text.

A store indexes every member of a document, and these have hundreds.
"""

import json

from contracts.assistant.pipelines import StoredExecution

PACKED = {"input", "output", "history"}
EMPTY = {"input": None, "output": None, "history": [], "definition": {}}


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
