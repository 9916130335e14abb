"""Whether an English message is incomplete without what was said before it."""

import re

from evidence import _asked, _days, _question, _things, _words

_OPENS = re.compile(
    r"^\s*(?:(?:and|or|but|so|then|also)\b[\s,]*)*"
    r"(?:(?:what|how)\s+about\b|what\s+if\b)?\s*",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"^\s*(?:(?:no|sorry)\s*[,.]\s*|(?:no\W+)?(?:i\s+mean(?:t)?|not\s+"
    r"[^,?]{1,40},)\s+)(?=\w)",
    re.IGNORECASE,
)
_BACKWARD = frozenset(
    "it that this they them those these he she his him her hers one ones then "
    "afterwards afterward same other instead either too".split()
)
# "How much is a haircut?" is whole, "How much for a child?" is not.
_VERBS = frozenset(
    "is are was were do does did can could may might must will would should have has "
    "cost costs need needs".split()
)
_FULL = 4
# What is said to an answer, and asks nothing by itself.
_NODS = frozenset(
    "yes yeah yep no nope ok okay sure thanks thank you please great fine right "
    "alright good perfect cool cheers so much very".split()
)
PREPOSITION = re.compile(
    r"(?:for|on|at|in|during|over|with|without|from|to|before|after|by|per|as)\b",
    re.IGNORECASE,
)
_SHORT = 5
WH = (
    r"(?:(?:until|till|since|from|by|at|on|for|to|with)\s+)?"
    r"(?:how|what|when|where|which|who|whom|why)\b"
)
_ASKS = re.compile(rf"^\s*{WH}", re.IGNORECASE)
POINTING = re.compile(
    r"\b(?:it|they|them|(?<=\bis\s)(?:this|that)|(?<!after\s)(?<!before\s)(?:this|that|"
    r"these|those)(?=\s*[?.!]|\s+(?:is|are|was|take|cost|"
    r"last|work|include|come|need|have|get|start|end)s?\b|$))(?!\w)",
    re.IGNORECASE,
)
# "Is it possible to pay by card?" speaks of nothing that was said.
_EMPTY = re.compile(
    r"\b(?:is|was)\s+it\s+(?:possible|ok|okay|allowed|necessary)\s+(?:to|for|that|if)\b|"
    r"\b(?:does|will|would)\s+it\s+(?:cost|take)\s+to\b|\bis\s+it\s+to\b",
    re.IGNORECASE,
)
# What is done together: what may be brought there is asked of it.
_EVENT = re.compile(
    r"(?:tour|class|course|trip|workshop|lesson|excursion|session|event|ride|tasting|"
    r"seminar|training|walk|camp|yoga|boxing|spinning|pilates)(?:e?s)?$"
)
_JOINS = re.compile(
    r"^\W*(?:can|may|could|should|must|do|does|is|are|what\s+should)\s+(?:i|we|my|our|"
    r"children|kids|dogs|they|a|an|the)\b.*\b(?:bring|come|join|take\s+part|wear|need|"
    r"welcome)\b",
    re.IGNORECASE,
)
_INCLUDED = re.compile(
    r"^\W*(?:is|are)\s+(?:(?:a|an|the|my|any)\s+)?[\w-]+(?:\s+[\w-]+)?\s+included\W*$",
    re.IGNORECASE,
)
TELLS = re.compile(
    r"^\W*(?:(?:my|our)\s+\w+\s+(?:is|are)|i\s*(?:am|'m)|we\s*(?:are|'re))\s+(?:only\s+)?"
    r"\d{1,3}(?:\s+(?:years?\s+old|people|persons))?\W*$",
    re.IGNORECASE,
)


def is_nod(message: str) -> bool:
    """Whether a message only takes note of an answer: "Yes", "OK, thank you"."""
    found = _words.words(message)
    return bool(found) and _NODS.issuperset(found)


def adds(question: str, topic: str) -> bool:
    """Whether it is about the topic although it names a thing of its own."""
    if not topic:
        return False
    thing = _things.main(topic)
    is_event = thing and _EVENT.search(thing.words[-1])
    joins = is_event and _JOINS.search(question) and not POINTING.search(question)
    return bool(joins or _INCLUDED.match(question) or TELLS.match(question))


def needs_more(question: str) -> bool:
    """Whether a message is not understood without what was said before it."""
    rest = remainder(question)
    if _EMPTY.search(question):
        return False
    return _follows(question, rest) and not _is_whole(rest, question)


def _follows(question: str, rest: str) -> bool:
    if rest != question or _question.is_vague(question) or _is_piece(question):
        return True
    found = _words.words(question)
    content = [w for w in _question.subject(question) if not _things.is_small(w)]
    return bool(set(found) & _BACKWARD) and len(content) < _FULL


def _is_piece(question: str) -> bool:
    """Whether it has no verb and only qualifies: "for children?", "the sauna?"."""
    found = _words.words(question)
    if len(found) > _SHORT or _VERBS & set(found):
        return False
    start = question.strip()
    thing = _things.main(start)
    is_thing = bool(thing and thing.article and thing.start == 0)
    return is_thing or bool(PREPOSITION.match(start) or _ASKS.match(start))


def asks_its_own(rest: str) -> bool:
    if PREPOSITION.match(rest):
        return bool(_ASKS.match(rest))
    return bool(_asked.expected(rest) or _asked.is_polar(rest) or _ASKS.match(rest))


def _is_whole(rest: str, question: str) -> bool:
    """Whether only the "and" before it makes a question look like a follow-up."""
    if rest == question:
        return False
    found = set(_words.words(rest))
    is_asked = asks_its_own(rest) and bool(found & _VERBS)
    named = _question.stands_alone(_days.unnamed(rest))
    return is_asked and named and not found & _BACKWARD


def remainder(message: str) -> str:
    """The message without the "and" or "no," that ties it to the one before."""
    corrected = _CORRECTS.sub("", message)
    return corrected if corrected != message else _OPENS.sub("", message, count=1)
