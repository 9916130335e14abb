"""Numbers beside which no currency stands: which of them are money all the same."""

import re

from amounts import _words
from amounts._line import Line
from amounts._lists import ends_there
from amounts._terms import Term

CENTS = 2  # decimals of what is a sum and no number of a paper
# Figures that nobody writes but for money.
SUM = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+[.,]\d\d|\d+[.,](?:-{1,2}|–|—|=)")
NEAR = 4  # tokens between a word of money and a number without a currency
NAMING = {"%", "°", "/", "-", "#", ":", "№"}  # signs that make a number a name
IDLE = tuple("or and range between about about_after joint denied no minus".split())


def money(line: Line, found: list[Term], out: list[Term]) -> list[Term]:
    """The terms that are amounts and are not *out*; of those that are said together,
    all or none of the bare."""
    made: list[Term] = []
    if not any(one.is_bare for one in found):
        return _without(found, out)
    idle = _idle(line, out)
    for group in _together(_without(found, out)):
        is_money = any(_is_money(line, one, group, idle) for one in group)
        made += [one for one in group if is_money or not one.is_bare]
    return made


def _without(found: list[Term], out: list[Term]) -> list[Term]:
    return [one for one in found if one not in out]


def _idle(line: Line, out: list[Term]) -> set[int]:
    """The tokens that say nothing new."""
    said = {at for one in out for at in range(one.first, one.end)}
    for at, token in enumerate(line.tokens):
        if token.kind == "sign" or line.is_said_as(at, "filler"):
            said.add(at)
        for kind in IDLE:
            said |= {at + each for each in range(line.phrase(kind, at))}
    return said


def _together(found: list[Term]) -> list[list[Term]]:
    groups: list[list[Term]] = []
    for one in found:
        before = groups[-1][-1] if groups else None
        if before and before.is_listed and before.is_bare == one.is_bare:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _is_money(line: Line, one: Term, group: list[Term], idle: set[int]) -> bool:
    if not one.is_bare or _is_written_so(line, one):
        return True
    if _is_none(line, one):
        return False
    if line.is_answer and (_is_one(one) or _is_answer(line, group)):
        return not _is_one(one)
    return _is_ended(line, group) and (
        _is_alone(line, group, idle) or _is_called_money(line, one)
    )


def _is_none(line: Line, one: Term) -> bool:
    """Whether it says something else by itself: "invoice 12", "twice" """
    is_often = line.word(one.number.first) in _words.table("multiples")
    of = one.end + line.phrase("from", one.end)
    is_some = of > one.end and line.word(of).isdigit()  # "40 of the 100"
    return one.number.is_hardly or not one.number.readings or is_often or is_some


def _is_ended(line: Line, group: list[Term]) -> bool:
    """Whether the last of them counts nothing: "50-ish" """
    last = group[-1].end
    is_told = any(line.phrase(kind, last) for kind in ("about_after", "paid"))
    return is_told or ends_there(line, last)


def _is_alone(line: Line, group: list[Term], idle: set[int]) -> bool:
    """Whether nothing else is said: "no, 40", "50-ish", "20 or 30?" """
    said = {at for one in group for at in range(one.first, one.end)} | idle
    return len(said) == len(line.tokens) and line.word(group[0].first - 1) != "/"


def _is_answer(line: Line, group: list[Term]) -> bool:
    """Whether nothing beside it says that it counts or names something: "wait, 65 and
    for the other one", and not "tooth 14", "at 5", "5 more"."""
    before, after = group[0].first - 1, group[-1].end
    if line.word(after) == ".":  # "65. And for…", but "die 2. Rechnung"
        after += 1
    if any(line.is_said_as(after, kind) for kind in ("units", "added", "ids", "of")):
        return False
    if _is_of_another(line, before):
        return False
    beside = _is_plain(line, before) and _is_plain(line, after)
    return beside and not line.is_said_as(before, "when")


def _is_of_another(line: Line, at: int) -> bool:
    """Whether a word there says what something else is: "my son is 12", "the code is
    4711", "I am 30", and not "it is 12", "the amount is 12"."""
    if line.word(at) in {*_words.table("ages").split()}:
        return True
    if line.word(at) not in {*_words.table("copulas").split()} or at < 1:
        return False
    plain = ("filler", "answering", "money")
    is_plain = any(line.is_said_as(at - 1, kind) for kind in plain)
    return line.tokens[at - 1].kind == "word" and not is_plain


def _is_one(one: Term) -> bool:
    """ "that one" """
    return one.number.value == 1 and not one.number.is_figure


def _is_plain(line: Line, at: int) -> bool:
    """Whether that token is none that a number could belong to."""
    if not 0 <= at < len(line.tokens):
        return True
    if line.tokens[at].kind != "word":
        return line.tokens[at].kind == "sign" and line.word(at) not in NAMING
    kinds = ("marks", "filler", "answering", "money", "about", "joint")
    return any(line.is_said_as(at, kind) for kind in kinds)


def _is_called_money(line: Line, one: Term) -> bool:
    """ "pay 50", "a total of 12.50", "50 bezahlen", "the 50 I owe you", "12 a head" """
    if any(line.phrase(kind, one.end) for kind in ("paid", "heads")):
        return True
    if _is_told_so(line, one):
        return True
    if line.is_said_as(one.end, "money") or line.phrase("heads", one.number.end):
        return True
    if line.is_said_as(one.first - 1, "when"):
        return False
    return _is_after_money(line, one) or _is_billed(line, one)


def _is_written_so(line: Line, one: Term) -> bool:
    """ "1.250,00", "35,-", "3 at 17.50 each" """
    written = line.tokens[one.number.first].text if one.number.is_figure else ""
    is_price = line.phrase("each", one.number.end) and _is_in_cents(one)
    return bool(SUM.fullmatch(written) or is_price)


def _is_told_so(line: Line, one: Term) -> bool:
    """ "three grand", "2k for the boiler", "35 plus 12.50 for the wash", "400 plus 23%
    VAT", "half of the 640 now" """
    said = {token.lower for token in line.tokens[one.first : one.end]}
    if said & {*_words.table("slangy_scales").split()} or _is_share_now(line, one):
        return True
    is_large = bool(said & {*_words.table("scales_of_money").split()})
    is_priced = is_large or _is_sum(one) or _is_after_price(line, one)
    return (is_priced or _is_next(line, one)) and line.is_said_as(one.end, "for")


def _is_sum(one: Term) -> bool:
    is_computed = one.first < one.number.first or one.end > one.number.end
    return one.number.is_figure and is_computed and _is_in_cents(one)


def _is_after_price(line: Line, one: Term) -> bool:
    """ "30 euros for the first and 20 for the second" """
    is_next = bool(line.phrase_before("and", one.first))
    return is_next and any(each.end <= one.first for each in line.markers)


def _is_next(line: Line, one: Term) -> bool:
    """ "I owe you 120 for the colour and 15 for the shampoo" """
    if not line.phrase_before("and", one.first):
        return False
    figures = (at for at in range(one.first) if line.tokens[at].kind == "figure")
    at = next(figures, one.first)
    is_for = at < one.first and line.is_said_as(at + 1, "for")
    return is_for and _follows_money(line, at)


def _is_share_now(line: Line, one: Term) -> bool:
    """ "half of the 640 now" """
    is_share = one.first < one.number.first
    return is_share and line.word(one.end) in {*_words.table("now").split()}


def _is_in_cents(one: Term) -> bool:
    return any(each.decimals == CENTS for each in one.number.readings)


def _is_after_money(line: Line, one: Term) -> bool:
    return _follows_money(line, one.first)


def _follows_money(line: Line, first: int) -> bool:
    """Whether a word of money is near before that token."""
    for at in range(first - 1, max(-1, first - 1 - NEAR), -1):
        if line.tokens[at].kind == "figure" or line.word(at) in {".", "!", "?", ";"}:
            return False
        if line.is_said_as(at, "money"):
            return True
    return False


def _is_billed(line: Line, one: Term) -> bool:
    """Whether it is written as a sum behind the name of a paper: "invoice 4711 of
    89.90", "Rechnung 4711, 89,90"."""
    said = line.tokens[max(0, one.first - 2 * NEAR) : one.first]
    is_parted = any(each.text in {".", "!", "?", ";"} for each in said[-NEAR:-1])
    papers = {*_words.table("papers").split()}
    return _is_in_cents(one) and not is_parted and any(e.lower in papers for e in said)
