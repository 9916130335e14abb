""" "The shop", where that is the business itself, which its own documents call "we"."""

import re

from evidence import _words
from evidence.types import Passage

_HOST = re.compile(
    r"\b(?:(does|do|is|are|was|were|has|have)\s+)?(?:the|this)\s+"
    r"(business|company|firm|shop|store|organi[sz]ation|premises|place)\b(?!['’-])",
    re.IGNORECASE,
)
_AGREEING = {
    "does": "do",
    "do": "do",
    "is": "are",
    "are": "are",
    "was": "were",
    "were": "were",
    "has": "have",
    "have": "have",
}


def addressed(question: str, passages: list[Passage]) -> str | None:
    """ "When does the shop open?" as "When do you open?"; None for any other question.

    Nor where a title or section found is about one: a museum may have a shop.
    """
    found = _HOST.search(question)
    if not found:
        return None
    stems = set(_words.stems_of(found[2].lower()))
    above = (_words.meanings(f"{p.title} {p.section}")[0] for p in passages)
    if any(stems & held for held in above):
        return None
    verb = _AGREEING.get((found[1] or "").lower())
    you = f"{verb} you" if verb else "you"
    return f"{question[: found.start()]}{you}{question[found.end() :]}"
