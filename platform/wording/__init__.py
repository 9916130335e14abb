"""Wording: what can be seen in a message without understanding it.

Pure functions of text; nothing is asked, and nothing is kept.
"""

import re
from collections.abc import Iterable

import evidence

LONGEST = 2_000  # characters of a question; no one asks for longer
CODE = re.compile(
    r"```|</?\w+[^>]*>|\b(?:def|class|function|import|SELECT)\b.*[({;:]|[{};]\s*$", re.M
)
ASKING = re.compile(
    r"\?|^\W*(?:who|what|when|where|which|why|how|is|are|do|does|did|can|could|may|"
    r"will|would|should|wer|was|wann|wo|wie|warum|kann|qui|que|quand|où|comment|"
    r"cuánto|cómo|dónde|cuándo|qué)\b",
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


def sought(question: str) -> str:
    """The question as it is searched for: with the words that answers have."""
    return evidence.sought(question)


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


def self_contained(message: str, history: Iterable[tuple[str, str]]) -> str:
    """The message with what it leaves out, from what was said before it.

    *history*: (role, text) from old to new, roles "user" and "assistant". Each question
    there is made whole first: a follow-up may rest on another one.
    """
    before: list[tuple[str, str]] = []
    for role, text in (*history, ("user", message)):
        whole = evidence.resolve(text, before) if role == "user" else None
        before.append((role, (whole or text)[:LONGEST]))
    return before[-1][1]
