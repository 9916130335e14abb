"""The texts of a PDF's page that stand level, while they come."""

from dataclasses import dataclass, field

from extraction._pdf_shown import Shown

_DOUBLED = 0.2  # ems from a text at which it is drawn again, to look bold or shadowed
_TEXTS_BACK = 40  # of a line, among which one may be drawn again or be added to
DRAWN_APART_GAP = 0.6  # the same for texts that are placed each by itself


@dataclass(slots=True)
class Row:
    """A line while its texts come, in whatever order they are drawn."""

    y: float
    size: float
    turn: int = 0
    longest: int = 0
    texts: list[Shown] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)  # of these, in which they are drawn

    def add(self, shown: Shown, order: int) -> None:
        if any(_is_again(shown, other) for other in self.texts[-_TEXTS_BACK:]):
            return
        self.texts.append(shown)
        self.orders.append(order)
        if len(shown.text) > self.longest:
            self.longest, self.size = len(shown.text), shown.size

    def has_room_for(self, shown: Shown) -> bool:
        near = self.texts[-_TEXTS_BACK:]
        return all(t.end < shown.x or shown.end < t.x for t in near)

    def touches(self, shown: Shown) -> bool:
        """Whether *shown* stands right beside one of its texts."""
        widest = DRAWN_APART_GAP * shown.size
        near = self.texts[-_TEXTS_BACK:]
        gaps = (max(shown.x - t.end, t.x - shown.end) for t in near)
        return any(abs(gap) < widest for gap in gaps)


def _is_again(shown: Shown, other: Shown) -> bool:
    if shown.text != other.text:
        return False
    return abs(shown.x - other.x) < _DOUBLED * shown.size
