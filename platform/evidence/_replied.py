"""What is said beside quotes, in the languages that are glossed."""

import re

from evidence import _asked, _clarify
from evidence.types import Passage

_OPENINGS = {
    "german": {
        "money": "Wovon möchten Sie den Preis wissen",
        "clock": "Welche Zeiten meinen Sie",
        "duration": "Was meinen Sie: wie lange was dauert",
        "place": "Was suchen Sie",
        "person": "Wen oder was meinen Sie",
        "": "Was genau meinen Sie",
    },
    "french": {
        "money": "De quoi souhaitez-vous connaître le prix",
        "clock": "De quels horaires parlez-vous",
        "duration": "De quelle durée parlez-vous",
        "place": "Que cherchez-vous",
        "person": "De qui ou de quoi parlez-vous",
        "": "De quoi parlez-vous exactement",
    },
    "spanish": {
        "money": "¿De qué quiere saber el precio",
        "clock": "¿A qué horarios se refiere",
        "duration": "¿A qué duración se refiere",
        "place": "¿Qué busca",
        "person": "¿A quién o a qué se refiere",
        "": "¿A qué se refiere exactamente",
    },
}
_EXAMPLE = {
    "german": ("?", "Zum Beispiel", "oder"),
    "french": (" ?", "Par exemple", "ou"),
    "spanish": ("?", "Por ejemplo", "o"),
}
_AND = {
    "german": r"(?:und|oder)",
    "french": r"(?:et|ou)",
    "spanish": r"(?:y|e|o)",
}
_APART = {
    name: re.compile(rf"\?\s+(?=\S)|[,;]?\s+{word}\s+", re.IGNORECASE)
    for name, word in _AND.items()
}


def clarifying(meant: str, passages: list[Passage], language: str) -> str:
    """The one question to ask back, with examples of the passages as they are."""
    kinds = _asked.expected(meant)
    openings = _OPENINGS[language]
    opening = next((text for kind, text in openings.items() if kind in kinds), "")
    mark, example, either = _EXAMPLE[language]
    asked = f"{opening or openings['']}{mark}"
    *first, last = _clarify.examples(passages) or [""]
    listed = f"{', '.join(first)} {either} {last}" if first else last
    return f"{asked} {example}: {listed}." if last else asked


def pieces(question: str, count: int, language: str) -> list[str]:
    """The questions of a message in its own words; as a whole where it has not so
    many of them."""
    found = [piece.strip(" ?.!,¿¡") for piece in _APART[language].split(question)]
    found = [f"{piece}?" for piece in found if piece]
    return found if len(found) == count else [question] * count
