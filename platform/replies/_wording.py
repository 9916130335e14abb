"""Whether a message asks something."""

import re
from functools import cache

from replies import _words


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(_words.table(name)), re.IGNORECASE)


def is_change(text: str) -> bool:
    """Whether it asks to change something: "make it 40", "it's for the other one"."""
    return _pattern("changing").search(text) is not None


def is_put_off(text: str) -> bool:
    """Whether it puts off an answer: "I'll ask my wife", "let me sleep on it"."""
    return _pattern("later").search(text) is not None


def is_courtesy(text: str) -> bool:
    """Whether it says nothing but that: "thanks a lot", "hello"."""
    said = [kind for _, kind in _words.parts(text)]
    return bool(said) and set(said) == {"courtesy"}


def is_bare(text: str) -> bool:
    """Whether it is made of answers and courtesies alone: "no thanks", "yes please"."""
    said = [kind for _, kind in _words.parts(text)]
    return bool(said) and None not in said


def is_plea(text: str) -> bool:
    """Whether it says nothing but please: no yes to what costs money, yet no other
    wish."""
    said = {" ".join(said) for said, _ in _words.parts(text)}
    return is_courtesy(text) and not said.isdisjoint(_words.table("pleading"))


def is_question(text: str) -> bool:
    """Whether it asks for something, and not for a change: "can we make it 40?" """
    return not is_change(text) and _pattern("asking").search(text) is not None
