"""Text as documents keep it: without what a reader would not see."""

import re

from legible import shown

_SPACES = re.compile(r"\s+")


def one_line(text: str) -> str:
    """*text* as one line: every run of white space is one space."""
    return _SPACES.sub(" ", shown(text)).strip()


def several_lines(text: str) -> str:
    """*text* with its line breaks and indentation, for code and verse."""
    lines = [line.rstrip() for line in shown(text).expandtabs(4).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
