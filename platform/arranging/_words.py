"""The patterns of a language that arrangements are made in."""

import re
from collections.abc import Mapping
from typing import Any

from arranging._lengths import Lengths
from arranging._shifting import Shifts, any_of

LONGEST_NAME = 4  # words
FEW = 2  # words of what says one thing alone


class Words:
    """Patterns: ``about`` (words that say nothing new), ``wants`` (a question that asks
    for a time), ``sought`` (with a group ``what``: what somebody wants to book, which
    may be in ``general``), ``named`` (with a group ``what``), ``renamed`` (the same,
    but only of a name that is known), ``fillers``, ``declined``, ``letterless`` (that
    there is no address, whatever was asked), and ``ordinals``, one for each place of a
    list, and ``last``. ``several`` is said by who comes with
    somebody, ``also`` by who wants another one, ``either`` between two of which one is
    wished, ``pair`` are two names. ``soonest`` asks for the first time that is free,
    ``latest`` for the last, ``instead`` stands before one that is not wished,
    ``lasts`` how long something takes, and ``details`` for another name or address of
    what is booked; ``whose`` (with groups) names somebody whose booking it is,
    ``offering`` asks what there is, ``hours`` when it is open, at this moment where it
    says ``now`` and does not speak of ``any_times``; ``never`` (with
    groups) says days that are not wished, unless
    it ``retorts`` to the one that is open, ``no_part_of_day`` (with a group) a part of
    the day that is not, ``any_day``
    that any is, ``any_hours`` that hours are.

    ``changes`` are, by kind, what asks to move or cancel what one has, ``existing``
    what says so beyond doubt, and ``anew`` what asks for another one. After a
    ``target`` is the new time, up to what is ``denied``. ``cancels`` says cancel,
    ``denies`` not; ``every`` and, of two, ``both`` mean all of them. ``asks`` wants to
    hear what one has, ``reminds`` if one has something, ``following`` only the next;
    ``again`` wishes for the same once more. ``agrees``, by kind, are words for a yes
    there, and ``wrong``, by detail, what says that it is not as it was told.

    Around a name there may stand what is said ``before`` and ``after`` it. ``no_name``
    is in none, ``no_part`` in none of one word, and a name is nothing of which all is
    ``said_else``; ``also_names`` are answers as well. ``days`` are, by language, words
    that always say when. ``shifts`` is the table of ``Shifts``,
    ``lengths`` that of ``Lengths``.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.about = frozenset(table["about"])
        self.named: list[str] = table["named"]
        self.renamed: list[str] = table["renamed"]
        self.ordinals = [any_of(each) for each in table["ordinals"]]
        self.latest, self.instead = any_of(table["latest"]), any_of(table["instead"])
        self.last, self.pair = any_of(table["last"]), any_of(table["pair"])
        self.several, self.soonest = any_of(table["several"]), any_of(table["soonest"])
        self.also, self.either = any_of(table["also"]), any_of(table["either"])
        self.sought: list[str] = table["sought"]
        self.general = any_of(table["general"])
        self.never = any_of(table["never"])
        self.retorts = any_of(table["retorts"])
        self.no_part_of_day = any_of(table["no_part_of_day"])
        self.any_day = any_of(table["any_day"])
        self.any_hours = any_of(table["any_hours"])
        self.wants = any_of(table["wants"])
        self.whose, self.offering = any_of(table["whose"]), any_of(table["offering"])
        self.hours, self.now = any_of(table["hours"]), any_of(table["now"])
        self.any_times = any_of(table["any_times"])
        self.lasts, self.details = any_of(table["lasts"]), any_of(table["details"])
        self.fillers = any_of(table["fillers"])
        self.no_name, self.no_part = any_of(table["no_name"]), any_of(table["no_part"])
        self.also_names = any_of(table["also_names"])
        self.said_else = frozenset(table["said_else"])
        self.before, self.after = any_of(table["before"]), any_of(table["after"])
        self.days = {each: frozenset(said) for each, said in table["days"].items()}
        self.shifts = Shifts(table["shifts"])
        self.lengths = Lengths(table["lengths"])
        self.agrees = {kind: any_of(each) for kind, each in table["agrees"].items()}
        self.wrong = {detail: any_of(each) for detail, each in table["wrong"].items()}
        self.declined = any_of(table["declined"])
        self.letterless = any_of(table["letterless"])
        self.changes = {kind: any_of(each) for kind, each in table["changes"].items()}
        self.existing, self.anew = any_of(table["existing"]), any_of(table["anew"])
        self.target, self.denied = any_of(table["target"]), any_of(table["denied"])
        self.asks, self.following = any_of(table["asks"]), any_of(table["following"])
        self.reminds = any_of(table["reminds"])
        self.again, self.every = any_of(table["again"]), any_of(table["every"])
        self.both = any_of(table["both"])
        self.cancels, self.denies = any_of(table["cancels"]), any_of(table["denies"])

    def is_cancel(self, text: str) -> bool:
        """Whether that is next to all that it says: what one has, or what is open."""
        is_said = self.cancels.search(text) and not self.denies.search(text)
        return bool(is_said and len(text.split()) <= FEW)

    def is_asking(self, text: str) -> bool:
        """Whether it wants to hear what one has."""
        return bool(self.asks.search(text) or self.reminds.search(text))

    def is_several(self, text: str, expected: str) -> bool:
        """Whether somebody comes with somebody, or two names are told as one."""
        is_pair = expected == "name" and self.pair.search(text)
        return bool(is_pair or self.several.search(text))

    def is_every(self, text: str, many: int) -> bool:
        """Whether it means all of so many."""
        both = self.both.search(text) if many == 2 else None
        return many > 1 and bool(both or self.every.search(text))

    def bare(self, text: str) -> str:
        """The text without what stands around a name: "for my wife Ann, please"."""
        shorter, text = self._stripped(text), ""
        while shorter != text:
            text, shorter = shorter, self._stripped(shorter)
        return text

    def _stripped(self, text: str) -> str:
        return self.after.sub("", self.before.sub("", text, count=1), count=1).strip()

    def is_name(self, text: str) -> bool:
        """Whether it may be one, for all that is known of other words."""
        said = text.split()
        if len(said) > LONGEST_NAME or self.no_name.search(_without_nth(text)):
            return False
        # Price is no name, but Mark Price is one.
        is_full = len(said) > 1 and is_written(text)
        is_other = self.no_part.search(said[0] if is_full else text)
        return not is_other and spoken(text) not in self.said_else

    def name(self, text: str) -> str:
        """The name that the text may be, at most 200 characters; "" for none."""
        name = " ".join(text.split()).strip(" .,;:!-")
        return name[:200] if name and self.is_name(name) else ""

    def is_day(self, word: str, locale: str) -> bool:
        """Whether a word alone says when, in the language that is spoken."""
        return word.casefold() in self.days.get(locale[:2], self.days["en"])

    def is_agreed(self, text: str, kind: str) -> bool:
        """Whether all of it is a yes to what is asked in that kind of dialogue."""
        said = text.strip(" .,!")
        return kind in self.agrees and self.agrees[kind].fullmatch(said) is not None

    def wronged(self, text: str) -> list[str]:
        """The details that it says are not as they were told."""
        return [name for name, each in self.wrong.items() if each.search(text)]


def _without_nth(name: str) -> str:
    """Without what says the how many of its name: "Anna 3rd"."""
    return re.sub(r"(?<=\D) \d(?:st|nd|rd|th)$", "", name)


def is_written(name: str) -> bool:
    """Whether each of its words begins as a name does."""
    said = re.findall(r"[^\W\d_]\w*", _without_nth(name))
    return bool(said) and all(each[0].isupper() for each in said)


def spoken(text: str) -> str:
    """Its words alone."""
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.casefold()))
