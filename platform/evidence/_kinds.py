"""Kinds of answer: which one a question expects, and which ones a sentence holds."""

import re

_SPELT = (
    r"half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|"
    r"twenty|thirty|forty|sixty|ninety"
)
_NUMBER = rf"(?:\d[\d.,]*|{_SPELT}|a|an)"
_UNIT = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|months?|years?|"
    r"weekends?|minuten?|stunden?|tagen?|wochen?|monaten?|jahren?)"
)
_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekdays?|weekends?|daily|"
    r"every\s+day|(?:public\s+|bank\s+)?holidays?|today|tomorrow)"
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|"
    r"november|december|spring|summer|autumn|winter|christmas|easter)"
)

_HELD = {
    "money": r"[€$£¥]\s?\d|\d\s?(?:€|\$|£|euros?\b|dollars?\b|pounds?\b|cents?\b|p\b|"
    r"usd\b|eur\b|gbp\b|chf\b|%|percent\b|per\s+cent\b)|\bfree\b|\bno\s+(?:extra\s+)?"
    r"(?:charge|cost|fee)|\bwithout\s+(?:a\s+|any\s+)?(?:charge|fee|extra)|"
    r"\bcomplimentary\b|\bincluded\b|\bat\s+cost\b|\bown\s+expense\b",
    "clock": r"\b\d{1,2}[:.h]\d\d\b|\b\d{1,2}\s?[ap]\.?m\b|\bo'clock\b|\bnoon\b|"
    r"\bmidnight\b|\bclosed\b|\baround\s+the\s+clock\b|\b24\s?(?:hours|/\s?7)\b|"
    r"\bday\s+or\s+night\b|\bany\s+time\b|\buhr\b",
    "date": rf"\b{_DAY}\b|\b{_MONTH}\b|\b(?:19|20)\d\d\b|\b\d{{1,2}}(?:st|nd|rd|th)\b|"
    rf"\b(?:before|after|until|within|from|by|every|once|first|last|at\s+least|in)\b"
    rf"[^.;]*\b{_UNIT}\b|\b{_NUMBER}\s+{_UNIT}\s+(?:before|after|ahead|old|in\s+advance)"
    r"|\bimmediately\b|\bat\s+any\s+time\b|\bonce\b|\bas\s+soon\s+as\b|\bon\s+collection"
    r"|\bwhen\b",
    "duration": rf"\b{_NUMBER}[\s-]*(?:(?:to|or|and|–|-)\s*{_NUMBER}\s*)?(?:\w+\s+)?"
    rf"{_UNIT}\b|\b{_NUMBER}-{_UNIT}|\bovernight\b|\bsame\s+day\b|\bwhile\s+you\s+wait\b"
    r"|\bpermanent|\blifetime\b|\bimmediate|\bat\s+once\b|\bat\s+any\s+time\b|\buntil\b|"
    r"\bwithin\b",
    "count": rf"\b(?:\d[\d.,]*|{_SPELT}|several|no|none|both|single|each|only)\b",
    "measure": r"\d[\d.,]*\s?(?:km|m|cm|mm|m²|sqm|kg|g|l|ml|litres?|liters?|miles?|"
    r"met(?:er|re)s?|inch(?:es)?|°\s?c?|kwh?|mb|gb|square|volts?|w|mph|kmh|%)(?!\w)|"
    rf"\b{_NUMBER}\s+{_UNIT}",
    "frequency": rf"\b(?:every|per|once|twice|daily|weekly|monthly|yearly|annually|"
    rf"times|each|always|never|a\s+(?:day|week|month|year))\b|"
    rf"\b{_NUMBER}\s+{_UNIT}\b",
    "person": r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof)\b\.?\s+\w)|"
    r"\b[A-Z][a-zà-ÿ]+\s+[A-Z][a-zà-ÿ]+|"
    r"\b(?:tenants?|landlord|owner|caretaker|manager|director|team|staff|nurses?|"
    r"mechanics?|employees?|customers?|guests?|parents?|children|adults?|"
    r"insurers?|everyone|anyone|members?|[Oo]mbudsman|\w+(?:ist|ian)s?)\b",
    "place": r"\b(?:street|road|lane|avenue|square|quay|floor|building|block|behind|"
    r"opposite|next\s+to|near|beside|in\s+(?:the|a|our|front)|at\s+(?:the|our|\d)|on\s+"
    r"(?:the|our|your)|from\s+(?:the|our)|outside|inside|into\s+the|to\s+the|station|"
    r"online|website|portal|app|reception|office|city|centre|center|room|counter|"
    r"\d+\s+[A-Z]\w+)\b|\b[A-Z]\w+\s+(?:St|Rd|Ave)\b|\b\w+(?:straße|strasse|platz|weg)\b",
    "contact": r"\b\d{3}[-\s.]?\d{3,}|\+\d[\d\s-]{6,}|\S+@\S+|https?://|\bwww\.|\bcall\b|"
    r"\bphone\b|\bemail\b|\bportal\b|\bapp\b|\bonline\b|\bwrite\b|\breception\b|\bform\b",
    "address": r"\b\d+[a-z]?,?\s+[A-Z]\w+|\b[A-Z]\w+\s+(?:Street|Road|Lane|Avenue|"
    r"Square|Quay|House|Row|Place|Way)\b|\b[A-Z]\w+(?:straße|strasse|platz|weg|gasse)?\s+\d+",
    "code": r"\b(?:code|password|pin|passcode)\b\W+(?:is\W+)?\S*\d|\b\d{4,}\b",
    "email": r"\S+@\S+",
    "phone": r"\b\d{3}[-\s.]?\d{3,}|\+\d[\d\s-]{6,}",
    "age": rf"\b(?:ages?|aged|under|over|from|until|older|younger|between|at\s+least)\b"
    rf"[^.;]*(?:\d|{_UNIT}|six|seven|eight|ten|twelve|fourteen|sixteen|eighteen)|"
    rf"\b{_NUMBER}\s+{_UNIT}\s+old|\b(?:17|18|19|20)\d\d\b",
}
_CASED = frozenset({"person", "place", "address"})
_PATTERNS = {
    kind: re.compile(pattern, 0 if kind in _CASED else re.IGNORECASE)
    for kind, pattern in _HELD.items()
}

_EXPECTED = [
    (
        r"\bwhat(?:'s|\s+is)\b[^?]*\baddress\b|\bpostal\s+address\b",
        {"address", "email"},
    ),
    (r"\bwhat(?:'s|\s+is)\b[^?]*\b(?:code|password|pin)\b", {"code"}),
    (
        r"\bhow\s+(?:many|much)\s+(?:hours?|days?|weeks?|months?|time|notice|warning|years?|"
        r"nights?|minutes?)\b|\bhow\s+far\s+(?:in\s+advance|ahead)|\bnotice\s+period",
        {"duration", "date", "count"},
    ),
    (r"\bhow\s+many\b|\bnumber\s+of\b|\bmaximum\b|\bminimum\b", {"count"}),
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
        r"\bhow\s+(?:late|early)\b|\b(?:what|which)\s+time\b|\buntil\s+when\b|\bopening\s+"
        r"(?:hours|times?)\b|\bwhen\s+(?:do|does|are|is)\s+(?:you|the\s+\w+)\s+(?:open|close)|"
        r"\bhours\b",
        {"clock", "date", "duration"},
    ),
    (
        r"\bwhen\b|\bwhich\s+days?\b|\bwhat\s+days?\b|\bwhat\s+date\b|\bby\s+(?:when|which)\b|"
        r"\bwhich\s+(?:month|year|week)|\bhow\s+(?:far|long)\s+(?:ahead|before)",
        {"clock", "date", "duration"},
    ),
    (
        r"\bhow\s+(?:far|big|large|tall|high|heavy|wide|deep|fast|strong|hot|cold|warm)\b|"
        r"\bwhat\s+(?:size|weight|height|temperature|distance)\b",
        {"measure", "money", "count", "duration"},
    ),
    (
        r"\bhow\s+much\b|\bprices?\b|\bcosts?\b|\bfees?\b|\bcharges?\b(?!\s+(?:my|a|an)\b)|"
        r"\brates?\b|\bexpensive\b|\bwhat\s+do\s+(?:i|we)\s+(?:owe|pay)\b|\bdiscounts?\b|"
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
    (r"\bcontact\b|\breach\s+you\b|\bget\s+in\s+touch\b", {"contact"}),
    (
        r"^(?:and\s+|so\s+)?who(?:m|se|'s)?\b|\b(?:,|and)\s+who\b|\bwho\s+(?:do|can|should|"
        r"is|are|does|has|pays|runs|gives)\b",
        {"person", "contact"},
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
    r"should|only|free\s+to|unless|no)\b",
    re.IGNORECASE,
)
_ASKS_OFFER = re.compile(
    r"\b(?:do|does|did|would|will)\s+(?:you|the\s+\w+|your\s+\w+)\b|\b(?:is|are)\s+there\b|"
    r"\bhave\s+you\b|\bany\b|\bcan\s+you\b|\bcan\s+(?:someone|somebody)\b",
    re.IGNORECASE,
)
_MAKES_OFFER = re.compile(
    r"\b(?:we|our)\b|\b(?:is|are|can\s+be)\s+(?:also\s+)?(?:available|offered|possible|"
    r"arranged|included|provided|served|welcome|free)\b|\bthere\s+(?:is|are)\b|\boffer\w*|"
    r"\bprovid\w*|\bavailable\b|\baccept\w*|;\s*(?:price|fee|rate|amount|cost)\b",
    re.IGNORECASE,
)


def leave(question: str, text: str) -> tuple[float, float]:
    """(held, missing): whether a text settles a question for permission; 0, 0 else."""
    if not is_polar(question) or not _ASKS_LEAVE.search(question):
        return 0.0, 0.0
    held = bool(_GIVES_LEAVE.search(text))
    return float(held), float(not held)


def offer(question: str, text: str) -> tuple[float, float]:
    """(held, missing): whether a text speaks of what a business offers, if asked."""
    if not is_polar(question) or not _ASKS_OFFER.search(question):
        return 0.0, 0.0
    held = bool(_MAKES_OFFER.search(text))
    return float(held), float(not held)


def expected(question: str) -> frozenset[str]:
    """The kinds of which one would answer the question; empty for any."""
    for pattern, kinds in _RULES:
        if pattern.search(question):
            return frozenset(kinds)
    return frozenset()


STRICT = frozenset({"money", "email", "phone", "address", "code"})
"""Kinds without which a sentence cannot be an answer where they are asked for."""


def is_polar(question: str) -> bool:
    """Whether yes or no would answer it."""
    return bool(_POLAR.search(question.strip()))


_COUNTED = re.compile(
    rf"\b(?:\d[\d.,]*|{_SPELT}|several|no|none|only)\s+((?:[\w'-]+\s+){{0,2}}[\w'-]+)|"
    r"([\w'-]+):\s*(?:up\s+to\s+)?\d",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"\bhow\s+many\s+([\w'-]+(?:\s+[\w'-]+)?)", re.IGNORECASE)


def counted(text: str) -> str:
    """The words that numbers of a text count: "bikes" in "eight touring bikes"."""
    return " ".join(word for found in _COUNTED.findall(text) for word in found if word)


def to_count(question: str) -> str | None:
    """What a question asks the number of, None if it does not."""
    found = _HOW_MANY.search(question)
    return found[1] if found else None


def held(text: str) -> frozenset[str]:
    """The kinds of answer that a sentence holds."""
    return frozenset(kind for kind, found in _PATTERNS.items() if found.search(text))
