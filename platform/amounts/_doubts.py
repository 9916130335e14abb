"""What leaves an amount open although its number and its currency are known."""

from amounts import _words
from amounts._line import Line
from amounts._terms import Term, is_bracketed

MOST = 2**53 - 1  # minor units; what JSON's readers take as exact
PERCENT = {"percent", "prozent", "procent", "ciento", "cento"}


def doubt(line: Line, one: Term, units: int) -> str | None:
    """The first that there is."""
    if _is_negative(line, one):
        return "negative"
    if units > MOST:
        return "too large"
    if _is_share(line, one):
        return "number"
    if one.doubt:
        return one.doubt
    if _is_some_of(line, one):
        return "vague"
    if _is_of_each(line, one):
        return "each"
    return "about" if _is_rough(line, one) else None


def denied(line: Line, found: list[Term]) -> list[Term]:
    """Those of *found* that are named to say that they are not meant: "not 50 but 40",
    "40 instead of 50", "40 euros, no 50" """
    ends = {0} | {one.end for one in found}
    return [one for one in found if _is_denied(line, one, ends)]


def _is_denied(line: Line, one: Term, ends: set[int]) -> bool:
    if length := line.phrase_before("denied", one.first):
        return not line.is_said_as(one.first - length - 1, "asking")
    # What is no answer of its own, "no 50", beside what is meant instead.
    if not (length := line.phrase_before("no", one.first)):
        return False
    before = one.first - length
    follows = line.word(before - 1) == "," and before - 1 in ends
    return follows or bool(line.phrase("joint", one.end))


def rivals(line: Line, one: Term) -> tuple[str, ...]:
    """Currencies that are named as well as the amount's own: "20 euros or dollars",
    "EUR/USD 20"."""
    after = one.end + line.phrase("or", one.end)
    before = one.first - line.phrase_before("or", one.first)
    for each in line.markers:
        follows = each.first == after > one.end and not _is_figure(line, each.end)
        if follows or (
            each.end == before < one.first and not _is_figure(line, each.first - 1)
        ):
            return each.codes
    return ()


def _is_figure(line: Line, at: int) -> bool:
    return 0 <= at < len(line.tokens) and line.tokens[at].kind == "figure"


def _is_share(line: Line, one: Term) -> bool:
    """Whether a part in words is said of it: "ten percent of 200 euros", "20 euros
    plus five percent" """
    before = one.first - line.phrase_before("from", one.first)
    if before < one.first and line.word(before - 1) in PERCENT:
        return True
    ends = {one.end + line.phrase(kind, one.end) for kind in ("less", "more", "with")}
    return any({line.word(at), line.word(at + 1)} & PERCENT for at in ends - {one.end})


def _is_of_each(line: Line, one: Term) -> bool:
    """Whether it is the price of one, and nobody says of how many: "50 euros each",
    "50 euros for each of my sons"; not "50 euros a month" """
    ends = [one.end, one.end + line.is_said_as(one.end, "for")]
    said = [at + length for at in ends if (length := line.phrase("each", at))]
    rates = {*_words.table("rates").split()}
    return one.is_amount and any(line.word(end - 1) not in rates for end in said)


def _is_some_of(line: Line, one: Term) -> bool:
    """ "a few hundred euros" """
    first = one.number.first
    is_scale = line.word(first) in _words.scales(line.language)
    return (is_scale or one.number.is_rough) and bool(
        line.phrase_before("vague", first)
    )


def _is_rough(line: Line, one: Term) -> bool:
    said = [line.phrase_before(kind, one.first) for kind in ("about", "vague")]
    if one.number.is_rough:
        return True
    return any(said) or any(_is_after(line, at) for at in (one.number.end, one.end))


def _is_after(line: Line, at: int) -> bool:
    end = at + line.phrase("about_after", at)
    is_sum = line.word(end - 1) == "+" and end in line.marked
    # not "20 + 5 euros", "€20 + €5", "€20 + 5%"
    is_figure = any(_is_figure(line, i) for i in (end, end + is_sum))
    return end > at and not is_figure and line.word(end) != "%"


def _is_negative(line: Line, one: Term) -> bool:
    before = {one.first - 1, one.number.first - 1}
    if one.trails and is_bracketed(line, one.number) and one.end > one.number.end + 1:
        return True
    return any(_is_minus(line, at, one) for at in before)


def _is_minus(line: Line, at: int, one: Term) -> bool:
    """Whether the sign there is no hyphen, no range's dash and no list's bullet."""
    if line.is_said_as(at, "minus") or line.word(at) not in {"-", "–"}:
        return line.is_said_as(at, "minus")
    starts = at > one.first or not line.glued(at) or line.word(at - 1) == "("
    return line.glued(at + 1) and starts
