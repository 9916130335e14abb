"""Fields that hold whatever is said."""

import unicodedata
from collections.abc import Collection
from typing import Any

from replies import Answer

LONGEST = 200  # characters
WORDS = 3  # of what begins like an answer and is none: "right front crown"


def text(talk: Any, asked: Collection[str], message: str, answer: Answer) -> str | None:
    """The message as the value of a field of text, if one of these was just asked."""
    said = " ".join("".join(map(_plain, message)).split())[:LONGEST]
    is_text = answer == "none" or (answer == "perhaps" and said.count(" ") + 1 >= WORDS)
    is_said = any(map(str.isalnum, said)) and talk.asked in asked
    return said if is_said and is_text else None


def _plain(sign: str) -> str:
    """Without pictures, which say nothing by themselves."""
    return " " if unicodedata.category(sign) in ("So", "Sk", "Cf") else sign
