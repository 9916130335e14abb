"""A question in the words that texts have: what is looked for and weighed."""

import re

# "Hours" that are not counted are times of day. A word alone asks for the business's.
_SHORT = [
    (re.compile(pattern, re.IGNORECASE), meant)
    for pattern, meant in [
        (
            r"^\W*(?:(?:so|and|hi|hello)\W+)*where\s+(?:exactly\s+)?are\s+you"
            r"(?:\s+(?:located|based|situated))?\W*$|"
            r"^\W*(?:(?:your|the)\s+)?(?:location|address)\W*$",
            "Where are you located, what is your address?",
        ),
        (
            r"^\W*how\s+(?:can|do|may|should|must)\s+(?:i|we|you|customers)\s+pay\W*$",
            "What payment methods do you accept?",
        ),
        (
            r"^\W*(?:(?:your|the)\s+)?((?:tele)?phone(?:\s+number)?|e-?mail(?:\s+"
            r"address)?|prices?|price\s+list)\W*$",
            r"What is your \1?",
        ),
    ]
]
_HOURS = re.compile(
    r"\b(?:what\s+(?:are|is)\s+)?(?:\b(?:your|the)\s+)?"
    r"\b(?:opening|business|office|shop|store|clinic|visiting)\s+(?:hours|times)\b|"
    r"\b(?:what\s+are\s+)?your\s+hours\b|^\W*hours\b(?=\W*$|\s+(?:on|at|in|for|over|during)\b)",
    re.IGNORECASE,
)


def sought(question: str) -> str:
    """The question as answers are looked for: written as in a text, with its words.

    Word vectors know capitals, and who types in a hurry sets none. Who asks for hours
    asks when it opens.
    """
    meant = _HOURS.sub("when are you open", question.strip())
    for short, whole in _SHORT:
        meant = short.sub(whole, meant)
    return meant[:1].upper() + meant[1:]
