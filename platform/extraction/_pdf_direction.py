"""Text that is written from right to left: from the order in which it stands on the
page, from the left, into the one in which it is read. UAX #9, as far as the places of
glyphs do not tell already."""

import re
import unicodedata
from collections.abc import Sequence

RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_STRONG_LEFT = re.compile(r"[A-Za-z\u00c0-\u058f\u0900-\u1fff\u3040-\ud7ff]")
_LEFT = re.compile(r"[0-9\u0660-\u0669A-Za-z\u00c0-\u058f]")
_WITHIN = frozenset(" .,:/-–'’@&+%€$£")  # a number or a name from left to right
_FORMS = re.compile(r"[\ufb50-\ufdff\ufe70-\ufeff]")  # of letters, as they are joined
_MIRRORED = dict(zip("()[]{}<>«»", ")(][}{><»«", strict=True))


def is_right_to_left(text: str) -> bool:
    """Whether *text* reads from the right: most of its letters do."""
    rightward = len(RIGHT_TO_LEFT.findall(text))
    return rightward > 0 and rightward >= len(_STRONG_LEFT.findall(text))


def logical(glyphs: Sequence[str]) -> str:
    """*glyphs*, from the left, as they are read."""
    text = "".join(glyphs)
    if not RIGHT_TO_LEFT.search(text):
        return text
    glyphs = [_FORMS.sub(_plain, glyph) for glyph in glyphs]
    if is_right_to_left(text):
        turned = [_MIRRORED.get(glyph, glyph) for glyph in reversed(glyphs)]
        return "".join(_turned_back(turned, _is_leftward))
    return "".join(_turned_back(glyphs, _is_rightward))


def joined(left: str, right: str, gap: str) -> str:
    """Two texts that stand beside one another, as they are read."""
    if is_right_to_left(left + right) and not _STRONG_LEFT.search(left + right):
        return f"{right}{gap}{left}"
    return f"{left}{gap}{right}"


def _plain(form: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", form[0])


def _is_leftward(glyph: str) -> bool:
    return bool(_LEFT.match(glyph))


def _is_rightward(glyph: str) -> bool:
    return bool(RIGHT_TO_LEFT.match(glyph))


def _turned_back(glyphs: Sequence[str], is_of: object) -> list[str]:
    """*glyphs* with the stretches turned that are of the other direction."""
    turned: list[str] = []
    waiting: list[str] = []  # the stretch, and after it what may belong to it
    certain = 0
    for glyph in glyphs:
        if is_of(glyph):
            waiting.append(glyph)
            certain = len(waiting)
        elif waiting and glyph in _WITHIN:
            waiting.append(glyph)
        else:
            turned += [*reversed(waiting[:certain]), *waiting[certain:], glyph]
            waiting, certain = [], 0
    return [*turned, *reversed(waiting[:certain]), *waiting[certain:]]
