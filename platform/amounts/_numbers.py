"""Every number of a text, in figures, words, or both: "2.5 million", "two dozen"."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from amounts import _figures, _locales, _tokens, _words
from amounts._figures import Reading
from amounts._line import Line

SHORT = {"k", "m", "x", "h"}  # letters that belong to a figure only when glued to it


@dataclass(frozen=True)
class Number:
    """Tokens from ``first`` to before ``end``.

    ``is_hardly``: no amount unless a currency says so. ``is_twofold``: "twelve fifty",
    which is 12.50 or 1250.
    """

    first: int
    end: int
    readings: tuple[Reading, ...]
    is_figure: bool
    is_hardly: bool = False
    is_twofold: bool = False
    is_scaled: bool = False

    @property
    def value(self) -> Decimal | None:
        """What it is where it can be one thing alone."""
        return self.readings[0].value if len(self.readings) == 1 else None

    def times(self, factor: Decimal, end: int) -> "Number":
        made = tuple(replace(one, value=one.value * factor) for one in self.readings)
        return replace(self, readings=made, end=end, is_scaled=True)

    def plus(self, value: Decimal, end: int) -> "Number":
        made = tuple(replace(one, value=one.value + value) for one in self.readings)
        return replace(self, readings=made, end=end)


def numbers(line: Line) -> list[Number]:
    """From left to right; none over another."""
    spelt = {first: number for first, number in _spelt(line)}
    hardly = _tokens.doubtful(line.text)
    made: list[Number] = []
    at = 0
    while at < len(line.tokens):
        one = _figure(line, at) or spelt.get(at) or _half(line, at) or _dozen(line, at)
        if one is None:
            at += 1
            continue
        one = _joined(line, _scaled(line, one), made)
        made.append(_suspected(line, one, hardly))
        at = one.end
    return made


def _suspected(line: Line, one: Number, hardly: list[tuple[int, int]]) -> Number:
    start = line.tokens[one.first].start
    inside = any(low <= start < high for low, high in hardly)
    # "invoice 1234", "room no. 12", "order: 99"
    before = one.first - 1
    while line.word(before) in {".", ":", "#"}:
        before -= 1
    named = line.is_said_as(before, "ids") and one.is_figure
    return replace(one, is_hardly=inside or named)


def _figure(line: Line, at: int) -> Number | None:
    token = line.tokens[at]
    if token.kind != "figure" or _is_of_a_name(line, at):
        return None
    read = _figures.readings(token.text)
    return Number(at, at + 1, read, is_figure=True) if read else None


def _is_of_a_name(line: Line, at: int) -> bool:
    """Whether letters stand to it that are no currency and no scale: "A4", "2nd"."""
    before = line.glued(at) and line.tokens[at - 1].kind == "word"
    after = line.glued(at + 1) and line.tokens[at + 1].kind == "word"
    if before and at - 1 not in line.marked and line.word(at - 1) != "x":
        return True
    said = line.word(at + 1)
    fits = said in _words.scales(line.language) or said == "x"
    return after and at + 1 not in line.marked and not fits


def _spelt(line: Line) -> Iterator[tuple[int, Number]]:
    for first, end, digits in _locales.spoken(line.tokens, line.language):
        value = Reading(Decimal(digits))
        yield first, Number(first, end, (value,), is_figure=False)
    for at, token in enumerate(line.tokens):
        if value := _words.table("fractions").get(token.lower):
            yield at, Number(at, at + 1, (Reading(Decimal(value)),), is_figure=False)


def _half(line: Line, at: int) -> Number | None:
    """ "half a million", "half a euro" """
    if not (length := line.phrase("half", at)):
        return None
    half = Number(at, at + length, (Reading(Decimal("0.5")),), is_figure=False)
    follows = half.end in line.marked
    return half if follows or line.word(half.end) in _scales(line) else None


def _dozen(line: Line, at: int) -> Number | None:
    known = _words.dozens(line.language)
    for end in range(min(at + 4, len(line.tokens)), at, -1):
        if value := known.get(_words.key(line.tokens[at:end])):
            return Number(at, end, (Reading(Decimal(value)),), is_figure=False)
    return None


def _scales(line: Line) -> dict[str, int]:
    return _words.scales(line.language)


def _scaled(line: Line, one: Number) -> Number:
    """With the words after it that multiply it, or add a half."""
    while True:
        said = line.word(one.end)
        if length := line.phrase("halves", one.end):
            half = Decimal("0.5") * (_last_scale(line, one))
            one = one.plus(half, one.end + length)
        elif said in _scales(line) and _may_scale(line, one, said):
            one = one.times(Decimal(10) ** _scales(line)[said], one.end + 1)
        elif (said,) in _words.dozens(line.language):
            factor = Decimal(_words.dozens(line.language)[(said,)])
            one = one.times(factor, one.end + 1)
        else:
            return one


def _last_scale(line: Line, one: Number) -> Decimal:
    return Decimal(10) ** _scales(line).get(line.word(one.end - 1), 0)


def _may_scale(line: Line, one: Number, said: str) -> bool:
    return said not in SHORT or line.glued(one.end)


def _joined(line: Line, one: Number, made: list[Number]) -> Number:
    """With the number right before it, if both are words: "twelve fifty"."""
    before = made[-1] if made else one
    high, low = _spoken_value(before), _spoken_value(one)
    if before.end != one.first or not (0 < high < 100 and 10 <= low < 100):
        return one
    made.pop()
    both = (Reading(high + low / 100), Reading(high * 100 + low))
    return replace(one, first=before.first, readings=both, is_twofold=True)


def _spoken_value(one: Number) -> Decimal:
    """What a number in words is; 0 for others."""
    return Decimal(0) if one.is_figure else one.value or Decimal(0)
