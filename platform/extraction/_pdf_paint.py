"""What a page of a PDF draws besides text, as far as it tells whether text is seen.

White text is seen on a ground of another colour; a line through a text crosses it out.
ISO 32000-1, 8.5 and 8.6. Boxes and lines are in points, as the page has them.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

Box = tuple[float, float, float, float]  # its lower left and its upper right corner
Matrix = tuple[float, float, float, float, float, float]

_WHITE = 0.97  # and above, of each of red, green and blue, or of grey
_NO_INK = 0.03  # and below, of each of four inks
_THIN = 3.0  # points: what is filled and no taller is a line
_LEVEL = 1.0  # point by which a line may rise
_SHORTEST = 2.0  # points
_MOST = 5_000  # boxes and lines of a page that are remembered


class Stroke(NamedTuple):
    """A level line."""

    x: float
    end: float
    y: float


class State(Protocol):
    matrix: Matrix
    is_white: bool


class Paint:
    """The grounds and level lines of a page, as it draws them."""

    def __init__(self) -> None:
        self.strokes: list[Stroke] = []
        self._grounds: list[Box] = []
        self._path: list[Box] = []

    def covers(self, box: Box) -> bool:
        """Whether something is drawn below any of *box* that is not white."""
        if len(self._grounds) == _MOST:
            return True
        x, y, end, top = box
        return any(
            left < end and x < right and low < top and y < high
            for left, low, right, high in self._grounds
        )

    def see(self, state: State) -> None:
        """A picture: it takes the unit's square (8.9.5)."""
        self._cover(_box(state.matrix, [0.0, 1.0], [0.0, 1.0]))

    def _cover(self, box: Box) -> None:
        if len(self._grounds) < _MOST:
            self._grounds.append(box)

    def _rectangle(self, state: State, operands: Sequence[Any]) -> None:
        x, y, wide, high = map(float, operands)
        self._path.append(_box(state.matrix, [x, x + wide], [y, y + high]))

    def _move(self, state: State, operands: Sequence[Any]) -> None:
        x, y = map(float, operands)
        self._path.append(_box(state.matrix, [x], [y]))

    def _go_on(self, state: State, operands: Sequence[Any]) -> None:
        """A line or a curve, by the points that it is within."""
        places = [*map(float, operands)]
        if self._path:
            own = _box(state.matrix, places[::2], places[1::2])
            self._path[-1] = _around(self._path[-1], own)

    def _stroke(self, _: State, __: Sequence[Any]) -> None:
        for box in self._path:
            self._rule(box, _LEVEL)
        self._path = []

    def _fill(self, state: State, _: Sequence[Any]) -> None:
        for box in self._path:
            if not self._rule(box, _THIN) and not state.is_white:
                self._cover(box)
        self._path = []

    def _rule(self, box: Box, tallest: float) -> bool:
        """Whether *box* is a level line; one that crosses out may be white, too."""
        x, low, end, high = box
        is_level = high - low <= tallest and end - x >= _SHORTEST
        if is_level and len(self.strokes) < _MOST:
            self.strokes.append(Stroke(x, end, (low + high) / 2))
        return is_level

    def _end(self, _: State, __: Sequence[Any]) -> None:
        self._path = []

    def _shade(self, _: State, __: Sequence[Any]) -> None:
        self._cover((-1e9, -1e9, 1e9, 1e9))


def _box(matrix: Matrix, across: Sequence[float], up: Sequence[float]) -> Box:
    a, b, c, d, e, f = matrix
    corners = [
        (x * a + y * c + e, x * b + y * d + f)
        for x in (min(across), max(across))
        for y in (min(up), max(up))
    ]
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _around(one: Box, other: Box) -> Box:
    low = map(min, one[:2], other[:2])
    return (*low, *map(max, one[2:], other[2:]))


def _set_grey(_: Paint, state: State, operands: Sequence[Any]) -> None:
    state.is_white = float(operands[0]) >= _WHITE


def _set_inks(_: Paint, state: State, operands: Sequence[Any]) -> None:
    state.is_white = len(operands) == 4 and all(
        float(ink) <= _NO_INK for ink in operands
    )


def _set_colour(_: Paint, state: State, operands: Sequence[Any]) -> None:
    """Of red, green and blue; what one number, or four, say depends on the space."""
    state.is_white = len(operands) == 3 and all(
        float(share) >= _WHITE for share in operands
    )


def _set_space(_: Paint, state: State, __: Sequence[Any]) -> None:
    state.is_white = False


OPERATORS: dict[bytes, Callable[[Paint, Any, Sequence[Any]], None]] = {
    b"re": Paint._rectangle,
    b"m": Paint._move,
    **dict.fromkeys((b"l", b"c", b"v", b"y"), Paint._go_on),
    **dict.fromkeys((b"S", b"s"), Paint._stroke),
    **dict.fromkeys((b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"), Paint._fill),
    b"n": Paint._end,
    b"sh": Paint._shade,
    b"g": _set_grey,
    b"k": _set_inks,
    **dict.fromkeys((b"rg", b"sc", b"scn"), _set_colour),
    b"cs": _set_space,
}
