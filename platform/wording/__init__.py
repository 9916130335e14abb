"""Wording: what can be seen in a message without understanding it.

Pure functions of text; nothing is asked, and nothing is kept.
"""

import dataclasses
import re
from collections.abc import Iterable
from typing import Any

import evidence
import langid
from wording._titles import JOINING, Titles, joint

__all__ = [
    "JOINING",
    "Titles",
    "complexity",
    "has_code",
    "is_question",
    "joint",
    "language",
    "seen",
    "sought",
    "unquoted",
    "whole",
    "words",
]

LONGEST = 2_000  # characters of a question; no one asks for longer
QUOTED = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
CODE = re.compile(
    r"</?\w+[^>]*>|\b(?:def|class|function|import|SELECT)\b.*[({;:]|[{};]\s*$",
    re.MULTILINE,
)
ASKING = re.compile(
    r"[?？؟]|^\W*(?:who|what|when|where|which|why|how|is|are|do|does|did|can|could|may|"
    r"will|would|should|"
    r"wer|wen|wem|was|wann|wo|wohin|woher|wie|wieviele?|warum|wieso|weshalb|"
    r"welche[rsmn]?|kann|"
    r"qui|que|quand|où|comment|combien|pourquoi|quel(?:le)?s?|est-ce|"
    r"wat|waar|wanneer|hoe|hoeveel|welke?|kunt|zijn|cuánt[oa]s?|cuant[oa]s?|cómo|dónde|donde|cuándo|cuál(?:es)?|quién(?:es)?|"
    r"por qué|qué)\b",
    re.IGNORECASE,
)
# What a reply by e-mail drags along: lines that are quoted, all that somebody wrote
# before, and the lines above a letter that is passed on.
QUOTE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
EARLIER = re.compile(
    r"^[ \t]*(?:(?:on|am|le|el|op)\b[^\n]{5,90}(?:wrote|schrieb|a écrit|escribió"
    r"|schreef)[^\n]{0,40}:[ \t]*$"
    r"|-{2,} ?(?:original|ursprüngliche|message d|mensaje|oorspronkelijk)).*\Z",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
HEADER = re.compile(
    r"\A\s*(?:^(?:from|to|cc|sent|date|subject|reply-to|von|an|gesendet|datum|betreff|de|à"
    r"|envoyé|objet|para|enviado|asunto|van|aan|verzonden|onderwerp): ?.*\n){2,}",
    re.IGNORECASE | re.MULTILINE,
)
LEVELS = ("simple", "medium", "complex")


def unquoted(text: str) -> str:
    """The text without what was written before it; all of it where nothing is left."""
    lines = HEADER.sub("", EARLIER.sub("", QUOTE.sub("", text)))
    return lines.strip() or text


def words(text: str) -> list[str]:
    """The words in lower case."""
    return re.findall(r"\w+", text.lower())


def sought(question: str) -> str:
    """The question as it is searched for: with the words that answers have."""
    return evidence.sought(question)


def language(text: str) -> str:
    """The language of it, English where its words do not tell. Code speaks none."""
    return langid.language(QUOTED.sub(" ", text))


def has_code(text: str) -> bool:
    """Whether there is code in it, between backticks or as it stands."""
    return bool(QUOTED.search(text) or CODE.search(text))


def is_question(text: str) -> bool:
    """Whether a sign or a first word asks something, in any of the languages."""
    return bool(ASKING.search(text))


def complexity(text: str) -> str:
    """``simple``, ``medium`` or ``complex``: by length, code and several questions."""
    count = len(words(text))
    level = (count > 15) + (count > 50) + has_code(text) + (text.count("?") > 1)
    return LEVELS[min(level, 2)]


def seen(text: str) -> dict[str, Any]:
    """All of that, by name."""
    return {
        "word_count": len(words(text)),
        "has_code": has_code(text),
        "is_question": is_question(text),
        "language": language(text),
        "complexity": complexity(text),
    }


def whole(message: str, history: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The message with what it leaves out, from what was said before it.

    *history*: (role, text) from old to new, roles "user" and "assistant". Each question
    there is made whole first: a follow-up may rest on another one. ``question``, and
    ``about``: what a follow-up's answer has to speak of.
    """
    before: list[tuple[str, str]] = []
    found = None
    for role, text in (*history, ("user", message)):
        if role == "user" and not evidence.is_nod(text):
            found = evidence.followed(text, before, found.subject if found else "")
            text = found.question if found else text
        before.append((role, text[:LONGEST]))
    about = None if found is None or evidence.is_nod(message) else found.about
    told = dataclasses.asdict(about) if about else None
    return {"question": before[-1][1], "about": told}
