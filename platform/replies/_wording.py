"""What of a message is meant, and whether it asks something."""

import re
from functools import cache

from replies import _words


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(_words.table(name)), re.IGNORECASE)


def undenied(text: str) -> str:
    """The text without the figures that it denies: of "40, not 50" the "40"."""
    return _pattern("denied").sub(" ", text)


def is_question(text: str) -> bool:
    """Whether it asks for something, and not for a change: "can we make it 40?" """
    if _pattern("changing").search(text):
        return False
    return _pattern("asking").search(text) is not None
