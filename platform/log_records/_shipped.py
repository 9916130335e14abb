"""Lines as a cluster's log agent sends them: each wrapped in where it was read.

Fluent Bit's http output sends newline-delimited JSON: ``log`` is a line of a
container's output, whole again where the kubelet had divided it, ``file`` is where it
was read, ``date`` is when it was written, in epoch seconds.
"""

import hmac
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import islice
from typing import Any

from log_records._read import MOST_ROWS, plain, whole

# POD_NAMESPACE_CONTAINER-ID.log; a service's container has its name.
FILE = re.compile(r"(?P<pod>[^/_]+)_[^/_]+_(?P<service>[^/_]+)-[0-9a-f]{64}\.log\Z")

Row = dict[str, Any]


def admits(keys: str, authorization: str | None) -> bool:
    """Whether the header is ``Bearer`` and one of *keys*, which commas divide."""
    scheme, _, given = (authorization or "").partition(" ")
    known = [each.strip().encode() for each in keys.split(",") if each.strip()]
    return scheme.lower() == "bearer" and any(
        hmac.compare_digest(given.encode(), each) for each in known
    )


async def shipped(
    pieces: AsyncIterator[bytes], headers: Mapping[str, str]
) -> Iterator[list[Row]]:
    """The rows of a body, some at a time: an agent sends as much as it has read.

    TooMuch above 4 MiB, NotTaken for an unknown encoding. What is no line is left out.
    """
    text = plain(await whole(pieces), headers.get("content-encoding", ""))
    rows = filter(None, map(unwrapped, text.splitlines()))
    return iter(lambda: list(islice(rows, MOST_ROWS)), [])


def unwrapped(wrapped: bytes) -> Row | None:
    """The line as its service wrote it; of which service it is, its file says.

    What is not JSON is what an interpreter prints when it fails. None for an empty one.
    """
    row = _object(wrapped) or {}
    text, known = str(row.get("log") or "").strip(), FILE.search(str(row.get("file")))
    if not text:
        return None
    about = {"service": known["service"], "pod": known["pod"]} if known else {}
    said = _object(text)
    if said is None:
        said = {"level": "error", "message": text}
    return {"time": row.get("date")} | said | about


def _object(text: bytes | str) -> Row | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
