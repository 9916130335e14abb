"""Card numbers as people say them: in words, with any signs between, a part at a time.

Read are digits and their words in English, German, French and Spanish, "forty-two" and
"double five" among them.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_BETWEEN = 3  # signs between two groups
_WHOLE = 15  # digits, of American Express; more may be its expiry
_PART = 8  # digits; the last four alone are no secret (PCI DSS 3.4)
_UNITS = (
    "zero null zéro cero oh o",
    "one eins ein un une uno una",
    "two zwei zwo deux dos",
    "three drei trois tres",
    "four vier quatre cuatro",
    "five fünf cinq cinco",
    "six sechs seis",
    "seven sieben sept siete",
    "eight acht huit ocho",
    "nine neun neuf nueve",
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_TEENS = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_WORDS = {
    word: str(value) for value, said in enumerate(_UNITS) for word in said.split()
}
_ROUND = {word: str(value) for value, word in enumerate(_TENS, 2)}
_WORDS |= {word: str(value) for value, word in enumerate(_TEENS, 10)}
_TIMES = {"double": 2, "triple": 3, "treble": 3, "doppel": 2}
_SIGNS = {"x"}  # letters that stand for a sign
# "My card number is 55555555", but not "by card, for invoice 40012345".
_NAMED = re.compile(
    r"(?:card|karte|carte|tarjeta|rest)(?:\W+(?:numbers?|no|nr|nummer|num[eé]ro|número|"
    r"is|ist|est|es|begins|starts|with|first|half|of|it|the))*\W*\Z",
    re.IGNORECASE,
)


class Group(NamedTuple):
    """Digits that are written or said together, at ``[start:end]`` of a text."""

    start: int
    end: int
    digits: str
    is_word: bool


def _groups(text: str) -> Iterator[Group]:
    times, begun = 1, -1
    found = list(_TOKEN.finditer(text))
    for token, after in itertools.zip_longest(found, found[1:]):
        word = token[0].lower()
        if word in _TIMES:
            times, begun = _TIMES[word], token.start()
        elif digits := _digits(word, after[0].lower() if after else ""):
            start = token.start() if begun < 0 else begun
            yield Group(start, token.end(), digits * times, not word.isdecimal())
            times, begun = 1, -1
        else:
            times, begun = 1, -1


def _digits(word: str, after: str) -> str:
    """Those of a word, where another comes after it: "forty" before "two" is 4."""
    if word in _ROUND:
        is_begun = len(_WORDS.get(after, "")) == 1 and _WORDS[after] != "0"
        return _ROUND[word] + ("" if is_begun else "0")
    return word if word.isdecimal() else _WORDS.get(word, "")


def _runs(text: str) -> Iterator[list[Group]]:
    """Groups with nothing but a few signs between one and the next."""
    run: list[Group] = []
    for group in _groups(text):
        if run and not _is_near(text[run[-1].end : group.start]):
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def _is_near(between: str) -> bool:
    signs = between.strip().lower()
    return len(between) <= _BETWEEN and (signs in _SIGNS or not signs.isalnum())


def _size(run: Sequence[Group]) -> int:
    return sum(len(group.digits) for group in run)


def _is_whole(run: Sequence[Group]) -> bool:
    """Whether it is as long as a card's number and begins as one; a phone number that
    is written out in digits is left to those who look at the check digit."""
    is_said = any(group.is_word for group in run)
    in_fours = all(len(group.digits) == 4 for group in run)
    first = run[0].digits[0]
    return (is_said or in_fours) and first in "3456" and _size(run) >= _WHOLE


def _is_part(run: Sequence[Group], before: str) -> bool:
    in_fours = len(run) > 1 and all(len(group.digits) == 4 for group in run)
    is_said = any(group.is_word for group in run)
    return _size(run) >= _PART and bool(in_fours or is_said or _NAMED.search(before))


def numbers(text: str, *, of_a_card: bool) -> list[tuple[int, int]]:
    """(start, end) of each number of a card in *text*, in order; ``of_a_card`` says
    that it speaks of one, so that a part of a number is one as well."""
    return [
        (run[0].start, run[-1].end)
        for run in _runs(text)
        if _is_whole(run) or (of_a_card and _is_part(run, text[: run[0].start]))
    ]
