"""Wording: what can be seen in a message without understanding it.

Pure functions of text; nothing is asked, and nothing is kept.
"""

import re
from collections.abc import Sequence

LONGEST = 2_000  # characters of a question; no one asks for longer
SHORT = 120  # characters above which a message stands by itself
CODE = re.compile(
    r"```|</?\w+[^>]*>|\b(?:def|class|function|import|SELECT)\b.*[({;:]|[{};]\s*$", re.M
)
ASKING = re.compile(
    r"\?|^\W*(?:who|what|when|where|which|why|how|is|are|do|does|did|can|could|may|"
    r"will|would|should|wer|was|wann|wo|wie|warum|kann|qui|que|quand|où|comment|"
    r"cuánto|cómo|dónde|cuándo|qué)\b",
    re.I,
)
FOLLOWING = re.compile(
    r"^\W*(?:and|but|also|or|what about|how about|und|et|y)\b"
    r"|\b(?:it|its|that|this|they|them|those|these|there|one|ones)\b",
    re.I,
)
STOPWORDS = {
    "english": {"the", "is", "are", "and", "you", "do", "what", "how", "my", "for"},
    "german": {"der", "die", "das", "und", "ist", "sind", "ich", "wie", "ein", "nicht"},
    "french": {"le", "la", "les", "et", "est", "vous", "je", "quel", "des", "une"},
    "spanish": {"el", "los", "las", "y", "es", "son", "usted", "cómo", "una", "qué"},
}
LEVELS = ("simple", "medium", "complex")


def words(text: str) -> list[str]:
    """The words in lower case."""
    return re.findall(r"\w+", text.lower())


def language(text: str) -> str:
    """The language most of whose commonest words occur; English when none do."""
    found = set(words(text))
    counts = {name: len(known & found) for name, known in STOPWORDS.items()}
    return max(counts, key=lambda name: (counts[name], name == "english"))


def has_code(text: str) -> bool:
    return bool(CODE.search(text))


def is_question(text: str) -> bool:
    return bool(ASKING.search(text))


def complexity(text: str) -> str:
    """``simple``, ``medium`` or ``complex``: by length, code and several questions."""
    count = len(words(text))
    level = (count > 15) + (count > 50) + has_code(text) + (text.count("?") > 1)
    return LEVELS[min(level, 2)]


def self_contained(message: str, before: Sequence[str]) -> str:
    """The message, after the last of the questions *before* when it follows on."""
    if before and len(message) < SHORT and FOLLOWING.search(message):
        return f"{before[-1].rstrip('?!. ')}? {message}"[:LONGEST]
    return message[:LONGEST]
