"""Fields that hold whatever is said."""

from collections.abc import Collection
from typing import Any

from replies import Answer

LONGEST = 200  # characters
WORDS = 3  # of what begins like an answer and is none: "right front crown"


def text(talk: Any, asked: Collection[str], message: str, answer: Answer) -> str | None:
    """The message as the value of a field of text, if one of these was just asked."""
    said = " ".join(message.split())[:LONGEST]
    is_text = answer == "none" or (answer == "perhaps" and said.count(" ") + 1 >= WORDS)
    return said if said and talk.asked in asked and is_text else None
