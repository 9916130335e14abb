"""What a message says by its wording, whoever is near to it.

Told of its clauses, one by one: "I don't want a bot, I want to talk to a person" says
both. Patterns are written for words in lower case, without accents or signs, one blank
between them; a slip in a word that they rest on is seen through.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from intents._dialogues import LONGEST, compiled
from legible import plain

# A comma before what says when, or of whom, parts nothing.
CLAUSES = re.compile(
    r"[.!?¿¡;:\n…]+"
    r"|[-–—,](?!\w)(?!\s*(?:wenn|sobald|falls|when|if|once|quand|si|cuando|als|who|with"
    r"|mit|de[rmns]|die|das|qui|con|avec|met)\b)"
    r"|\b(?:but|aber|sondern|mais|pero|maar)\b"
)
WORD = re.compile(r"[^\W_]+")
KINDS = "about", "says", "unless"
SHORTEST = 5  # letters of a word in which a slip is seen through


class Worded:
    """The table: ``intents`` by name, the first that counts first, each with patterns
    that it ``says`` and that speak against it (``unless``), of the same clause; where
    none of ``about`` is found in that, there is no need to look at the others.
    ``parts`` are fragments of patterns, ``slips`` the words they rest on. Where
    ``plain`` is set, a message that asks something does not say it."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        known, parts = table["intents"], table["parts"]
        self._plain = {name for name, each in known.items() if each.get("plain")}
        self._patterns = {
            name: [compiled(each[kind], parts) for kind in KINDS]
            for name, each in known.items()
        }
        self._meant = {
            shorter: word for word in table["slips"] for shorter in _shortened(word)
        }
        self._known = frozenset(table["slips"])

    def told(self, text: str) -> str | None:
        """The first intent that a clause of *text* says."""
        clauses = [*self._clauses(text[:LONGEST])]
        return next(
            (n for n in self._patterns if self._is_said(n, text, clauses)), None
        )

    def _is_said(self, name: str, text: str, clauses: Iterable[str]) -> bool:
        if name in self._plain and "?" in text:
            return False
        about, says, unless = self._patterns[name]
        return any(
            about.search(one) and says.search(one) and not unless.search(one)
            for one in clauses
        )

    def _clauses(self, text: str) -> Iterator[str]:
        for clause in CLAUSES.split(plain(text)):
            if words := WORD.findall(clause):
                yield " ".join(map(self._mended, words))

    def _mended(self, word: str) -> str:
        if len(word) < SHORTEST or word in self._known:
            return word
        near = (self._meant.get(each) for each in (word, *_shortened(word)))
        return next((one for one in near if one and one[0] == word[0]), word)


def _shortened(word: str) -> Iterator[str]:
    """The word without one of its letters: two words that share one of these differ by
    a letter that is wrong, missing, too many, or swapped with the next."""
    return (word[:at] + word[at + 1 :] for at in range(len(word)))
