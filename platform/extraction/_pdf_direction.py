"""Text that is written from right to left: from the order in which it stands on the
page, from the left, into the one in which it is read. UAX #9, as far as the places of
glyphs do not tell already."""

import re
import unicodedata
from collections.abc import Callable, Sequence

RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_STRONG_LEFT = re.compile(r"[A-Za-z\u00c0-\u058f\u0900-\u1fff\u3040-\ud7ff]")
_LEFT = re.compile(r"[0-9\u0660-\u0669A-Za-z\u00c0-\u058f]")
_WITHIN = frozenset(" .,:/-–'’@&+%€$£")  # a number or a name from left to right
_FORMS = re.compile(r"[\ufb50-\ufdff\ufe70-\ufeff]")  # of letters, as they are joined
_BRACKET = re.compile(r"[()\[\]{}]")
_MIRRORED = str.maketrans("()[]{}<>", ")(][}{><")


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
        turned = "".join(_turned_back([*reversed(glyphs)], _is_leftward))
        # Some programs tell the shape of a bracket, others which one it is.
        first = _BRACKET.search(turned)
        return turned.translate(_MIRRORED) if first and first[0] in ")]}" else turned
    return "".join(_turned_back(glyphs, _is_rightward))


def _plain(form: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", form[0])


def _is_leftward(glyph: str) -> bool:
    return bool(_LEFT.match(glyph))


def _is_rightward(glyph: str) -> bool:
    return bool(RIGHT_TO_LEFT.match(glyph))


def _turned_back(glyphs: Sequence[str], is_of: Callable[[str], bool]) -> list[str]:
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
