"""What to ask back about an amount that is not clear, in the asker's language."""

import json
from functools import cache
from pathlib import Path

from amounts._mentions import Mention


@cache
def _worded() -> dict[str, dict[str, str]]:
    return json.loads((Path(__file__).parent / "questions.json").read_text())


def question(about: Mention | None, language: str) -> str:
    """What to ask about a doubtful mention; about none: which amount it is to be."""
    if about is None or about.doubt is None:
        return _worded()[language]["missing"]
    return _worded()[language][about.doubt].format(text=about.text)


def doubtful(found: list[Mention]) -> str | None:
    """The text of the first that is in doubt."""
    return next((one.text for one in found if one.doubt), None)


def without(text: str, found: list[Mention]) -> str:
    """The text with a semicolon in place of each amount."""
    for one in reversed(found):
        text = f"{text[: one.start]};{text[one.end :]}"
    return text
