"""References: settings name their secrets, ``secret://name/member``, and hold none.

``require_none`` refuses a value that is a secret by its name or by its shape (what the
redaction of logs takes out) unless it is such a reference.
"""

import re
from typing import Any

import redaction

SCHEME = "secret://"
REFERENCE = re.compile(r"secret://[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)*")
DEEPEST = 12  # levels of JSON


class HoldsSecret(ValueError):
    """The message says where, never what."""


def require_none(name: str, value: Any, depth: int = 0) -> None:
    """HoldsSecret when *value*, which is called *name*, holds a secret anywhere."""
    if depth > DEEPEST:
        raise HoldsSecret(f"{name} is nested deeper than {DEEPEST} levels")
    if isinstance(value, dict):
        for member, held in value.items():
            require_none(f"{name}.{member}", held, depth + 1)
    elif isinstance(value, list):
        for held in value:
            require_none(name, held, depth + 1)
    elif not is_reference(value) and redaction.redact({name: value}) != {name: value}:
        raise HoldsSecret(f"{name} looks like a secret: store {SCHEME}… instead")


def is_reference(value: Any) -> bool:
    """Whether *value* names a secret; HoldsSecret when it only begins like that."""
    if not isinstance(value, str) or not value.startswith(SCHEME):
        return False
    if len(value) > 300 or not REFERENCE.fullmatch(value):
        raise HoldsSecret(f"a reference is {SCHEME}name or {SCHEME}name/member")
    return True
