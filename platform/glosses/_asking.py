"""A glossed question in the order of an English one, by which its kind is told."""

import re

from glosses._gloss import gloss

_ASKS = re.compile(
    r"\b(?:how|what|when|where|which|who|whom|whose|why|until when|from when)\b",
    re.IGNORECASE,
)
_POLAR = re.compile(
    r"(?:can|could|may|might|do|does|did|is|are|am|was|were|will|would|should|must|has|"
    r"have|any)\b",
    re.IGNORECASE,
)
_WHO = r"(you|I|we|one|he|she|they)"
_VERB = r"(?!can|may|must|should|would|are|is|do|have|has|want)([a-z-]+)"
_ORDERS = [
    (re.compile(pattern, re.IGNORECASE), put)
    for pattern, put in [
        # "When open you?", "Take you cards?"
        (
            rf"\b(when|where|how|why|what|until when|from when) {_VERB} {_WHO}\b",
            r"\1 do \3 \2",
        ),
        (rf"(?<=^){_VERB} {_WHO}\b", r"do \2 \1"),
        # "You take cards?", "I can come?"
        (rf"(?<=^){_WHO} (can|may|must|should|would|are|is)\b", r"\2 \1"),
        (rf"(?<=^){_WHO} (?=[a-z])", r"do \1 "),
        # "My son is 7, can take part?"
        (rf",\s*(can|may|must|should) (?!{_WHO}\b)", r", \1 he "),
        (r"\bwhat costs?\b", "how much costs"),
    ]
]
_OPENS = re.compile(r"^(?:and|but|so|or|hello|then|good day)[\s,]+", re.IGNORECASE)
# "¿Venden …?": of these languages only Spanish leaves out whom it asks.
_VERB_FIRST = re.compile(r"¿?\s*\w+(?:an|en|áis|ais|éis|eis)\b", re.IGNORECASE)
_SELF = re.compile(r"I\b")
_SIGNS = str.maketrans({"¿": None, "¡": None})
_NOUN = re.compile(r"(?:the|a|an|my|your|our|this|these|all|there)\b", re.IGNORECASE)


def asking(question: str, language: str) -> str:
    """A question of another language as one that is asked in English, roughly."""
    text = gloss(question.translate(_SIGNS), language).text
    text = " ".join(text.split()).replace(" ?", "?")
    text = _OPENS.sub("", text)
    if not _SELF.match(text):
        text = text[:1].lower() + text[1:]
    for pattern, put in _ORDERS:
        text = pattern.sub(put, text, count=1)
    if not _ASKS.search(text) and text.endswith("?"):
        is_verb = language == "spanish" and bool(_VERB_FIRST.match(question))
        text = _polar(text, is_verb)
    return text[:1].upper() + text[1:]


def _polar(text: str, is_verb: bool) -> str:
    """A question for yes or no as it begins in English; mere names stay as they are."""
    if _POLAR.match(text) or "," in text:
        return text
    if _NOUN.match(text):
        return f"does {text}"
    return f"do you {text}" if is_verb else text
