"""Bytes of an unstated encoding into text."""

import codecs
import re
from collections.abc import Iterator

from extraction import _latin
from extraction._refused import Refused

_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
_STATED = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
_SAMPLE = 32 * 2**10  # bytes that a guess is made on
_CONTROLS = bytes({*range(0x20)} - {0x09, 0x0A, 0x0C, 0x0D, 0x1B} | {0x7F})


def text(content: bytes) -> str:
    """*content* as text with ``\\n`` line ends; Refused when it is binary."""
    return _decoded(content).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    sample = content[:_SAMPLE]
    if _is_binary(sample):
        return _without_mark(content)
    for encoding in _candidates(content, sample):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("cp1252", "replace")


def _candidates(content: bytes, sample: bytes) -> Iterator[str]:
    yield "utf-8"
    yield _stated(sample)
    yield _guessed(content)


def _is_binary(sample: bytes) -> bool:
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > len(sample) // 100


def _without_mark(content: bytes) -> str:
    """UTF-16 without its mark has NULs in every other place; all else is binary."""
    sample = content[: _SAMPLE & ~1]
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if high.count(0) > len(high) * 0.7 and len(content) % 2 == 0:
            decoded = content.decode(encoding, "replace")
            if "\0" not in decoded:
                return decoded
    raise Refused("unsupported", "it is not a document: its type is unknown")


def _stated(sample: bytes) -> str:
    found = _STATED.search(sample)
    return found[1].decode("ascii") if found else "utf-8"


def _guessed(content: bytes) -> str:
    # Only what is not ASCII tells encodings apart, and it may come late in a file.
    first = next(at for at, byte in enumerate(content) if byte > 0x7F)
    start = max(0, first - _SAMPLE // 2)
    sample = content[start : start + _SAMPLE]
    if known := _latin.encoding(sample):
        return known
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"
