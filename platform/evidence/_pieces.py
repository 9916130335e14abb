"""The parts of a question, in the languages that are glossed."""

import re

_AND = {
    "german": r"(?:und|oder)",
    "french": r"(?:et|ou)",
    "spanish": r"(?:y|e|o)",
}
_APART = {
    name: re.compile(rf"\?\s+(?=\S)|[,;]?\s+{word}\s+", re.IGNORECASE)
    for name, word in _AND.items()
}


def pieces(question: str, count: int, language: str) -> list[str]:
    """The questions of a message in its own words; as a whole where it has not so
    many of them."""
    found = [piece.strip(" ?.!,¿¡") for piece in _APART[language].split(question)]
    found = [f"{piece}?" for piece in found if piece]
    return found if len(found) == count else [question] * count
