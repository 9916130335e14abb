"""What there is, and how long it takes: told to who asks before anything is open."""

import re
from collections.abc import Sequence

from arranging import _offers as offering
from arranging._offers import Offer
from arranging._words import Words
from contracts.calendar.turns import Arrangement

FEW = 3  # words before a question


def is_asked(pattern: re.Pattern[str], text: str) -> bool:
    """Whether that is all that is asked, and not beside a wish."""
    said = pattern.search(text)
    return said is not None and len(text[: said.start()].split()) <= FEW


def only_asks(text: str, words: Words) -> bool:
    """Whether what is offered is asked about, or when, and nothing is wished for."""
    each = (words.offering, words.lasts, words.hours)
    return any(is_asked(one, text) for one in each)


def fact(
    text: str, state: Arrangement, offers: Sequence[Offer], words: Words
) -> tuple[str, Arrangement]:
    """The reply to a question about what is offered, and of which thing that is told;
    "" to anything else."""
    if is_asked(words.offering, text):
        return "offered", state.model_copy(update={"among": []})
    if not is_asked(words.lasts, text):
        return "", state
    meant = offering.meant(text, offers)
    named = meant[0].name if len(meant) == 1 else state.service
    of = state.model_copy(update={"service": named, "minutes": None})
    return ("takes" if named else ""), of
