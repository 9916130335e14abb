"""What a question asks for: the kind of answer, leave, an offer, a number of things."""

import re

_EXPECTED = [
    (r"\bwhat\b[^?]*\b(?:include[sd]?|contains?|covers?|consists?)\b", set()),
    (
        r"\bhow\s+heavy\b|\bhow\s+much\b[^?]*\bweighs?\b|\bwhat\b[^?]*\bweight\s+of\b",
        {"weight"},
    ),
    (r"\bhow\s+(?:hot|cold|warm)\b|\btemperature\b", {"temperature"}),
    (r"\bhow\s+(?:tall|high|deep|wide)\b|\b(?:height|width|depth)\b", {"length"}),
    (
        r"\bhow\s+far(?!\s+(?:in\s+advance|ahead|before))\b|\bdistance\b",
        {"length", "duration"},
    ),
    (
        r"\bhow\s+(?:big|large)\b|\b(?:what|which)\s+size\b",
        {"area", "length", "count", "weight", "measure"},
    ),
    (
        r"\bhow\s+fast\s+is\b|\b(?:what|which)\s+speed\b|\brate\s+limit\b",
        {"speed", "measure"},
    ),
    (r"\b(?:what|which)\s+year\b", {"year"}),
    (r"\bwhen\s+(?:was|were|did)\b|\bsince\s+when\b", {"year", "date"}),
    (
        r"\bwhat(?:'s|\s+is)\b[^?]*\baddress\b|\bpostal\s+address\b",
        {"address", "email"},
    ),
    (r"\bwhat(?:'s|\s+is)\b[^?]*\b(?:code|password|pin)\b", {"code"}),
    (
        r"\bhow\s+(?:many|much)\s+(?:hours?|days?|weeks?|months?|time|notice|warning|years?|"
        r"nights?|minutes?|seconds?)\b|\bhow\s+far\s+(?:in\s+advance|ahead)|\bnotice\s+period",
        {"duration", "date", "count"},
    ),
    (r"\bhow\s+many\b|\bnumber\s+of\b|\bmaximum\b|\bminimum\b", {"count"}),
    (
        # "How much clay do I need", but not "how much of it" or "how much extra".
        r"\bhow\s+much\s+(?!(?:is|are|was|were|do|does|did|will|would|can|could|should|must|"
        r"may|have|has|to|for|per|of|off|on|in|at|if|it|its|this|that|the|an?|my|your|extra|"
        r"more|money|cash|rent|deposit|discount|fee|tax|vat|interest|credit|commission)\b)"
        r"(?:[\w-]+\s+){1,2}(?:is|are|do|does|did|should|can|could|may|will|would|must)\b",
        {"measure", "count", "weight"},
    ),
    (r"\bhow\s+often\b|\bhow\s+frequently\b|\bhow\s+regularly\b", {"frequency"}),
    (
        r"\bhow\s+old\b|\b(?:what|which)\s+age\b|\bage\s+limit\b|\bminimum\s+age\b|"
        r"\bfrom\s+what\s+age\b",
        {"age", "count", "duration"},
    ),
    (
        r"\bhow\s+(?:long|quick(?:ly)?|fast|soon)\b|\bwhat(?:'s|\s+is)\s+the\s+duration|"
        r"\bwaiting\s+time",
        {"duration", "measure"},
    ),
    (
        r"\bopening\s+times?\b|\b(?:what|which)\s+time\b|"
        r"\bwhen\s+(?:do|does|are|is)\s+(?:you|the\s+\w+)\s+(?:open|close)",
        {"clock"},
    ),
    (
        r"\bhow\s+(?:late|early)\b|\buntil\s+when\b|\bhours\b",
        {"clock", "date", "duration"},
    ),
    (
        r"\bwhen\b|\bwhich\s+days?\b|\bwhat\s+days?\b|\bwhat\s+date\b|\bby\s+(?:when|which)\b|"
        r"\bwhich\s+(?:month|year|week)|\bhow\s+(?:far|long)\s+(?:ahead|before)",
        {"clock", "date", "duration"},
    ),
    (
        r"\bhow\s+much\b|\bprices?\b|\bcosts?\b|\bfees?\b|\bcharges?\b(?!\s+(?:my|a|an)\b)|"
        r"\brates?\b|\bexpensive\b|"
        r"\bwhat\s+(?:do|does|did|must|will|would)\b[^?]*\bpay(?:\s+(?:for|per|a)\b|\W*$)|\bwhat\s+do\s+(?:i|we)\s+(?:owe|pay)\b|\bdiscounts?\b|"
        r"\bdeposit\b.*\bhow\b|\bwhat'?s\s+the\s+(?:rent|fine|penalty)\b",
        {"money"},
    ),
    (
        r"\be-?mails?\b(?!\s+me)",
        {"email"},
    ),
    (
        r"\bphone\s+number\b|\btelephone\b|\bfax\b|\bnumber\b.*\bcall\b",
        {"phone"},
    ),
    (
        r"\bpayment\s+(?:methods?|options?|types?)\b|\b(?:methods?|means|forms?)\s+of\s+"
        r"payment\b|\bways?\s+to\s+pay\b|\bhow\s+(?:can|do|may|should)\s+(?:i|we|you|"
        r"customers|one)\s+pay\W*$",
        {"payment"},
    ),
    (r"\bcontact\b|\breach\s+you\b|\bget\s+in\s+touch\b", {"contact"}),
    (
        r"^(?:and\s+|so\s+)?who(?:m|se|'s)?\b|\b(?:,|and)\s+who\b|\bwho\s+(?:do|can|should|"
        r"is|are|does|has|pays|runs|gives)\b",
        {"person", "contact"},
    ),
    (
        r"\bnames?\s+of\b|'s\s+(?:\w+\s+)?name\b|\b(?:called|named)\s*\?|"
        r"\b(?:which|what)\s+(?:\w+\s+)?(?:brands?|firms?|compan(?:y|ies)|banks?|makes?|"
        r"cit(?:y|ies)|towns?|countr(?:y|ies)|airports?|stations?|bus(?:es)?|lines?|"
        r"doctors?|vets?|teachers?|artists?|authors?|languages?|universit(?:y|ies))\b",
        {"name"},
    ),
    (
        r"\bwhere\b|\blocated\b",
        {"place", "contact"},
    ),
]
_RULES = [(re.compile(pattern, re.IGNORECASE), kinds) for pattern, kinds in _EXPECTED]

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
    found = (kinds for pattern, kinds in _RULES if pattern.search(question))
    kinds = frozenset(next(found, ()))
    return kinds - STRICT if _is_yes_or_no(question) else kinds


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
