"""What a sentence holds of the kind of answer that a question asks for."""

import itertools
import re

from evidence import _asked, _kinds
from evidence._question import Question
from evidence._readings import Reading

NAMES = (
    "kind_held",
    "kind_missing",
    "strict_missing",
    "count_held",
    "count_missing",
    "fresh_held",
    "fresh_missing",
    "day_held",
    "day_missing",
    "year_held",
    "year_missing",
    "code_held",
    "code_missing",
    "leave_held",
    "leave_missing",
    "offer_held",
    "offer_missing",
    "says_yes_or_no",
    "says_so_to_a_question",
    "pairs",
    "row",
    "row_foreign",
)
ASKS = ("asks_leave", "asks_who", "asks_when", "asks_figure", "asks_how", "asks_what")

_A_NAME = frozenset({"name"})
_NAMED = frozenset({"name", "person"})
_TIMED = frozenset({"date", "clock"})
_FIGURED = frozenset(
    "money clock count measure duration age year weight temperature length area speed "
    "phone code".split()
)
# "It employs 90 people" tells how many employees there are.
_PEOPLE = frozenset({"peopl", "person"})

Pair = tuple[float, float]


def asks(question: Question) -> tuple[float, ...]:
    """Which way a question asks, as in ``ASKS``; the same for all sentences."""
    expects, plain = question.expects, not question.polar
    when = bool(expects & _TIMED)
    figure = bool(expects) and expects <= _FIGURED and not when
    how = question.how and not expects
    return tuple(
        map(
            float,
            (
                question.polar,
                plain and bool(expects & _NAMED),
                plain and when,
                plain and figure,
                how,
                plain and not expects and not how,
            ),
        )
    )


def _pairs(question: Question, reading: Reading) -> float:
    """Share of the question's neighbouring words that are neighbours here too."""
    if not question.pairs:
        return 0.0
    held = question.pairs.intersection(itertools.pairwise(reading.digest.order))
    return len(held) / len(question.pairs)


def row(question: Question, reading: Reading) -> Pair:
    """(share of a table row's cell that was asked for, the rest); 0, 0 for prose.

    Of the cell that fits best: "Service: Full service" fits "full service" wholly.
    """
    cells = reading.digest.cells
    if not cells:
        return 0.0, 0.0
    share = max(len(cell & question.stems) / len(cell) for cell in cells)
    return share, 1 - share


def _count(question: Question, reading: Reading) -> bool | None:
    """Whether a number counts what the question counts; None if it counts nothing."""
    asked_stems, asked_groups = question.counts
    if not asked_stems:
        return None
    stems, groups = reading.digest.counted
    if asked_stems & stems or asked_groups & groups:
        return True
    own_stems, own_groups = reading.digest.own
    spoken_of = asked_groups & own_groups and not asked_stems & own_stems
    return None if spoken_of and stems & _PEOPLE else False


def _fresh(question: Question, reading: Reading) -> bool | None:
    """Whether the sentence tells a name or a number that the question does not.

    None if neither is asked for, or what is asked for is told without one: "closed" is
    a time, "free" a price. "Who founded Harbour Loft?" is not answered by a sentence
    whose only name is Harbour Loft.
    """
    digest, expects = reading.digest, question.expects
    if expects & _NAMED:
        return bool(digest.names - question.words)
    if not expects or not expects <= _FIGURED:
        return None
    told = bool(expects & digest.kinds) and not digest.figures
    return None if told else bool(digest.figures - question.figures)


def _either(held: bool | None) -> Pair:
    return float(held is True), float(held is False)


def _agreeing(asked: frozenset[object], told: frozenset[object]) -> Pair:
    """Whether both name the same, or others; 0, 0 if one of them names none."""
    return _either(bool(asked & told) if asked and told else None)


def _code(question: Question, reading: Reading) -> Pair:
    """Whether the same code is named, or another of its kind.

    What is told of the BP-1400 is told of no BP-4200.
    """
    alike = frozenset(map(_kinds.shape, question.codes))
    told = {code for code in reading.digest.codes if _kinds.shape(code) in alike}
    return _agreeing(question.codes, frozenset(told))


_YES_OR_NO = re.compile(
    r"(?:yes|no|not|never|always|of\s+course|certainly|unfortunately|sorry|only)\b",
    re.IGNORECASE,
)


def _settles(question: Question, reading: Reading) -> Pair:
    """Whether a sentence begins with yes or no, and then whether under a question."""
    says = question.polar and bool(_YES_OR_NO.match(reading.text))
    return float(says), float(says and reading.under.endswith("?"))


def matched(question: Question, reading: Reading) -> tuple[float, ...]:
    """The values of ``NAMES``."""
    digest, expects = reading.digest, question.expects
    fresh = _fresh(question, reading)
    held = bool(expects & digest.kinds) or (expects == _A_NAME and fresh is True)
    missing = bool(expects) and not held
    return (
        float(held),
        float(missing),
        float(missing and expects <= _asked.STRICT),
        *_either(_count(question, reading)),
        *_either(fresh),
        *_agreeing(question.days, digest.days),
        *_agreeing(question.years, digest.years),
        *_code(question, reading),
        *_either(digest.gives_leave if question.asks_leave else None),
        *_either(digest.makes_offer if question.asks_offer else None),
        *_settles(question, reading),
        _pairs(question, reading),
        *row(question, reading),
    )
