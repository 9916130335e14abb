"""What a message says by its wording, whoever is near to it.

Told of its clauses, one by one: "I don't want a bot, I want to talk to a person" says
both. Patterns are written for words in lower case, without accents or signs, one blank
between them; a slip in a word that they rest on is seen through.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import replies
import wording
from intents._dialogues import LONGEST, compiled
from normalization import plain

# A comma before what says when, or of whom, parts nothing.
CLAUSES = re.compile(
    r"[.!?¿¡;:\n…]+"
    r"|[-–—,](?!\w)(?!\s*(?:wenn|sobald|falls|when|if|once|quand|si|cuando|als|who|with"
    r"|mit|de[rmns]|die|das|qui|con|avec|met)\b)"
    r"|\b(?:but|aber|sondern|mais|pero|maar)\b"
)
# The same pieces, with the sign at the end of each.
ENDED = re.compile(rf".+?(?:{CLAUSES.pattern}|$)", re.DOTALL)
ON = re.compile(r"^\W*(?:(?:and|but|so|also|und|aber|et|mais|y|pero|en|maar)\W+)+")
WORD = re.compile(r"[^\W_]+")
KINDS = "about", "says", "unless"
SHORTEST = 5  # letters of a word in which a slip is seen through


class Worded:
    """The table: ``intents`` by name, the first that counts first, each with patterns
    that it ``says`` and that speak against it (``unless``), of the same clause; where
    none of ``about`` is found in that, there is no need to look at the others.
    ``parts`` are fragments of patterns, ``slips`` the words they rest on. Where
    ``plain`` is set, a message that asks something does not say it.

    What is ``small`` says nothing beside another matter: "hi, is there parking?" is no
    greeting. It stands beside a statement ("thanks, I'll think about it") unless it is
    ``only`` said by itself."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        known, parts = table["intents"], table["parts"]
        self._plain, self._small, self._only = (
            _marked(known, mark) for mark in ("plain", "small", "only")
        )
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
        said = (n for n in self._patterns if self._is_said(n, text, clauses))
        found = next(said, None)
        return None if found and self.is_beside(found, text) else found

    def is_beside(self, small: str, text: str) -> bool:
        """Whether there is another matter in *text* beside what is *small*; False of
        an intent that is not."""
        if small not in self._small:
            return False
        pieces = ENDED.findall(plain(text[:LONGEST]))
        others = [each for each in pieces if not self._is_small(each)]
        if small in self._only:
            return bool(others)
        return any(wording.is_question(ON.sub("", each)) for each in others)

    def _is_small(self, piece: str) -> bool:
        """Whether a piece of a message says nothing, or what is small."""
        clauses = [*self._clauses(piece)]
        if not clauses or all(map(replies.is_bare, clauses)):
            return True
        return any(self._is_said(name, piece, clauses) for name in self._small)

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


def _marked(known: Mapping[str, Any], mark: str) -> set[str]:
    """The names of the intents that are so."""
    return {name for name, each in known.items() if each.get(mark)}


def _shortened(word: str) -> Iterator[str]:
    """The word without one of its letters: two words that share one of these differ by
    a letter that is wrong, missing, too many, or swapped with the next."""
    return (word[:at] + word[at + 1 :] for at in range(len(word)))
