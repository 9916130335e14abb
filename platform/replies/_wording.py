"""Whether a message asks something."""

import re
from functools import cache

from replies import _words


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(_words.table(name)), re.IGNORECASE)


def is_question(text: str) -> bool:
    """Whether it asks for something, and not for a change: "can we make it 40?" """
    if _pattern("changing").search(text):
        return False
    return _pattern("asking").search(text) is not None
