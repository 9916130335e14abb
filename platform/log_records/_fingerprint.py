"""Which errors are the same one: what varies from time to time is left out."""

import hashlib
import re

_VARIABLE = re.compile(
    r"[\"'`][^\"'`]{1,200}[\"'`]"
    r"|\b[0-9a-f]{8}-[0-9a-f-]{27}\b"
    r"|\b(?=[0-9a-f]*\d)[0-9a-f]{6,}\b"
    r"|\bhttps?://\S+"
    r"|\b\w*\d[\w.:-]*"
)
_FRAME = re.compile(r'File "([^"]+)", line \d+, in (\S+)')
FRAMES = 5  # the innermost, which say where it happened


def fingerprint(service: str, message: str, exception: str | None = None) -> str:
    """Equal for errors of one service that differ in ids, numbers and quoted text.

    With a traceback it is the exception's type and the functions that it came through,
    wherever their lines have moved to.
    """
    parts = [service, *(_origin(exception) if exception else [_shape(message)])]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def _shape(message: str) -> str:
    return _VARIABLE.sub("?", message[:500].lower())


def _origin(exception: str) -> list[str]:
    frames = [
        f"{path.rpartition('/')[2]}:{name}"
        for path, name in _FRAME.findall(exception)[-FRAMES:]
    ]
    last = exception.strip().rpartition("\n")[2]
    kind, _, said = last.partition(":")
    return [kind, *frames] if frames else [kind, _shape(said)]
