"""Characters that a reader would not see, or would see as others.

Text that cannot be seen can still instruct a language model, and NUL cannot be stored
by PostgreSQL, so neither gets into a document.
"""

import re
import unicodedata

_INVISIBLE = [
    range(0x00, 0x09),
    range(0x0E, 0x20),
    range(0x7F, 0xA0),
    range(0xAD, 0xAE),  # soft hyphen
    range(0x200B, 0x200C),  # zero-width space
    range(0x200E, 0x2010),  # direction marks
    range(0x202A, 0x202F),  # embeddings and overrides of direction
    range(0x2060, 0x2065),
    range(0x2066, 0x2070),
    range(0xD800, 0xE000),  # halves of characters
    range(0xFEFF, 0xFF00),
    range(0xFFF9, 0xFFFC),
    range(0xE0000, 0xE0080),  # tags: a hidden ASCII
]
_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_UNSEEN = re.compile(
    "[" + "".join(f"\\U{c.start:08x}-\\U{c.stop - 1:08x}" for c in _INVISIBLE) + "]+"
)
_SPACES = re.compile(r"\s+")


def visible(text: str) -> str:
    """*text* without invisible characters, composed (NFC), line breaks untouched."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text).translate(_LIGATURES))


def one_line(text: str) -> str:
    """*text* as one line: every run of white space is one space."""
    return _SPACES.sub(" ", visible(text)).strip()


def several_lines(text: str) -> str:
    """*text* with its line breaks and indentation, for code and verse."""
    lines = [line.rstrip() for line in visible(text).expandtabs(4).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
