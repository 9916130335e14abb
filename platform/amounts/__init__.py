"""Amounts of money in texts, as people write and say them.

    amounts.find("I'd like to pay twelve euros fifty")   # [Mention(…, 1250, "EUR")]

It names no business noun. What a text leaves open is told as a doubt, never guessed.
"""

from amounts._answers import Found, read
from amounts._mentions import Doubt, Mention, language
from amounts._questions import clarification, left_open, question, without
from amounts._said_of import find

__all__ = [
    "Doubt",
    "Found",
    "Mention",
    "clarification",
    "find",
    "language",
    "left_open",
    "question",
    "read",
    "without",
]
