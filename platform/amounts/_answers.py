"""What is said of an amount after it was asked about: "euros", "the second one".

It is read together with what had been said: a currency, a choice or a sum completes
that, and a number has the currency that was named before.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import NamedTuple

from amounts._line import Line
from amounts._markers import Marker
from amounts._mentions import Mention
from amounts._questions import without
from amounts._said_of import find

SHORT = 6  # words of what only chooses, or names a kind of dollars

NOUNS = {"$": "dollars", "kr": "kronor", "kr.": "kronor", "£": "pounds"}

Mentions = list[Mention]
CHOOSES: dict[str, Callable[[Mentions], Mention]] = {
    "first": lambda known: known[0],
    "second": lambda known: known[1],
    "third": lambda known: known[2],
    "last": lambda known: known[-1],
    "least": lambda known: min(known, key=_units),
    "most": lambda known: max(known, key=_units),
    "only": lambda known: _single(known),
    "all": lambda known: _sum(known),
}


class Found(NamedTuple):
    """The mentions of ``text``, and what else the text that was read says: ``rest``
    has a semicolon in place of each amount."""

    text: str
    mentions: Mentions
    rest: str


def read(
    text: str,
    locale: str | None = None,
    currency: str | None = None,
    before: str | None = None,
    among: Sequence[str] = (),
) -> Found:
    """The amounts that a text names; see ``find``.

    *before* is what was said of an amount that is being talked about, "" where nothing
    was; None where there is none. Where the text leaves open which currency, it is one
    *among* those: the first where its sign is said, or where there is no other.
    """
    found = _read(text, locale, currency, before)
    if currency or not among or not _is_open(found):
        return found
    usual = _read(text, locale, among[0], before)
    is_meant = len(among) == 1 or Line(text, locale, None).markers
    return usual if is_meant and not _is_open(usual) else found


def _is_open(found: Found) -> bool:
    """Whether it is asked which currency is meant."""
    return any(one.doubt == "currency" for one in found.mentions)


def _read(
    text: str, locale: str | None, currency: str | None, before: str | None
) -> Found:
    if before is None:
        found = find(text, locale, currency)
        return Found(text, found, without(text, found))
    old = find(before, locale, currency)
    named = {one.currency for one in old}
    told = named.pop() if len(named) == 1 else None
    if found := find(text, locale, told or currency, is_answer=True):
        return Found(text, found, without(text, found))
    if chosen := _chosen(text, old):
        return Found(chosen[0].text, chosen, text)
    whole = _renamed(before, text, locale, old)
    return Found(whole, find(whole, locale), text) if whole else Found(text, [], text)


def _renamed(before: str, text: str, locale: str | None, old: Mentions) -> str | None:
    """*before* in the currency that *text* names, if it names one alone: "euros"."""
    line, inside = Line(text, locale, None), Line(before, locale, None)
    said = [_text(text, line, one) for one in line.markers if one.part is None]
    if len(said) == 1:
        return _put(before, inside, old, lambda _: said[0])
    is_kind = bool(old) and old[0].doubt == "currency" and not said
    return _specified(before, text, inside, old) if is_kind else None


def _specified(before: str, text: str, inside: Line, old: Mentions) -> str | None:
    """*before* with the kind of its currency, if that makes it clear: "US" of these."""
    if len(text.split()) > SHORT:
        return None
    for kind, shape in product(
        _kinds(text, inside), ("{kind} {noun}", "{noun} {kind}")
    ):
        named = partial(_named, shape, kind)
        whole = _put(before, inside, [], named)
        made = find(whole, inside.tag)
        if len(made) == len(old) and all(one.money for one in made):
            return whole
    return None


def _named(shape: str, kind: str, said: str) -> str:
    """A currency of that kind, of which "$" names all."""
    noun = NOUNS.get(said.strip().lower(), said)
    return shape.format(kind=kind, noun=noun)


def _kinds(text: str, inside: Line) -> Iterator[str]:
    """What may name the kind: all of it, or its only word that says something."""
    yield text
    line = Line(text, inside.tag, None)
    for at, token in enumerate(line.tokens):
        idle = any(line.is_said_as(at, each) for each in ("filler", "answering"))
        if token.kind == "word" and not idle:
            yield token.text


def _put(before: str, line: Line, old: Mentions, name: Callable[[str], str]) -> str:
    """*before* with its currencies renamed, or else with one behind each of *old*."""
    named = [one for one in line.markers if one.part is None]
    for one in reversed(named):
        start, end = line.tokens[one.first].start, line.tokens[one.end - 1].end
        before = f"{before[:start]} {name(before[start:end])} {before[end:]}"
    for each in reversed([] if named else old):
        before = f"{before[: each.end]} {name('')} {before[each.end :]}"
    return " ".join(before.split())


def _text(text: str, line: Line, one: Marker) -> str:
    return text[line.tokens[one.first].start : line.tokens[one.end - 1].end]


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    known = json.loads(Path(__file__).with_name("answers.json").read_text("utf-8"))
    return {
        name: re.compile(rf"\b(?:{each})\b", re.IGNORECASE)
        for name, each in known.items()
    }


def _chosen(text: str, known: Mentions) -> Mentions:
    """That of *known* which a short text chooses; none where that is not clear."""
    said = [name for name, each in _patterns().items() if each.search(text)]
    few = 1 if said == ["only"] else 2
    if len(said) != 1 or len(known) < few or len(text.split()) > SHORT:
        return []
    try:
        one = CHOOSES[said[0]](known)
    except (IndexError, ValueError):
        return []
    return [_taken(one)]


def _taken(one: Mention) -> Mention:
    """The choice, of which only the currency may be in doubt still."""
    doubt = None if one.money else one.doubt and "currency"
    return replace(one, start=0, end=len(one.text), doubt=doubt)


def _units(one: Mention) -> int:
    """ValueError where they are not known."""
    if one.minor_units is None:
        raise ValueError(f"{one.text} is not clear")
    return one.minor_units


def _single(known: Mentions) -> Mention:
    """ValueError of several."""
    [one] = known
    return one


def _sum(known: Mentions) -> Mention:
    """All of them together; ValueError of a range, or of two currencies."""
    is_range = any(one.doubt == "range" for one in known)
    if is_range or len({one.currency for one in known}) > 1:
        raise ValueError("these are no parts of one amount")
    text = " + ".join(one.text for one in known)
    parts = tuple(map(_units, known))
    return replace(known[0], minor_units=sum(parts), text=text, parts=parts)
