"""What a page of a PDF shows: its texts, each with the place where it begins and ends.

pypdf reads operators and fonts; its own extraction of text tells no widths, which tell
words and cells apart, and begins every form at the corner of the page. Here is the part
of the graphics state that places text: ISO 32000-1, 8.4, 9.3 and 9.4. Units are points;
y grows upwards. An operator whose operands are none of its kind is passed over.
"""

import contextlib
import itertools
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from extraction import _pdf_direction, _pdf_fields, _pdf_paint, _pdf_spoken
from extraction._pdf_font import Face
from extraction._pdf_layers import Layers
from extraction._pdf_paint import Box, Matrix, Stroke
from extraction._pdf_shown import Shown

_WORD = 0.12  # ems: a wider gap is one between words
_CELL = 0.85  # and this one between cells
_SPACED_CELL = 1.6  # the same where spaces are shown: those of a line may be wide
_BACK = -0.5  # to the left: what follows is another text
_MOST_FORMS = 500  # shown by a page
_MOST_FACES = 16  # that are remembered
_INVISIBLE = 3  # the mode of text without ink, 9.3.6
_HEAD = 2**12  # bytes of an object in which it says that it is an image
_IMAGE = re.compile(rb"/Subtype\s*/Image\b")
_UNFIT = (AttributeError, IndexError, KeyError, TypeError, ValueError)

_LEAST_PAGE = 36.0  # points; what is said to be smaller is no page
_MOST_OF_IT = 0.5  # of a page, from which on it is a picture
_EDGE = 2.0  # points beyond a page's edge at which a text may begin
_ASLANT = 5  # degrees; what is turned by less is as good as straight

_AS_IT_IS: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class State:
    """What ``q`` saves; sizes and spaces are in units of the text."""

    matrix: Matrix = _AS_IT_IS
    face: Face = field(default_factory=lambda: Face(None))
    size: float = 12.0
    spacing: float = 0.0
    words: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0
    is_white: bool = False  # what is filled, as letters are


def times(a: Matrix, b: Matrix) -> Matrix:
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )


class Run:
    """A text that is being shown: its glyphs and its ends, along the line."""

    def __init__(self) -> None:
        self.glyphs: list[str] = []
        self.start = self.end = 0.0
        self.is_spaced = False  # since its last glyph
        self.is_led = False  # a space is shown before its first glyph
        self.spaces = 0


class Painter:
    """Follows the operators of a file's pages, and gives *take* what they show."""

    def __init__(self, reader: Any, take: Callable[[Shown], None]) -> None:
        self._reader, self._take = reader, take
        self._faces: dict[Any, Face] = {}
        self._state = State()
        self._line: Matrix = _AS_IT_IS  # where the line of text begins
        self._across = 0.0  # from there on
        self._run = Run()
        self._is_moved_to = True
        self._has_image = False
        self._pictured = 0.0  # of the page, in its own units
        self._unseen: list[Shown] = []
        self._forms = 0
        self._within: list[Any] = []  # forms that are being shown
        self._layers = Layers(reader)
        self._marked: list[bool] = []  # contents that are open, and whether in sight
        self._spoken = _pdf_spoken.Spoken()
        self._painted = _pdf_paint.Paint()
        self._box: Box | None = None
        self._is_filled_in = False
        self._saved: list[State] = []
        self._resources: Any = {}

    def paint(self, page: Any) -> None:
        self._forms, self._has_image, self._unseen = 0, False, []
        self._pictured = 0.0
        self._painted = _pdf_paint.Paint()
        self._box = _box(page)
        resources = page.get("/Resources")
        contents = page.get("/Contents")
        if resources is not None and contents is not None:
            self._draw(contents.get_object(), resources.get_object(), State())
        if self._has_image:  # a scan with the text that was recognised in it
            for shown in self._unseen:
                self._take(shown)
        self._is_filled_in = True
        for filled in _pdf_fields.filled(page):
            with contextlib.suppress(*_UNFIT):
                self._fill_in(filled)
        self._is_filled_in = False

    @property
    def is_picture(self) -> bool:
        """Whether pictures take most of the page that was painted last."""
        if self._box is None:
            return False
        left, low, right, high = self._box
        return self._pictured > _MOST_OF_IT * (right - left) * (high - low)

    @property
    def strokes(self) -> list[Stroke]:
        """The level lines of the page that was painted last."""
        return self._painted.strokes

    def _fill_in(self, filled: _pdf_fields.Filled) -> None:
        """Show what was filled in, in its box."""
        if filled.form is not None:
            self._state = State(matrix=_into(filled.box, filled.form))
            self._draw_form(filled.form)
            return
        lines = filled.text.splitlines()
        size = _pdf_fields.size(filled.box, len(lines) or 1)
        x, _, end, top = filled.box
        for at, text in enumerate(lines, 1):
            y = top - at * 1.2 * size
            self._take(Shown(text, x, end, y, size, False, True, is_filled_in=True))

    def forget(self) -> None:
        """Let the fonts go."""
        self._faces.clear()

    def _draw(self, contents: Any, resources: Any, state: State) -> None:
        from pypdf.generic import ContentStream

        before = self._state, self._saved, self._resources, self._marked
        self._state, self._saved, self._resources = state, [], resources
        self._marked, depth = self._marked[-1:], self._spoken.depth
        content = ContentStream(contents, self._reader, "bytes")
        for operands, operator in content.operations:
            obey = _OPERATORS.get(operator)
            paint = None if obey else _pdf_paint.OPERATORS.get(operator)
            with contextlib.suppress(*_UNFIT):
                if obey:
                    obey(self, operands)
                elif paint:
                    paint(self._painted, self._state, operands)
        while self._spoken.depth > depth:
            self._speak()
        self._state, self._saved, self._resources, self._marked = before

    def _mark(self, _: list) -> None:
        self._marked.append(self._is_in_sight)
        self._spoken.begin(None)

    def _mark_with(self, operands: list) -> None:
        tag, name = operands
        is_hidden = False
        if tag == "/OC" and self._layers:
            layers = self._resources["/Properties"].get_object()
            is_hidden = self._layers.hide(layers, name)
        self._marked.append(self._is_in_sight and not is_hidden)
        self._spoken.begin(self._properties(name))

    def _end_mark(self, _: list) -> None:
        if self._marked:
            self._marked.pop()
        self._speak()

    def _properties(self, named: Any) -> Any:
        """Those of a marked content, which may be kept by a name."""
        if not isinstance(named, str):
            return named
        return self._resources.get("/Properties", {}).get_object().get(named)

    def _speak(self) -> None:
        """Show what is said to be shown by what ends here."""
        for shown in self._spoken.end():
            self._take(shown)

    @property
    def _is_in_sight(self) -> bool:
        """Whether the layer is shown that what comes is on."""
        return not self._marked or self._marked[-1]

    def _save(self, _: list) -> None:
        self._saved.append(replace(self._state))

    def _restore(self, _: list) -> None:
        if self._saved:
            self._state = self._saved.pop()

    def _transform(self, operands: list) -> None:
        self._state.matrix = times(_matrix(operands), self._state.matrix)

    def _begin(self, _: list) -> None:
        self._place(_AS_IT_IS)

    def _place(self, matrix: Matrix) -> None:
        self._line, self._across, self._is_moved_to = matrix, 0.0, True

    def _set_matrix(self, operands: list) -> None:
        self._place(_matrix(operands))

    def _move(self, operands: list) -> None:
        across, up = map(float, operands)
        self._place(times((1.0, 0.0, 0.0, 1.0, across, up), self._line))

    def _move_and_lead(self, operands: list) -> None:
        self._state.leading = -float(operands[1])
        self._move(operands)

    def _next_line(self, _: list) -> None:
        self._move([0.0, -self._state.leading])

    def _set_font(self, operands: list) -> None:
        self._state.face = self._face(operands[0])
        self._state.size = float(operands[1])

    def _face(self, name: str) -> Face:
        fonts = self._resources.get("/Font", {}).get_object()
        place = fonts.raw_get(name) if name in fonts else None
        key = getattr(place, "idnum", id(place))
        if key not in self._faces:
            if len(self._faces) == _MOST_FACES:
                del self._faces[next(iter(self._faces))]
            self._faces[key] = Face(None if place is None else place.get_object())
        return self._faces[key]

    def _set_spacing(self, operands: list) -> None:
        self._state.spacing = float(operands[0])

    def _set_words(self, operands: list) -> None:
        self._state.words = float(operands[0])

    def _set_scale(self, operands: list) -> None:
        self._state.scale = float(operands[0]) / 100

    def _set_leading(self, operands: list) -> None:
        self._state.leading = float(operands[0])

    def _set_rise(self, operands: list) -> None:
        self._state.rise = float(operands[0])

    def _set_mode(self, operands: list) -> None:
        self._state.mode = int(operands[0])

    def _show_one(self, operands: list) -> None:
        self._show(operands[:1])

    def _show_all(self, operands: list) -> None:
        self._show(operands[0])

    def _show_next(self, operands: list) -> None:
        self._next_line(operands)
        self._show(operands[:1])

    def _show_spaced(self, operands: list) -> None:
        self._set_words(operands)
        self._set_spacing(operands[1:])
        self._show_next(operands[2:])

    def _show(self, parts: Iterable[Any]) -> None:
        """Texts, and numbers that move the next one to the left."""
        self._run.start = self._run.end = self._across
        for part in parts:
            if isinstance(part, bytes):
                self._write(part)
            elif isinstance(part, int | float):
                em = self._state.size * self._state.scale
                self._across -= float(part) / 1000 * em
        self._end_run()

    def _write(self, shown: bytes) -> None:
        state, run = self._state, self._run
        em = state.size * state.scale or 1.0
        for glyph in state.face.glyphs(shown):
            if glyph.is_blank:
                run.is_spaced = True
            else:
                self._part((self._across - run.end) / abs(em))
                run.glyphs.append(glyph.text)
            self._across += glyph.width * em + state.spacing * state.scale
            if glyph.is_space:
                self._across += state.words * state.scale
            if not glyph.is_blank:
                run.end = self._across - state.spacing * state.scale

    def _part(self, gap: float) -> None:
        """End the run at a *gap* of so many ems, or the word."""
        run = self._run
        widest = _SPACED_CELL if run.is_spaced else _CELL
        if not _BACK < gap < widest:
            self._end_run()
        elif run.glyphs and (run.is_spaced or gap > _WORD):
            run.glyphs.append(" ")
            run.spaces += run.is_spaced
        if not run.glyphs:
            run.start = self._across
            run.is_led = run.is_spaced
        run.is_spaced = False

    def _end_run(self) -> None:
        """Give the run away, if it is any; the next one begins here."""
        run = self._run
        if run.glyphs or run.is_spaced:
            # Of a space in front the place is told by the glyph behind it.
            led, followed = " " * run.is_led, " " * run.is_spaced
            end = run.end if run.glyphs else self._across
            self._give([led, *run.glyphs, followed], run.start, end)
            self._is_moved_to = False
        run.glyphs, run.is_led, run.is_spaced, run.spaces = [], False, False, 0
        run.start = run.end = self._across

    def _give(self, glyphs: list[str], start: float, end: float) -> None:
        state, text = self._state, "".join(glyphs)
        matrix = times(self._line, state.matrix)
        x, y = _point(matrix, start, state.rise)
        if not self._is_in_sight or not _is_on_page(self._box, x, y):
            return
        turn = _turn(matrix)
        x, y = _upright(turn, x, y)
        length = abs(end - start) * math.hypot(matrix[0], matrix[1])
        height = abs(state.size) * math.hypot(matrix[2], matrix[3])
        height = min(max(height, 1.0), 500.0)
        shown = Shown(
            text,
            x,
            x + length,
            y,
            height,
            state.face.is_bold,
            self._is_moved_to,
            self._run.spaces,
            glyphs if _pdf_direction.RIGHT_TO_LEFT.search(text) else (),
            turn,
            self._is_filled_in,
        )
        if state.mode == _INVISIBLE or self._is_on_white(matrix, start, end):
            self._unseen.append(shown)
        elif not self._spoken.keep(shown):
            self._take(shown)

    def _is_on_white(self, matrix: Matrix, start: float, end: float) -> bool:
        """Whether white letters have no ground of another colour."""
        state = self._state
        if not state.is_white or state.mode:
            return False
        corners = [
            _point(matrix, across, up)
            for across in (start, end)
            for up in (state.rise, state.rise + state.size)
        ]
        (x, *_, right), (y, *_, top) = map(sorted, zip(*corners, strict=True))
        return not self._painted.covers((x, y, right, top))

    def _show_object(self, operands: list) -> None:
        held = self._resources["/XObject"].get_object()
        place = held.raw_get(operands[0])
        key = getattr(place, "idnum", id(place))
        if self._is_image(place):
            self._see_image(operands)
        elif key not in self._within and self._forms < _MOST_FORMS:
            self._forms += 1
            self._within.append(key)
            try:
                self._draw_form(place.get_object())
            finally:
                self._within.pop()

    def _draw_form(self, form: Any) -> None:
        if form.get("/Subtype") == "/Image":
            self._see_image([])
            return
        if self._layers.hide(form, "/OC"):
            return
        matrix = _matrix(form.get("/Matrix", _AS_IT_IS))
        resources = form.get("/Resources", self._resources).get_object()
        around = self._line, self._across
        state = replace(self._state, matrix=times(matrix, self._state.matrix))
        self._draw(form, resources, state)
        self._line, self._across = around

    def _is_image(self, place: Any) -> bool:
        """Whether an image begins at *place*, by the head of its object alone: it may
        be large, and is no text."""
        with contextlib.suppress(AttributeError, KeyError, TypeError):
            stream = self._reader.stream
            stream.seek(self._reader.xref[place.generation][place.idnum])
            head, _, _ = stream.read(_HEAD).partition(b"stream")
            return _IMAGE.search(head) is not None
        return False

    def _see_image(self, _: list) -> None:
        self._has_image = True
        self._painted.see(self._state)
        a, b, c, d, *_ = self._state.matrix
        self._pictured += abs(a * d - b * c)


_OPERATORS: dict[bytes, Callable[[Painter, list], None]] = {
    b"q": Painter._save,
    b"Q": Painter._restore,
    b"cm": Painter._transform,
    b"BT": Painter._begin,
    b"Tm": Painter._set_matrix,
    b"Td": Painter._move,
    b"TD": Painter._move_and_lead,
    b"T*": Painter._next_line,
    b"Tf": Painter._set_font,
    b"Tc": Painter._set_spacing,
    b"Tw": Painter._set_words,
    b"Tz": Painter._set_scale,
    b"TL": Painter._set_leading,
    b"Ts": Painter._set_rise,
    b"Tr": Painter._set_mode,
    b"Tj": Painter._show_one,
    b"TJ": Painter._show_all,
    b"'": Painter._show_next,
    b'"': Painter._show_spaced,
    b"BMC": Painter._mark,
    b"BDC": Painter._mark_with,
    b"EMC": Painter._end_mark,
    b"Do": Painter._show_object,
    b"INLINE IMAGE": Painter._see_image,
}


def _matrix(operands: Iterable[Any]) -> Matrix:
    a, b, c, d, e, f = map(float, itertools.islice(operands, 6))
    return a, b, c, d, e, f


def _point(matrix: Matrix, across: float, up: float) -> tuple[float, float]:
    return (
        across * matrix[0] + up * matrix[2] + matrix[4],
        across * matrix[1] + up * matrix[3] + matrix[5],
    )


def _into(box: Box, form: Any) -> Matrix:
    """What puts *form* into *box*: ISO 32000-1, 12.5.5."""
    own = _matrix(form.get("/Matrix", _AS_IT_IS))
    left, low, right, high = map(float, form["/BBox"])
    corners = [_point(own, x, y) for x in (left, right) for y in (low, high)]
    (x, *_, end), (y, *_, top) = map(sorted, zip(*corners, strict=True))
    wide = (box[2] - box[0]) / ((end - x) or 1.0)
    tall = (box[3] - box[1]) / ((top - y) or 1.0)
    return (wide, 0.0, 0.0, tall, box[0] - x * wide, box[1] - y * tall)


def _box(page: Any) -> Box | None:
    """What of *page* is shown; None where that is not said as it should be."""
    with contextlib.suppress(*_UNFIT):
        x, y, end, top = map(float, page.cropbox)
        box = (min(x, end), min(y, top), max(x, end), max(y, top))
        is_wide = box[2] - box[0] > _LEAST_PAGE < box[3] - box[1]
        return box if is_wide else None
    return None


def _is_on_page(box: Box | None, x: float, y: float) -> bool:
    if box is None:
        return True
    left, low, right, high = box
    return left - _EDGE < x < right + _EDGE and low - _EDGE < y < high + _EDGE


def _turn(matrix: Matrix) -> int:
    """By how many degrees what is written with *matrix* is turned; one that is also
    mirrored is not."""
    if matrix[0] < 0 < matrix[3] or matrix[3] < 0 < matrix[0]:
        return 0
    turn = round(math.degrees(math.atan2(matrix[1], matrix[0])))
    nearest = round(turn / 90) * 90
    return (nearest if abs(turn - nearest) < _ASLANT else turn) % 360


def _upright(turn: int, x: float, y: float) -> tuple[float, float]:
    """A place on the page as that is turned to read what is written on it."""
    match turn:
        case 0:
            return x, y
        case 90:
            return y, -x
        case 180:
            return -x, -y
        case 270:
            return -y, x
    along, up = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return x * along + y * up, y * along - x * up
