"""Every number of a text, in figures, words, or both: "2.5 million", "two dozen"."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from amounts import _figures, _locales, _numerals, _tokens, _words
from amounts._figures import Reading
from amounts._line import Line

SHORT = {"k", "m", "x", "h"}  # letters that belong to a figure only when glued to it


@dataclass(frozen=True)
class Number:
    """Tokens from ``first`` to before ``end``.

    ``is_hardly``: no amount unless a currency says so. ``is_twofold``: "twelve fifty",
    which is 12.50 or 1250. ``is_rough``: "une vingtaine".
    """

    first: int
    end: int
    readings: tuple[Reading, ...]
    is_figure: bool
    is_hardly: bool = False
    is_twofold: bool = False
    is_scaled: bool = False
    is_rough: bool = False

    @property
    def value(self) -> Decimal | None:
        """What it is where it can be one thing alone."""
        return self.readings[0].value if len(self.readings) == 1 else None

    def times(self, factor: Decimal, end: int) -> "Number":
        made = tuple(one.times(factor) for one in self.readings)
        return replace(self, readings=made, end=end, is_scaled=True)

    def shared(self, share: Fraction) -> "Number":
        """A part of it, which may have any number of decimals."""
        over, under = share.numerator, share.denominator
        made = (replace(one, value=one.value * over / under) for one in self.readings)
        return replace(self, readings=tuple(made), is_scaled=True)

    def plus(self, value: Decimal, end: int) -> "Number":
        made = tuple(replace(one, value=one.value + value) for one in self.readings)
        return replace(self, readings=made, end=end)


def numbers(line: Line) -> list[Number]:
    """From left to right; none over another."""
    spelt = dict(_spelt(line))
    hardly = _tokens.doubtful(line.text)
    made: list[Number] = []
    at = 0
    while at < len(line.tokens):
        found = [_figure(line, at), _valued(line, at), spelt.get(at)]
        one = max(filter(None, found), key=lambda each: each.end, default=None)
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
    return Number(at, at + 1, _figures.readings(token.text), is_figure=True)


def _is_of_a_name(line: Line, at: int) -> bool:
    """Whether letters stand to it that are no currency and no scale: "A4", "2nd"."""
    if _has_letters(line, at, at - 1) and line.word(at - 1) != "x":
        return True
    said = line.word(at + 1)
    fits = said in _scales(line) or said in {"x", "ish"}
    return _has_letters(line, at + 1, at + 1) and not fits


def _has_letters(line: Line, joint: int, at: int) -> bool:
    """Whether what is glued there is a word; not where words have no blanks between."""
    is_word = line.glued(joint) and line.tokens[at].kind == "word"
    return is_word and at not in line.marked and line.word(at) < "\u2e80"


def _spelt(line: Line) -> Iterator[tuple[int, Number]]:
    for first, end, digits in _locales.spoken(line.tokens, line.language):
        value = Reading(Decimal(digits))
        yield first, Number(first, end, (value,), is_figure=False)
    kanji = _words.table("kanji")
    for at, token in enumerate(line.tokens):
        if token.text[0] in kanji:
            value = Reading(_numerals.written([kanji[each] for each in token.text]))
            yield at, Number(at, at + 1, (value,), is_figure=False)
    known = _words.table("fractions") | _words.table("multiples")
    for at, token in enumerate(line.tokens):
        if value := known.get(token.lower) or _halved(line, token.lower):
            yield at, Number(at, at + 1, (Reading(Decimal(value)),), is_figure=False)


def _halved(line: Line, word: str) -> Decimal | None:
    """ "zweieinhalb", "drieënhalf", "zweieinhalbtausend" """
    for infix in _words.table("infixes").get(line.language, ()):
        head, said, tail = word.partition(infix)
        scale = _scales(line).get(tail, None if tail else 0)
        number = _locales.spoken(_tokens.tokens(head), line.language) if said else []
        if number and scale is not None:
            return (Decimal(number[0][2]) + Decimal("0.5")).scaleb(scale)
    return None


def _valued(line: Line, at: int) -> Number | None:
    """ "half a million", "half a euro", "a dozen" """
    if line.is_said_as(at, "article") and _counts_one(line, at + 1):
        return Number(at, at + 1, (Reading(Decimal(1)),), is_figure=False)
    for end in range(min(at + 4, len(line.tokens)), at, -1):
        said = _words.key(line.tokens[at:end])
        part = _words.values(line.language, "beside").get(said)
        if part and (end in line.marked or line.word(end) in _scales(line)):
            return Number(at, end, (Reading(part),), is_figure=False)
        if dozen := _words.values(line.language, "dozen").get(said):
            return Number(at, end, (Reading(dozen),), is_figure=False)
        if score := _words.values(line.language, "scores").get(said):
            one = Number(at, end, (Reading(score),), is_figure=False)
            return replace(one, is_rough=True, is_scaled=True)
    return None


def _counts_one(line: Line, at: int) -> bool:
    """Whether an article before a currency or a scale is a one: "a pound fifty", "a
    grand", and not "a euro transfer"."""
    marker = next((one for one in line.markers if one.first == at), None)
    if marker is None:
        return line.word(at) == "grand"
    said = line.tokens[marker.end : marker.end + 1]
    return bool(said and _locales.spoken(said, line.language))


def _scales(line: Line) -> dict[str, int]:
    return _words.scales(line.language) | _words.table("scales")


def _scaled(line: Line, one: Number) -> Number:
    """With the words after it that multiply it, or add a half."""
    while True:
        said = line.word(one.end)
        if cents := line.hundredths(one.end):
            one = one.plus(*cents)
        elif half := line.half(one.end):
            one = one.plus(half.value * _last_scale(line, one), half.end)
        elif said in _scales(line) and _may_scale(line, one, said):
            one = one.times(Decimal(10) ** _scales(line)[said], one.end + 1)
        elif dozen := _words.values(line.language, "dozen").get((said,)):
            one = one.times(dozen, one.end + 1)
        elif score := _words.values(line.language, "scores").get((said,)):
            one = replace(one.times(score, one.end + 1), is_rough=True)
        else:
            return one


def _last_scale(line: Line, one: Number) -> Decimal:
    return Decimal(10) ** _scales(line).get(line.word(one.end - 1), 0)


def _long_scale(line: Line, one: Number) -> Decimal:
    """The scale in a word that the number ends with; 0 for others."""
    said = line.word(one.end - 1)
    is_scaled = one.value is not None and said in _scales(line) and said not in SHORT
    return _last_scale(line, one) if is_scaled else Decimal(0)


def _may_scale(line: Line, one: Number, said: str) -> bool:
    """Whether a letter is no unit, "10k", "10 k€", and "ten k" as a last word; and no
    scale that comes after a greater one, which begins a number of its own."""
    if Decimal(10) ** _scales(line)[said] < _last_scale(line, one):
        return False
    if said not in SHORT or line.glued(one.end) or one.end + 1 in line.marked:
        return True
    return said == "k" and one.end + 1 == len(line.tokens)


def _joined(line: Line, one: Number, made: list[Number]) -> Number:
    """With the number right before it: "2 lakh 50 thousand", "twelve fifty"."""
    before = made[-1] if made else one
    low = _low(line, before, one)
    if low is None:
        return one
    if (one.value or 0) < _long_scale(line, before):
        made.pop()
        whole = before.plus(one.value or Decimal(0), one.end)
        return replace(whole, is_scaled=True)
    both = _twofold(before, one, low)
    if both is None:
        return one
    made.pop()
    return both


def _twofold(before: Number, one: Number, low: range) -> Number | None:
    """What two numbers in words are together, the second one of *low*."""
    whole, rest = _spoken_value(before), _spoken_value(one)
    if not (0 < whole < 100 and rest in low):
        return None
    both = (Reading(whole + rest / 100), Reading(whole * 100 + rest))
    return replace(one, first=before.first, readings=both, is_twofold=True)


def _low(line: Line, before: Number, one: Number) -> range | None:
    """What the second of two numbers may be that are said as one; None where they are
    not: "five fifty", "five oh five"."""
    if before.end == one.first or _goes_on(line, before, one):
        return range(10, 100)
    is_oh = line.language == "en" and line.word(before.end) in ("oh", "o")
    return range(1, 10) if is_oh and before.end + 1 == one.first else None


def _goes_on(line: Line, before: Number, one: Number) -> bool:
    """ "one thousand, two hundred" """
    is_comma = before.end + 1 == one.first and line.word(before.end) == ","
    is_spoken = not (before.is_figure or one.is_figure) and (one.value or 0) >= 100
    return is_comma and is_spoken and _long_scale(line, before) > (one.value or 0)


def _spoken_value(one: Number) -> Decimal:
    """What a number in words is; 0 for others."""
    return Decimal(0) if one.is_figure else one.value or Decimal(0)
