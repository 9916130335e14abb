"""A batch of log lines, taken apart into rows."""

import json
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.operations.logs import Ingested
from log_records._otlp_in import from_otlp
from log_records._protobuf import MEDIA_TYPE, decoded

MOST_BYTES = 4 << 20  # of one batch, compressed or not
MOST_ROWS = 1000
TOLD = 10  # faults that the answer tells of
OTLP = {"resourceLogs", "resourceSpans"}

Row = dict[str, Any]


class NotLines(ValueError):
    """The batch as a whole cannot be read; the message says why."""


class TooMuch(NotLines):
    """The batch is larger than 4 MiB, or has more than 1,000 rows."""


class NotTaken(NotLines):
    """The batch is in a format or an encoding that is not read here."""


@dataclass
class Batch:
    """``rows`` are JSON objects; ``faults`` tells of the first rejected ones.

    A ``protobuf`` batch is taken as a whole; its answer is an empty body of that type.
    """

    rows: list[Row] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    rejected: int = 0
    protobuf: bool = False

    def refuse(self, number: int, reason: str) -> None:
        """Count row *number* as rejected."""
        self.rejected += 1
        if len(self.faults) < TOLD:
            self.faults.append(f"row {number}: {reason}")

    def answer(self) -> Ingested:
        """What to tell the sender once the rows are kept."""
        taken = len(self.rows)
        return Ingested(accepted=taken, rejected=self.rejected, faults=self.faults)


async def receive(pieces: AsyncIterator[bytes], headers: Mapping[str, str]) -> Batch:
    """``read`` of a request's body as it comes in, of which no more than 4 MiB is held;
    *headers* tell its type and encoding."""
    media_type = headers.get("content-type", "")
    body = await whole(pieces)
    return read(body, media_type, headers.get("content-encoding", ""))


async def whole(pieces: AsyncIterator[bytes]) -> bytes:
    """A body as it comes in; TooMuch as soon as it is too large."""
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > MOST_BYTES:
            raise TooMuch(f"a batch has at most {MOST_BYTES} bytes")
    return bytes(body)


def read(body: bytes, media_type: str = "", encoding: str = "") -> Batch:
    """The rows of *body*; a bad row is counted, the rest goes on.

    NotLines when nothing of it can be read, TooMuch, NotTaken. OTLP is recognised by
    its members, in protobuf by its media type, NDJSON by its media type or its form.
    """
    text = plain(body, encoding)
    if media_type.startswith(MEDIA_TYPE):
        batch = _from_protobuf(text)
    elif "ndjson" in media_type or "jsonlines" in media_type:
        batch = _from_lines(text)
    else:
        batch = _from_json(text)
    if len(batch.rows) > MOST_ROWS:
        raise TooMuch(f"a batch has at most {MOST_ROWS} rows, not {len(batch.rows)}")
    return batch


def plain(body: bytes, encoding: str) -> bytes:
    """A body unpacked; NotTaken, TooMuch, NotLines."""
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "deflate"):
        raise NotTaken(f"the content encoding {encoding} is not known; send gzip")
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        text = unpack.decompress(body, MOST_BYTES)
    except zlib.error as exc:
        raise NotLines(f"the body is not {encoding}") from exc
    if unpack.unconsumed_tail:
        raise TooMuch(f"a batch has at most {MOST_BYTES} bytes when it is unpacked")
    if not unpack.eof:
        raise NotLines("the compressed body is cut off")
    if unpack.unused_data:  # a second member of gzip: it is not to be lost in silence
        raise NotLines("the compressed body goes on after its end; send one member")
    return text


def _from_json(text: bytes) -> Batch:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as exc:
        if text.count(b"\n") and text.lstrip()[:1] == b"{":
            return _from_lines(text)
        raise NotLines("the body is neither JSON nor newline-delimited JSON") from exc
    if isinstance(found, dict) and OTLP & found.keys():
        return _from_otlp(found)
    batch = Batch()
    for number, row in enumerate(found if isinstance(found, list) else [found], 1):
        _add(batch, number, row)
    return batch


def _from_otlp(found: Row) -> Batch:
    try:
        return Batch(from_otlp(found))
    except (AttributeError, TypeError, ValueError) as exc:
        raise NotLines(f"this is no OTLP: {exc}") from exc


def _from_protobuf(body: bytes) -> Batch:
    try:
        found = decoded(body)
    except ValueError as exc:
        raise NotLines(f"this is no OTLP: {exc}") from exc
    batch = _from_otlp(found)
    batch.protobuf = True
    return batch


def _from_lines(text: bytes) -> Batch:
    batch = Batch()
    for number, line in enumerate(text.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            _add(batch, number, json.loads(line))
        except (ValueError, RecursionError):
            batch.refuse(number, "is not JSON")
    return batch


def _add(batch: Batch, number: int, row: Any) -> None:
    if isinstance(row, dict):
        batch.rows.append(row)
    else:
        batch.refuse(number, "is not a JSON object")
