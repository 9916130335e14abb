"""The patterns of a language that arrangements are made in."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST_NAME = 4  # words


class Words:
    """Patterns: ``about`` (words that say nothing new), ``wants`` (a question that asks
    for a time), ``named`` (with a group ``what``), ``introduced`` (the same, but only
    where a name is awaited), ``fillers``, ``no_name``, ``declined``, and
    ``ordinals``, one for each place of a list, and ``last``. ``several`` is said by
    who comes with somebody, ``pair`` are two names. ``soonest``
    asks for the first time that is free.

    ``changes`` are, by kind, what asks to move or cancel what one has, ``existing``
    what says so beyond doubt, and ``anew`` what asks for another one. After a
    ``target`` is the new time, up to what is ``denied``. ``cancels`` says cancel,
    ``denies`` not; ``every`` and, of two, ``both`` mean all of them. ``asks`` wants to
    hear what one has, ``following`` only the next; ``again`` wishes for the same once
    more.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.about = frozenset(table["about"])
        self.named: list[str] = table["named"]
        self.introduced: list[str] = table["introduced"]
        self.ordinals = [_any(each) for each in table["ordinals"]]
        self.last, self.pair = _any(table["last"]), _any(table["pair"])
        self.several, self.soonest = _any(table["several"]), _any(table["soonest"])
        self.wants = _any(table["wants"])
        self.fillers = _any(table["fillers"])
        self.no_name = _any(table["no_name"])
        self.declined = _any(table["declined"])
        self.changes = {kind: _any(each) for kind, each in table["changes"].items()}
        self.existing, self.anew = _any(table["existing"]), _any(table["anew"])
        self.target, self.denied = _any(table["target"]), _any(table["denied"])
        self.asks, self.following = _any(table["asks"]), _any(table["following"])
        self.again, self.every = _any(table["again"]), _any(table["every"])
        self.both = _any(table["both"])
        self.cancels, self.denies = _any(table["cancels"]), _any(table["denies"])

    def is_several(self, text: str, expected: str) -> bool:
        """Whether somebody comes with somebody, or two names are told as one."""
        is_pair = expected == "name" and self.pair.search(text)
        return bool(is_pair or self.several.search(text))

    def is_every(self, text: str, many: int) -> bool:
        """Whether it means all of so many."""
        both = self.both.search(text) if many == 2 else None
        return many > 1 and bool(both or self.every.search(text))

    def is_name(self, text: str) -> bool:
        return len(text.split()) <= LONGEST_NAME and not self.no_name.search(text)


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in patterns), re.IGNORECASE)
