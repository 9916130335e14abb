"""A font of a PDF: what the codes of a shown text stand for, and how wide they are.

pypdf tells both; its widths are those that lines are set with, so gaps are exact.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

_UNKNOWN = "\ufffd"
_BOLD = ("bold", "black", "heavy", "semibold")
_FORCED = 2**18  # the flag of a font that is made bold, ISO 32000-1, table 123
_HEAVY = 600  # FontWeight, from which on it is bold
# TeX's fonts of pictures name their glyphs by their codes; what it has no code for in
# ASCII, in its encodings OT1 and T1.
_OF_TEX = re.compile(r"/?a\d{1,3}")
_TEX = dict(
    zip(
        [*range(11, 16), 16, 17, 21, 22, *range(27, 32)],
        ["ff", "fi", "fl", "ffi", "ffl", *"“”–—", "ff", "fi", "fl", "ffi", "ffl"],
        strict=True,
    )
)
# Ligatures as Ghostscript 10.00 says what they stand for: with their bytes turned, and
# of three letters the last two added up.
_TURNED = {
    "\u6600\u6600": "ff",
    "\u6600\u6900": "fi",
    "\u6600\u6c00": "fl",
    "\u6600\ucf00": "ffi",
    "\u6600\ud200": "ffl",
}
# Skia takes the first code of a glyph, which may be that of a part of characters, for
# its own: EquivalentUnifiedIdeograph.txt of Unicode, beyond what NFKC knows.
_RADICAL = re.compile(r"[\u2e80-\u2fd5]")
_WHOLE = dict(
    zip(
        "⺁⺠⺟⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻚⻛⻜⻝⻢⻤⻥⻦⻨⻩⻬⻮⻰⻳",
        "厂民母虎西见角贝车長长门青页风飞食马鬼鱼鸟麦黄齐齿龙龟",
        strict=True,
    )
)


class Glyph(NamedTuple):
    text: str
    width: float  # in ems
    is_blank: bool
    is_space: bool  # of one byte, which the spacing of words widens


class Face:
    """A font resource, read once; None is a font that there is not."""

    def __init__(self, resource: Any) -> None:
        self._known: dict[int, Glyph] = {}
        self._font = None if resource is None else _font(resource)
        self._ems = 0.001  # of a unit of its widths
        self._is_of_tex = False
        self.is_bold = resource is not None and _is_bold(resource)
        if self._font and self._font.sub_type == "Type3":
            self._ems = _scale(resource)
            self._is_of_tex = _is_of_tex(resource)

    def glyphs(self, shown: bytes) -> Iterator[Glyph]:
        encoding = self._font.encoding if self._font else None
        codes = _decoded(shown, encoding) if isinstance(encoding, str) else [*shown]
        for code in codes:
            glyph = self._known.get(code)
            if glyph is None:
                glyph = self._known[code] = self._glyph(code)
            yield glyph

    def _glyph(self, code: int) -> Glyph:
        font = self._font
        if font is None:
            return Glyph(_UNKNOWN, 0.5, False, False)
        is_of_a_byte = not isinstance(font.encoding, str)
        named = font.encoding.get(code, chr(code)) if is_of_a_byte else chr(code)
        text = font.character_map.get(named, named)
        text = _TEX.get(code, text) if self._is_of_tex else _TURNED.get(text, text)
        text = _RADICAL.sub(_whole, text)
        widths = font.character_widths
        width = widths.get(chr(code), widths.get("default", 500)) * self._ems
        return Glyph(text, width, not text.strip(), is_of_a_byte and code == 32)


def _whole(radical: re.Match[str]) -> str:
    return _WHOLE.get(radical[0]) or unicodedata.normalize("NFKC", radical[0])


def _font(resource: Any) -> Any:
    """What pypdf knows of a font; None of a damaged one."""
    from pypdf.generic._font import Font

    try:
        return Font.from_font_resource(resource)
    except (AttributeError, TypeError):
        return None


def _decoded(shown: bytes, encoding: str) -> list[int]:
    try:
        return [*map(ord, shown.decode(encoding, "surrogatepass"))]
    except UnicodeDecodeError:
        return [*map(ord, shown.decode(encoding, "replace"))]


def _scale(resource: Any) -> float:
    """The ems of a unit in a font of pictures, which says so itself."""
    try:
        return abs(float(resource["/FontMatrix"][0])) or 0.001
    except (KeyError, IndexError, TypeError, ValueError):
        return 0.001


def _is_of_tex(resource: Any) -> bool:
    if "/ToUnicode" in resource:
        return False
    drawn = resource.get("/CharProcs")
    names = [*drawn.get_object()] if drawn is not None else []
    return bool(names) and all(map(_OF_TEX.fullmatch, names))


def _is_bold(resource: Any) -> bool:
    name = str(resource.get("/BaseFont", "")).lower()
    if any(word in name for word in _BOLD):
        return True
    try:
        told = resource.get("/FontDescriptor", {}).get_object()
        is_heavy = float(told.get("/FontWeight", 400)) >= _HEAVY
        return is_heavy or bool(int(told.get("/Flags", 0)) & _FORCED)
    except (AttributeError, TypeError, ValueError):
        return False
