"""What a question asks for: the kind of answer, leave, an offer, a number of things."""

import re

from evidence import _wanted

_POLAR = re.compile(
    r"^(?:(?:hi|hello|hey|so|and|but|ok|please|also)[,!\s]+)*(?:can|could|may|might|do|"
    r"does|did|is|are|am|was|were|will|would|should|shall|must|has|have|any)\b|"
    r"[,;]\s*(?:can|may|do|is|are|will|should|must)\s+(?:i|we|you|he|she|it|they|there)\b",
    re.IGNORECASE,
)


_ASKS_LEAVE = re.compile(
    r"\b(?:can|may|could|must|should|shall)\s+(?:i|we|my|our|you|he|she|they|kids|children|"
    r"guests|dogs|someone|anyone|the\s+\w+)\b|\ballowed\b|\bpermitted\b|\bokay?\b|"
    r"\b(?:do|would)\s+(?:i|we)\s+(?:need|have)\b|\bis\s+it\s+(?:possible|safe)\b|"
    r"\bable\s+to\b|\brequired\b",
    re.IGNORECASE,
)
_GIVES_LEAVE = re.compile(
    r"\b(?:can(?:not|'t)?|may|must|allow\w*|permit\w*|permission|welcome|forbidden|"
    r"prohibited|consent|possible|never|need\w*|requir\w*|compulsory|mandatory|not|"
    r"should|only|free\s+to|unless|no)\b"
)
_ASKS_OFFER = re.compile(
    r"\b(?:do|does|did|would|will)\s+(?:you|the\s+\w+|your\s+\w+)\b|\b(?:is|are)\s+there\b|"
    r"\bhave\s+you\b|\bany\b|\bcan\s+you\b|\bcan\s+(?:someone|somebody)\b",
    re.IGNORECASE,
)
_MAKES_OFFER = re.compile(
    r"\b(?:we|our)\b|\b(?:is|are|can\s+be)\s+(?:also\s+)?(?:available|offered|possible|"
    r"arranged|included|provided|served|welcome|free)\b|\bthere\s+(?:is|are)\b|\boffer\w*|"
    r"\bprovid\w*|\bavailable\b|\baccept\w*|;\s*(?:price|fee|rate|amount|cost)\b"
)


def asks_leave(question: str) -> bool:
    """Whether a question asks for permission."""
    return is_polar(question) and bool(_ASKS_LEAVE.search(question))


def gives_leave(text: str) -> bool:
    """Whether a text settles what is allowed or required."""
    return bool(_GIVES_LEAVE.search(text.lower()))


def asks_offer(question: str) -> bool:
    """Whether a question asks if a business offers something."""
    return is_polar(question) and bool(_ASKS_OFFER.search(question))


def makes_offer(text: str) -> bool:
    """Whether a text speaks of what a business offers."""
    return bool(_MAKES_OFFER.search(text.lower()))


_HOW = re.compile(
    r"\bhow\s+(?:do|can|does|to|should|would)\b|\bwhy\b|\bwhat\s+(?:if|happens)\b",
    re.IGNORECASE,
)


def asks_how(question: str) -> bool:
    """Whether a question asks how, why or what if."""
    return bool(_HOW.search(question))


def expected(question: str) -> frozenset[str]:
    """The kinds of which one would answer the question; empty for any."""
    asked = _MEANWHILE.sub(_kept, question)
    found = (kinds for pattern, kinds in _wanted.RULES if pattern.search(asked))
    kinds = frozenset(next(found, ()))
    return kinds - STRICT if _is_yes_or_no(asked) else kinds


_AUXILIARY = frozenset(
    "is are was were do does did can could may might must will would should shall has "
    "have had am isn't aren't don't doesn't".split()
)
_REPORTS = frozenset(
    "and or but so know tell me us say from to since until till by check see out about "
    "wonder wondering ask asking please hi hello hey exactly also then sure on at for "
    "with is are".split()
)
_MEANWHILE = re.compile(
    r"([\w'’]+)(,?\s+)(when|where|who)(\s+)([\w'’]+)", re.IGNORECASE
)


def _kept(found: re.Match[str]) -> str:
    """A "when" that asks stays, one that joins what is told to what is asked goes.

    "Do I pay for a helmet when renting?" does not ask for a time.
    """
    before, comma, word, _, after = found.groups()
    led = before.lower() in _REPORTS
    asks = after.lower() in _AUXILIARY and ("," in comma or word.lower() != "who")
    return found[0] if led or asks else f"{before}{comma}{after}"


def _is_yes_or_no(question: str) -> bool:
    """Whether "is it included" is asked, not "can you tell me how much"."""
    return is_polar(question) and not _ASKS_WHICH.search(question)


_ASKS_WHICH = re.compile(
    r"\b(?:how|what|when|where|which|who|whom|whose)\b", re.IGNORECASE
)

STRICT = frozenset(
    {"money", "email", "phone", "address", "code", "weight", "temperature", "length"}
    | {"speed", "year"}
)
"""Kinds without which a sentence cannot be an answer where they are asked for."""


def is_polar(question: str) -> bool:
    """Whether yes or no would answer it."""
    return bool(_POLAR.search(question.strip()))


_HOW_MANY = re.compile(r"\bhow\s+many\s+([\w'-]+(?:\s+[\w'-]+)?)", re.IGNORECASE)


def to_count(question: str) -> str | None:
    """What a question asks the number of, None if it does not."""
    found = _HOW_MANY.search(question)
    return found[1] if found else None
