"""Numbers beside which no currency stands: which of them are money all the same."""

from amounts._line import Line
from amounts._lists import ends_there
from amounts._terms import Term

NEAR = 4  # tokens between a word of money and a number without a currency
IDLE = tuple("or and range between about about_after joint denied no minus".split())


def money(line: Line, found: list[Term], out: list[Term]) -> list[Term]:
    """The terms that are amounts and are not *out*; of those that are said together,
    all or none of the bare."""
    made: list[Term] = []
    idle = _idle(line, out)
    for group in _together([one for one in found if one not in out]):
        is_money = any(_is_money(line, one, group, idle) for one in group)
        made += [one for one in group if is_money or not one.is_bare]
    return made


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
    if not one.is_bare:
        return True
    last = group[-1].end
    is_rough = bool(line.phrase("about_after", last))  # "50-ish"
    if one.number.is_hardly or not one.number.readings:
        return False
    if not (is_rough or ends_there(line, last)):
        return False
    return _is_alone(line, group, idle) or _is_called_money(line, one)


def _is_alone(line: Line, group: list[Term], idle: set[int]) -> bool:
    """Whether nothing else is said: "no, 40", "50-ish", "20 or 30?" """
    said = {at for one in group for at in range(one.first, one.end)} | idle
    return len(said) == len(line.tokens) and line.word(group[0].first - 1) != "/"


def _is_called_money(line: Line, one: Term) -> bool:
    """ "pay 50", "a total of 12.50", "50 bezahlen" """
    if line.is_said_as(one.end, "money"):
        return True
    if line.is_said_as(one.first - 1, "when"):
        return False
    for at in range(one.first - 1, max(-1, one.first - 1 - NEAR), -1):
        if line.tokens[at].kind == "figure" or line.word(at) in {".", "!", "?", ";"}:
            return False
        if line.is_said_as(at, "money"):
            return True
    return False
