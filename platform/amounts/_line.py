"""A text that amounts are looked for in, with all that is known before the search."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from amounts import _locales, _markers, _tokens, _words
from amounts._markers import Marker
from amounts._tokens import Token

LONGEST = 4  # tokens of a phrase


class Part(NamedTuple):
    """What is said until before the token ``end``, or from it on."""

    value: Decimal
    end: int


@dataclass
class Line:
    """``currency`` is what is expected where the text names none. ``is_answer``: an
    amount has been asked for."""

    text: str
    tag: str | None
    currency: str | None
    is_answer: bool = False
    tokens: list[Token] = field(init=False)
    language: str = field(init=False)
    is_telling: bool = field(init=False)  # the wording shows the language

    def __post_init__(self) -> None:
        self.text = _tokens.plain(self.text)
        self.tokens = _tokens.tokens(_tokens.masked(self.text))
        self.language, self.is_telling = _locales.language_of(self.tokens, self.tag)

    @cached_property
    def locale(self) -> _locales.Locale | None:
        return _locales.parsed(self.tag)

    @cached_property
    def markers(self) -> list[Marker]:
        return _markers.markers(self.tokens, self.language)

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The tokens in small letters."""
        return _words.key(self.tokens)

    @cached_property
    def marked(self) -> set[int]:
        return {i for one in self.markers for i in range(one.first, one.end)}

    def word(self, at: int) -> str:
        """The token there in small letters; empty outside the text."""
        return self.tokens[at].lower if 0 <= at < len(self.tokens) else ""

    def glued(self, at: int) -> bool:
        """Whether the token there and the one before it have nothing between them."""
        return 0 < at < len(self.tokens) and _tokens.is_glued(
            self.tokens[at - 1], self.tokens[at]
        )

    def phrase(self, kind: str, at: int) -> int:
        """How many tokens from there are a phrase of that kind; 0 if none."""
        return next(self._lengths(kind, at, 1), 0)

    def phrase_before(self, kind: str, at: int) -> int:
        """The same for a phrase that ends before that token."""
        return next(self._lengths(kind, at, -1), 0)

    def _lengths(self, kind: str, at: int, way: int) -> Iterator[int]:
        known = _words.phrases(self.language, kind)
        most = len(self.tokens) - at if way > 0 else at
        for length in range(min(LONGEST, most) if at >= 0 else 0, 0, -1):
            low = at if way > 0 else at - length
            if self.said[low : low + length] in known:
                yield length

    def half(self, at: int) -> Part | None:
        """What "and a half" from there adds, and the token after it."""
        known = _words.values(self.language, "halves")
        for end in range(at + LONGEST, at, -1):
            if value := known.get(_words.key(self.tokens[at:end])):
                return Part(value, min(end, len(self.tokens)))
        return None

    def hundredths(self, at: int) -> Part | None:
        """ "and 99/100", as on a cheque"""
        first = at + self.phrase("and", at)
        over, sign, under = (self.word(first + i) for i in range(3))
        is_said = first > at and sign == "/" and under in ("100", "1000")
        if not is_said or not over.isdigit() or int(over) >= int(under):
            return None
        return Part(Decimal(over) / Decimal(under), first + 3)

    def factor(self, at: int, way: int) -> Part | None:
        """What "double the" before, or "doubled" from there on, multiplies by."""
        for length in range(LONGEST, 0, -1):
            low, high = (at, at + length) if way > 0 else (at - length, at)
            said = " ".join(_words.key(self.tokens[max(low, 0) : high]))
            is_inside = low >= 0 and high <= len(self.tokens)
            if is_inside and (value := _words.table("doubles").get(said)):
                return Part(Decimal(value), high if way > 0 else low)
        return None

    def is_said_as(self, at: int, kind: str) -> bool:
        """Whether the one token there is such a word."""
        return (self.word(at),) in _words.phrases(self.language, kind)

    @cached_property
    def worded_sign(self) -> str | None:
        """What is before decimals in the language that the wording shows, if any."""
        told = _locales.parsed(self.language) if self.is_telling else None
        return _locales.decimal_sign(told)
