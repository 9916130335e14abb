"""What a message answers to a question that wants a yes or a no."""

from collections.abc import Collection, Iterator
from typing import Literal

from replies import _words
from replies._wording import is_put_off

Answer = Literal["yes", "no", "cancel", "later", "perhaps", "none"]


def answer(text: str, about: Collection[str] = ()) -> Answer:
    """*about*: words that say nothing new in this dialogue, lower case, no accents.

    "later" neither agrees nor gives up: "not now", "I'll ask my wife".
    """
    told = _told(text, about)
    if not told:
        return "none"
    found = _begun(told) if None in told else _whole(set(told))
    if found not in ("yes", "cancel") and is_put_off(text):
        found = "later"
    return "none" if "?" in text and found != "cancel" else found


def _told(text: str, about: Collection[str]) -> list[str | None]:
    """What it says beside courtesies; of a single letter what that alone says."""
    if single := _words.alone().get(" ".join(_words.words(text))):
        return [single]
    return [kind for kind in _kinds(text, about) if kind != "courtesy"]


def _kinds(text: str, about: Collection[str]) -> Iterator[str | None]:
    for said, kind in _words.parts(text):
        yield "courtesy" if kind is None and said[0] in about else kind


def _whole(told: set[str | None]) -> Answer:
    """Of a message that says nothing else."""
    ends = bool(told & {"cancel", "forget"})
    if "later" in told and not ends:
        return "later"
    if "perhaps" in told or (ends and "not" in told):
        return "perhaps"
    if ends:
        return "cancel"
    if told == {"yes", "no"}:
        return "perhaps"
    return "yes" if told == {"yes"} else "no"


def _begun(told: list[str | None]) -> Answer:
    """Of a message that says something else, too."""
    if "forget" in told and "not" not in told:
        return "cancel"
    if told[0] in ("no", "not"):
        return "no"
    if told[-1] == "later":
        return "later"
    is_open = {told[0], told[-1]} & {"yes", "perhaps", "later"}
    return "perhaps" if is_open else "none"
