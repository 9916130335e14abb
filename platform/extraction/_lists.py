"""The marks that items of a list begin with."""

import re

_BULLETS = "•‣◦▪▫■□●○◆➢➤✓✔\uf0b7\uf0a7\uf02d·–—*-"
_BULLET = re.compile(rf"\A\s*[{re.escape(_BULLETS)}]\s+(?=\S)")
_NUMBER = re.compile(r"\s*(\d{1,3}|[a-zA-Z])[.)]\s+(?=\S)")
_NUMBERED = re.compile(r"\(?(\d{1,3}|[a-zA-Z])[.)]\s|\d{1,2}(\.\d{1,2})+\.?\s")


def item(line: str) -> bool:
    """Whether *line* begins an item."""
    return bool(_BULLET.match(line) or _NUMBER.match(line))


def is_mark(text: str) -> bool:
    """Whether *text* is nothing but the mark of an item."""
    followed = f"{text} x"
    found = _BULLET.match(followed) or _NUMBER.match(followed)
    return found is not None and found.end() == len(followed) - 1


def is_numbered(text: str) -> bool:
    """Whether *text* says its own number, as a contract's "2.1" or "(a)"."""
    return _NUMBERED.match(text) is not None


def unmarked(line: str) -> str:
    """*line* without its bullet; a number stays, since others may refer to it."""
    return _BULLET.sub("", line, count=1)
