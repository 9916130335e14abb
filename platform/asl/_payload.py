"""The size of what passes between states."""

import json
from typing import Any

from asl._failures import DATA_LIMIT, RUNTIME, Failed


def size(value: Any) -> int:
    """Bytes of the value as compact JSON in UTF-8; ValueError when it is no JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return len(text.encode())


def bounded(value: Any, limit: int, what: str) -> Any:
    """The value itself, or Failed with States.DataLimitExceeded."""
    try:
        found = size(value)
    except RecursionError:
        raise Failed(DATA_LIMIT, f"{what} is nested too deeply") from None
    except (TypeError, ValueError) as fault:
        raise Failed(RUNTIME, f"{what} is not JSON: {fault}") from None
    if found > limit:
        raise Failed(DATA_LIMIT, f"{what} has {found} bytes, the limit is {limit}")
    return value
