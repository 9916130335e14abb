"""Text as documents keep it: without what a reader would not see."""

import html
import re

from normalization import shown

_SPACES = re.compile(r"\s+")
_FIGURES = re.compile(r"[\s\d,)]*\d[\s\d,)]*")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,10}(?:\s[^<>]*)?/?>")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|code|em|font|i|mark|small|span|strong|sub|sup|u)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[\da-fA-F]{1,5}|[a-zA-Z]{2,8});")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def one_line(text: str) -> str:
    """*text* as one line: every run of white space is one space."""
    return _SPACES.sub(" ", shown(text)).strip()


def raised(text: str) -> str:
    """What is set raised: figures as raised ones, since €62.50¹ is no 62.501."""
    return text.translate(_SUPERSCRIPTS) if _FIGURES.fullmatch(text) else text


def unmarked(text: str) -> str:
    """*text* without HTML, in which cells and values of data may be written."""
    if not _TAG.search(text) and not _ENTITY.search(text):
        return text
    return html.unescape(_TAG.sub(" ", _INLINE.sub("", text)))


def several_lines(text: str) -> str:
    """*text* with its line breaks and indentation, for code and verse."""
    lines = [line.rstrip() for line in shown(text).expandtabs(4).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
