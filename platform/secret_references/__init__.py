"""References: settings name their secrets, ``secret://name/member``, and hold none.

``require_fit`` refuses a value that is a secret by its name, or that of something it
is in, or by its shape (what the redaction of logs takes out), unless it is such a
reference.
"""

import json
import re
from typing import Any

import redaction

SCHEME = "secret://"
REFERENCE = re.compile(r"secret://[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)*")
LARGEST = 16_384  # characters of a value as JSON
DEEPEST = 12  # levels of JSON


class Unfit(ValueError):
    """The message says where, never what."""


def require_fit(name: str, value: Any) -> None:
    """Unfit for what is too large or deep, or holds a secret anywhere."""
    if len(json.dumps(value)) > LARGEST:
        raise Unfit(f"{name} has more than {LARGEST} characters")
    _require_none(name, value, 0)


def _require_none(name: str, value: Any, depth: int, is_secret: bool = False) -> None:
    """*is_secret* says that the name of something around it is a secret's."""
    if depth > DEEPEST:
        raise Unfit(f"{name[:200]} is nested deeper than {DEEPEST} levels")
    is_secret = is_secret or redaction.is_secret_name(name)
    if isinstance(value, dict):
        for member, held in value.items():
            _require_none(f"{name}.{member}", held, depth + 1, is_secret)
    elif isinstance(value, list):
        for held in value:
            _require_none(name, held, depth + 1, is_secret)
    elif not is_reference(value) and _is_telling(value, is_secret):
        raise Unfit(f"{name} looks like a secret: store {SCHEME}… instead")


def _is_telling(value: Any, is_secret: bool) -> bool:
    """Whether it would be a secret in clear: there or not is none."""
    if is_secret:
        return not isinstance(value, bool | None)
    return bool(redaction.redact(value) != value)


def is_reference(value: Any) -> bool:
    """Whether *value* names a secret; Unfit when it only begins like that."""
    if not isinstance(value, str) or not value.startswith(SCHEME):
        return False
    if len(value) > 300 or not REFERENCE.fullmatch(value):
        raise Unfit(f"a reference is {SCHEME}name or {SCHEME}name/member")
    return True
