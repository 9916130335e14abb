"""What can be had, and which of it a text names."""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import product
from typing import NamedTuple
from zoneinfo import ZoneInfo

import edit_distance
import evidence
import glosses
import langid
import openings
import patterns
import wording
from arranging._words import Words
from contracts.calendar.turns import Arrangement

FEW = 4  # words that name one thing
SHORTEST = 4  # letters of a word in which a slip is seen through
# Who does it is no part of what it is: somebody may be called so, too.
WHO = re.compile(r"\b(?:with|by|mit|bei|avec|chez|con|met|bij)\b.*", re.IGNORECASE)


class Offer(NamedTuple):
    """What can be had: its name, its title, and the rule of when; ``lengths`` in
    minutes, where there are several, of which the rule has one."""

    name: str
    title: str
    rule: openings.Rule
    lengths: tuple[int, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return self.rule.zone


def title_of(state: Arrangement, offers: Sequence[Offer]) -> str:
    """What is chosen, by its title; "" where nothing is."""
    chosen = (each.title for each in offers if each.name == state.service)
    return next(chosen, "")


def zone_of(
    state: Arrangement, offers: Sequence[Offer], offer: Offer | None = None
) -> ZoneInfo:
    """On whose clock it is spoken."""
    if state.own:
        return ZoneInfo(state.own.slot.timezone)
    known = {each.name: each.zone for each in offers}
    usual = offers[0].zone if offers else ZoneInfo("UTC")
    return offer.zone if offer else known.get(state.service or "", usual)


def named(text: str, offers: Sequence[Offer], state: Arrangement) -> Offer | None:
    """The one that the text names better than any other; the only one there is."""
    if len(offers) == 1 and state.service is None:
        return offers[0]
    found = meant(text, offers)
    return found[0] if len(found) == 1 else None


def meant(text: str, offers: Sequence[Offer]) -> list[Offer]:
    """Those that the text may name."""
    return written(text, offers) or _alike(text, offers)


def written(text: str, offers: Sequence[Offer]) -> list[Offer]:
    """Those whose whole title is in the text, and not in that of a longer title, in the
    order of the text: a sports massage is no massage."""
    said, at = wording.joint(text), dict[str, int]()
    for title in sorted({wording.joint(each.title) for each in offers}, key=len)[::-1]:
        at[title] = said.find(title) if title else -1
        said = said.replace(title, " " * len(title)) if title else said
    found = [each for each in offers if at[wording.joint(each.title)] >= 0]
    return sorted(found, key=lambda each: at[wording.joint(each.title)])


def unlisted(text: str, offers: Sequence[Offer], words: Words, locale: str) -> str:
    """What it wants to book that there is not; "" where there is, or nobody knows, as
    where it is said in another language than the titles are."""
    what = patterns.after(words.sought, text) or ""
    is_known = words.general.search(what) or meant(what, offers) or meant(text, offers)
    titles = langid.language(" ".join(each.title for each in offers))
    is_foreign = langid.name(locale) != titles
    return "" if is_known or is_foreign else what


def translated(
    text: str, offers: Sequence[Offer], words: Words, locale: str
) -> Offer | None:
    """The only one whose title says in another language all that is wished for, or that
    a text of a few words does; None where none does, or several do: another one is
    worse than none."""
    what = patterns.after(words.sought, text) or text
    if len(what.split()) > FEW or meant(text, offers):
        return None
    said = [*dict.fromkeys((what, *_glosses(what, langid.name(locale))))]
    for literally in (True, False):
        says = partial(_says, said=said, literally=literally)
        if fits := [each for each in offers if says(each.title)]:
            return fits[0] if len(fits) == 1 else None
    return None


def _says(title: str, said: Sequence[str], *, literally: bool) -> bool:
    """Whether a title, in whatever language, has all words of one of those that were
    *said*, or, unless *literally*, synonyms of them."""
    each = product(said, (title, *_glosses(title, *glosses.LANGUAGES)))
    lacks = partial(evidence.unsaid, literally=literally)
    return any(lacks(one, "") and not lacks(one, reading) for one, reading in each)


def _glosses(text: str, *languages: str) -> list[str]:
    """It in English, read in each of these languages that there is a table of."""
    known = [each for each in languages if each in glosses.LANGUAGES]
    return [glosses.gloss(text, each).text for each in known]


def is_title(text: str, offers: Sequence[Offer]) -> bool:
    """Whether it says what there is, and next to nothing else."""
    most = len(wording.joint(text)) / 2
    if any(len(wording.joint(one.title)) >= most for one in written(text, offers)):
        return True
    what = (WHO.sub("", each.title) for each in offers)
    known = {stem for title in what for stem in stems(title)}
    return bool(stems(text)) and stems(text) <= known


def _alike(text: str, offers: Sequence[Offer]) -> list[Offer]:
    """Those that have most words of the text, or words a slip away from them."""
    said = stems(text)
    fits = [_fit(said, stems(f"{each.title} {each.name}")) for each in offers]
    best = max(fits, default=0)
    named = [each for each, many in zip(offers, fits, strict=True) if many == best]
    return named if best else []


def _fit(said: set[str], title: set[str]) -> int:
    """How many of the words are of that title."""
    return sum(any(_is_alike(each, one) for one in title) for each in said)


def _is_alike(said: str, meant: str) -> bool:
    if said == meant or min(len(said), len(meant)) < SHORTEST:
        return said == meant
    return said[0] == meant[0] and edit_distance.distance(said, meant, 1) <= 1


def untitled(text: str, titles: Iterable[str]) -> str:
    """The text without titles in it: "Class 7" says no hour, "Monday yoga" no day; with
    a word in their place, for "einen" before a time is one."""
    return wording.Titles(titles).without(text, instead="title")


def stems(text: str) -> set[str]:
    """Words of some length, without the plural and those that only join others."""
    found = re.findall(r"[^\W\d_]{3,}", text.casefold().replace("-", ""))
    return {each.rstrip("s") for each in found} - wording.JOINING
