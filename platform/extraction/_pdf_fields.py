"""What was filled in or typed on a PDF's page afterwards: fields of its form, and texts
that a reader's program put on it. ISO 32000-1, 12.5 and 12.7.

Notes that are folded into a sign, links, and what a form hides are none of it.
"""

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

_KINDS = frozenset(["/Widget", "/FreeText", "/Stamp"])
_UNSEEN = 2 | 32  # the flags Hidden and NoView, table 165
_PASSWORD = 2**13  # the flag of a field, table 228
_VALUED = frozenset(["/Tx", "/Ch"])  # kinds of fields whose values are text
_MOST = 2_000  # of a page
_TICK = "✓"
_DEEPEST = 20  # of a field within others
_SIZE = 10.0  # points of a value whose look is not told, if it has room
_DAMAGED = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class Filled(NamedTuple):
    """Something filled in: the form that shows it, or its text where there is none.

    ``box`` is where, from its lower left corner to the upper right one.
    """

    box: tuple[float, float, float, float]
    form: Any
    text: str


def filled(page: Any) -> Iterator[Filled]:
    """What is on *page* beside its own content, in the file's order."""
    held = page.get("/Annots")
    for place in [*(held.get_object() or ())][:_MOST] if held is not None else ():
        with contextlib.suppress(*_DAMAGED):
            note = place.get_object()
            if note.get("/Subtype") in _KINDS and not note.get("/F", 0) & _UNSEEN:
                yield _filled(note)


def size(box: tuple[float, float, float, float], lines: int) -> float:
    """The points in which a value of so many *lines* is set in *box*."""
    return min(_SIZE, 0.7 * (box[3] - box[1]) / lines)


def _filled(note: Any) -> Filled:
    x, y, end, top = map(float, note["/Rect"].get_object())
    box = (min(x, end), min(y, top), max(x, end), max(y, top))
    if _is_ticked(note):
        return Filled(box, None, _TICK)
    form = _look(note)
    return Filled(box, form, "" if form is not None else _value(note))


def _is_ticked(note: Any) -> bool:
    """Whether *note* is a box or a round one that is ticked: its look is but drawn."""
    is_button = _inherited(note, "/FT") == "/Btn"
    return is_button and str(note.get("/AS", "/Off")) != "/Off"


def _look(note: Any) -> Any:
    """The form that shows *note* as it is now; None where the file has none."""
    looks = note.get("/AP")
    if looks is None:
        return None
    usual = looks.get_object()["/N"].get_object()
    if "/Subtype" in usual or "/BBox" in usual:
        return usual
    state = note.get("/AS", "/Off")
    return usual[state].get_object() if state in usual else None


def _value(field: Any) -> str:
    if _inherited(field, "/FT") not in _VALUED:
        return ""
    if int(_inherited(field, "/Ff") or 0) & _PASSWORD:
        return ""
    value = _inherited(field, "/V")
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _inherited(field: Any, name: str) -> Any:
    """What *field* says, or the one that it is a part of."""
    for _ in range(_DEEPEST):
        if name in field:
            return field[name].get_object()
        if "/Parent" not in field:
            return None
        field = field["/Parent"].get_object()
    return None
