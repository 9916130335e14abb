"""What a question asks: its subject if it has one, and the kind of answer."""

import dataclasses
import itertools
import math
import re

from evidence import _aside, _asked, _bounds, _days, _kinds, _stems, _words
from evidence.types import Statistics


@dataclasses.dataclass(frozen=True)
class Term:
    """A word of the question that evidence should cover.

    ``weight`` in (0, 1]: rarity in the knowledge base. ``answered``: the kinds of
    answer whose presence covers it, as an amount covers "cost". ``named``: written
    as a name, so that a synonym will not do. ``parts``: the stems of a hyphenated
    word's parts, of which all have to be there: "quern-near" is more than "quern".
    ``amount``: what a number is an amount of, so that bounds settle it.
    """

    word: str
    stems: frozenset[str]
    parts: tuple[str, ...]
    groups: frozenset[str]
    weight: float
    answered: frozenset[str]
    known: bool
    named: bool
    amount: _bounds.Amount | None = None

    def within(self, stems: frozenset[str]) -> float:
        """1 where a text of these stems has the word, less where it has parts of it."""
        if not self.stems.isdisjoint(stems):
            return 1.0
        if not self.parts:
            return 0.0
        share = sum(part in stems for part in self.parts) / len(self.parts)
        return share if share == 1 else _PIECE * share


@dataclasses.dataclass(frozen=True)
class Question:
    text: str
    terms: tuple[Term, ...]
    expects: frozenset[str]
    polar: bool
    days: frozenset[int]
    years: frozenset[str]
    codes: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    focus: tuple[bool, ...]
    counts: tuple[frozenset[str], frozenset[str]]
    words: frozenset[str]
    figures: frozenset[str]
    stems: frozenset[str]
    how: bool
    asks_leave: bool
    asks_offer: bool


_ANSWERED: dict[str, frozenset[str]] = {
    word: frozenset(kinds)
    for kinds, listed in [
        (
            ("money",),
            "price cost charge fee rate pay expensive amount owe paid prices "
            "costs charges fees rates pricing paying tariff",
        ),
        (
            ("clock", "date", "duration"),
            "time times hour hours day days date open opening"
            " opens close closes start starts begin end o'clock pm am",
        ),
        (
            ("duration", "measure", "date"),
            "long take takes last lasts duration quickly soon fast",
        ),
        (("count",), "number people"),
        (("age", "duration"), "old age year years"),
        (("contact",), "phone telephone email number contact call reach"),
        (("place",), "located location address find situated"),
        (("frequency",), "often frequently regularly"),
    ]
    for word in listed.split()
}

# What asks for a kind of answer only where that kind is asked for: "how cold is it" is,
# "are there cold drinks" is not.
_MEASURED: dict[str, frozenset[str]] = {
    word: frozenset(kinds)
    for kinds, listed in [
        (("weight",), "heavy weight weigh weighs"),
        (("temperature",), "hot cold warm cool temperature"),
        (("length",), "tall height distance far long"),
        (("area", "length", "count", "weight", "measure"), "big large size area"),
        (("speed", "measure"), "fast speed rate limit"),
        (("year", "date"), "year month week"),
        (("duration", "date", "count"), "period notice weeks days hours months"),
        (("clock", "date", "duration"), "late early morning evening afternoon"),
        (("person",), "person people someone responsible charge"),
        (
            ("payment",),
            "payment pay method methods means form forms option options way ways type "
            "types",
        ),
    ]
    for word in listed.split()
}

_GENERIC = frozenset(
    (
        "cost price charge fee pay paid open close long last cancel book include "
        "included allow allowed free permission often time times serve served cover "
        "covered start end come expensive cheap return change require required own "
        "day days date hour hours done apply count guarantee warranty discount deposit "
        "place repair sell late early wait ready finished valid permitted necessary"
    ).split()
)
_GENERIC_STEMS = frozenset(map(_stems.stem, _GENERIC))
_BUSINESS = frozenset(
    "open opens opening close closes closing hours phone email".split()
)
_TOLD = 0.6
_PIECE = 0.6
_POINTING = frozenset(
    "it that this they those these them one ones mine its he she".split()
)
_OWNER = frozenset(["you", "your", "yours", "we", "our", "us"])

_NAME = re.compile(
    r"\b[A-Z]+-\d+\b|"
    r"(?<=[\w,;:] )[A-Z][\w'’&-]*[\w]|\b\w*[A-Za-z]\d\w*|\b[A-Z]\w*[A-Z]\w*"
)
_PLAIN_CAPITALS = frozenset(
    "i i'm i'd i've i'll ok id tv wifi wi-fi faq uk us eu usa dr mr mrs ms pc".split()
)


def names(text: str) -> frozenset[str]:
    """Lower-case words that are written as names: "PayPal", "B12", "Falcon"."""
    found = {match.lower() for match in _NAME.findall(text)}
    if text.isupper() or text.istitle():
        return frozenset()
    return frozenset(found - _PLAIN_CAPITALS - set(_days.NAMES))


def _weight(stems: frozenset[str], facts: Statistics) -> tuple[float, bool]:
    """Rarity in (0, 1] and whether the knowledge base has the word at all."""
    most = math.log(1 + (facts.documents + 0.5) / 0.5)
    held = [facts.terms[stem] for stem in stems if facts.terms.get(stem, (0, 0))[0]]
    if not held:
        return 1.0, False
    return max(0.1, min(1.0, min(idf for _, idf in held) / most)), True


def _term(
    word: str, facts: Statistics, named: frozenset[str], expects: frozenset[str]
) -> Term:
    whole, *parts = _words.stems_of(word)
    weight, known = _weight(frozenset({whole, *parts}), facts)
    answered = _ANSWERED.get(word, frozenset())
    answered |= _MEASURED.get(word, frozenset()) & expects
    if answered or word in _words.LIGHT:
        weight *= 0.5
    stems, groups = frozenset({whole}), _words.groups_of(whole)
    return Term(
        word, stems, tuple(parts), groups, weight, answered, known, word in named
    )


# A single digit says which one, where it is not how many there are.
_NUMBERED = re.compile(
    r"\b(?:code|error|exit|status|value|room|number|no\.|version|step|level|stage|page|"
    r"part|chapter|section|class|grade|zone|term|bus|line|tram|route|flat|apartment|unit|"
    r"platform|gate|floor|type|category|tier|band|hall|studio|lane|court|table|week|"
    r"module|appendix|form|rule|item|point|pitch|stop|quarter|phase)\s+(\d)\b(?![.:,]\d)",
    re.IGNORECASE,
)


def subject(text: str) -> list[str]:
    """The words of a question that say what it is about, each once."""
    found = dict.fromkeys(_words.words(text))
    numbered = frozenset(_NUMBERED.findall(text))
    return [word for word in found if _words.is_subject(word) or word in numbered]


def is_vague(text: str) -> bool:
    """Whether a question points at something that it does not name.

    "How much is it?" does; "When do you open?" means the business.
    """
    found = set(_words.words(text))
    content = [word for word in subject(text) if not _days.days(word)]
    if found & _POINTING:
        return all(_stems.stem(word) in _GENERIC_STEMS for word in content)
    bare = all(word in _ANSWERED for word in content)
    return bare and not found & _OWNER and not found & _BUSINESS


def _spread(text: str, terms: list[Term]) -> list[Term]:
    """The terms with the groups of the phrases of the question that they are part of.

    "call" in "call off" is a word for cancelling, and no longer one for the telephone.
    """
    phrases = _words.phrases(text)
    if not phrases:
        return terms
    return [_within(term, phrases) for term in terms]


def _within(term: Term, phrases: list[_words.Phrase]) -> Term:
    held = [groups for stems, groups in phrases if stems & term.stems]
    if not held:
        return term
    return dataclasses.replace(term, groups=frozenset().union(*held))


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    """Stems of words that stand side by side, both of them content."""
    row = [
        stem if _words.is_subject(word) else None
        for word in _words.words(text)
        for stem in _words.stems_of(word)[-1:]
    ]
    return frozenset((a, b) for a, b in itertools.pairwise(row) if a and b)


_FOCUS = re.compile(
    r"\b(?:which|what)\s+(?:kinds?\s+of\s+|sorts?\s+of\s+|types?\s+of\s+)?(\w[\w'-]*)|"
    r"\bwhat(?:'s|\s+is|\s+are|\s+was)\s+(?:the|your|a|an)\s+((?:\w[\w'-]*\s*){1,2})|"
    r"\bhow\s+(?!much|many|long|often|do|does|can|is|are|far|late|early)(\w+)|"
    r"\b(?:do|does)\s+(?:you|the\s+\w+)\s+(?:\w+\s+)??(?:a\s+|an\s+|any\s+)?(\w+)|"
    r"\b(?:is|are)\s+there\s+(?:a\s+|an\s+|any\s+)?((?:\w[\w'-]*\s*){1,2})|"
    r"\bhow\s+many\s+(\w+)",
    re.IGNORECASE,
)


def _focus(text: str, terms: list[Term]) -> tuple[bool, ...]:
    """Which terms name what is asked for: "colour" in "What colour is the door?"."""
    asked = {
        word
        for match in _FOCUS.findall(text)
        for piece in match
        for word in _words.words(piece)
    }
    return tuple(term.word in asked for term in terms)


def analyse(text: str, facts: Statistics) -> Question:
    """The question as it will be held against sentences."""
    named = names(text)
    expects = _asked.expected(text)
    terms = [_term(word, facts, named, expects) for word in subject(text)]
    return Question(
        text=text,
        terms=tuple(_measured(text, _lighter(text, _spread(text, terms)))),
        expects=expects,
        polar=_asked.is_polar(text),
        days=_days.days(text),
        years=_days.years(text),
        codes=_kinds.codes(text),
        pairs=_pairs(text),
        focus=_focus(text, terms),
        counts=_words.meanings(_asked.to_count(text) or ""),
        words=frozenset(_words.words(text)),
        figures=_kinds.figures(text),
        stems=frozenset().union(*(term.stems.union(term.parts) for term in terms)),
        how=_asked.asks_how(text),
        asks_leave=_asked.asks_leave(text),
        asks_offer=_asked.asks_offer(text),
    )


def _lighter(text: str, terms: list[Term]) -> list[Term]:
    """The terms, those that are only told weighing less than those that are asked."""
    asked = set(_words.words(_aside.asking(text)))
    if not any(term.word in asked for term in terms):
        return terms
    return [
        term
        if term.word in asked
        else dataclasses.replace(term, weight=term.weight * _TOLD)
        for term in terms
    ]


_FIGURES = re.compile(r"\d+(?:\.\d+)?")


def _measured(text: str, terms: list[Term]) -> list[Term]:
    """The terms, those that are amounts with how much of what they are."""
    amounts = _bounds.amounts(text)
    if not amounts:
        return terms
    figures = [_FIGURES.match(term.word) for term in terms]
    return [
        dataclasses.replace(term, amount=amounts.get(figure[0])) if figure else term
        for term, figure in zip(terms, figures, strict=True)
    ]


def topic(text: str) -> list[str]:
    """The subject without the words that ask for a kind of answer."""
    return [w for w in subject(text) if w not in _ANSWERED and w not in _GENERIC]


def stands_alone(text: str) -> bool:
    """Whether a part of a message names what it is about, without pointing back."""
    return bool(topic(text)) and not set(_words.words(text)) & _POINTING
