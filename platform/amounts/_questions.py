"""What to ask back about an amount that is not clear, in the asker's language."""

import json
from collections.abc import Container, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from amounts._mentions import SEVERAL, Mention


@cache
def _worded() -> dict[str, dict[str, str]]:
    return json.loads((Path(__file__).parent / "questions.json").read_text())


def question(about: Mention | None, language: str) -> str:
    """What to ask about a doubtful mention; about none: which amount it is to be."""
    if about is None or about.doubt is None:
        return _worded()[language]["missing"]
    return _worded()[language][about.doubt].format(text=about.text)


def clarification(
    found: Sequence[Mention], language: str, soft: Container[str], *, needed: bool
) -> str | None:
    """What to ask back, if anything: of the first doubt that is none of the *soft*, or
    where an amount is *needed* and there is none."""
    doubt = _first(found, soft)
    is_missing = needed and not found
    return question(doubt, language) if doubt or is_missing else None


def _first(found: Sequence[Mention], soft: Container[str] = ()) -> Mention | None:
    """The first that is in doubt, and not in one of the *soft* ones."""
    return next((one for one in found if one.doubt and one.doubt not in soft), None)


def doubtful(text: str, found: list[Mention]) -> str | None:
    """What of *text* is in doubt first: an amount, or all of a range or a choice; all
    amounts where a currency is, since its name may be that of each; or else all of
    several amounts."""
    first = _first(found)
    if first is None:
        return text[found[0].start : found[-1].end] if len(found) > 1 else None
    if first.doubt == "currency" and found[1:]:
        return ", ".join(one.text for one in found)
    return text[first.start : _last(found, first).end]


def _last(found: list[Mention], first: Mention) -> Mention:
    """The last of the range or the choice that *first* begins; it itself of neither."""
    same = [one for one in found if one.doubt == first.doubt]
    return same[-1] if first.doubt in SEVERAL else first


def left_open(text: str, found: list[Mention]) -> dict[str, Any]:
    """What is ``doubtful``, the currencies ``named`` by it, and the ``parts`` of a
    sum."""
    first = _first(found)
    named = [*first.candidates] if first else []
    return {"doubtful": doubtful(text, found), "named": named, "parts": parts(found)}


def parts(found: list[Mention]) -> list[int]:
    """The minor units that they add up, where one is a sum."""
    return [units for one in found for units in one.parts]


def without(text: str, found: list[Mention]) -> str:
    """The text with a semicolon in place of each amount."""
    for one in reversed(found):
        text = f"{text[: one.start]};{text[one.end :]}"
    return text
