"""Levels of log lines, mildest first, and OpenTelemetry's numbers for them."""

from typing import Any, get_args

from contracts.operations.logs import Level

LEVELS: tuple[Level, ...] = get_args(Level)
SPELLINGS: dict[str, Level] = {
    **{level: level for level in LEVELS},
    "trace": "debug",
    "notice": "info",
    "information": "info",
    "warn": "warning",
    "err": "error",
    "fatal": "critical",
    "panic": "critical",
}
SEVERITY = {"debug": 5, "info": 9, "warning": 13, "error": 17, "critical": 21}


def level(said: Any) -> Level:
    """The level that *said* means; what it does not know is ``info``."""
    word = str(said or "info").lower().rstrip("0123456789")
    return SPELLINGS.get(word, "info")


def of_severity(number: Any) -> Level:
    """The level of a SeverityNumber (1..24, four to a level; 0 is unset)."""
    given = number if isinstance(number, int) else 0
    fitting = [name for name in LEVELS if 0 < SEVERITY[name] <= given]
    return fitting[-1] if fitting else ("debug" if given else "info")
