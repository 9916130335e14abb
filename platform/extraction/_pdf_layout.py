"""Lines of a PDF into headings, paragraphs, list items and table rows.

A heading is larger than the body's text, or stands in the outline, or is a short bold
line of its own. A paragraph ends at a gap, at an item's mark, and where a size changes.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extraction import _hyphens, _lists, _pdf_clauses, _pdf_columns, _pdf_table
from extraction._builder import Builder
from extraction._document import PageStart
from extraction._pdf_lines import Line

_LARGER = 1.14  # than the body, for a heading
_LONGEST_HEADING = 200  # characters
_LONGEST_BOLD = 90
_GAP = 1.3  # times the usual distance of two lines ends a paragraph
_LINES_BACK = 20  # by which a paragraph's width is known
_SAME = 4.0  # ems between the beginnings of lines of one column, at most
_SHORT = 2  # lines of an item whose mark is not known
_LETTER = 0.6  # ems, of a letter of the next word
_ROOM = 2.5  # ems to spare, with which a line could have taken the next word
_NUMBER = re.compile(r"\d{1,3}(?=[.)]\s)")
_ENDS = (".", "!", "?", ":", ";", "…", "。", '."', ".”", ".)")


@dataclass(frozen=True)
class Style:
    """How a document is set: its body's size, its line distance, its headings."""

    body: float
    leading: float
    sizes: list[float]  # of headings, the largest first
    outline: dict[str, int]

    def level(self, line: Line) -> int:
        """The level of the heading that *line* is (part of); 0 for other text."""
        text = line.text
        if len(text) > _LONGEST_HEADING or sum(map(str.isalpha, text)) < 2:
            return 0
        if stated := self.outline.get(key(text)):
            return stated
        if _size(line) in self.sizes:
            return self.sizes.index(_size(line)) + 1
        return len(self.sizes) + 1 if self._is_bold_heading(line, text) else 0

    def _is_bold_heading(self, line: Line, text: str) -> bool:
        alone = line.bold and len(line.cells) == 1 and len(text) <= _LONGEST_BOLD
        return alone and not text.endswith((*_ENDS, ",")) and not _lists.item(text)


def key(title: str) -> str:
    """A title as it is compared: letters and digits only."""
    return re.sub(r"[\W_]+", "", title).lower()


def place(lines: Sequence[Line], outline: dict[str, int], to: Builder) -> None:
    """Fill *to* with *lines*."""
    if not lines:
        return
    lines = [*_pdf_table.stacked(lines)]
    body = _body(_weights(lines))
    tight = _pdf_table.tight(_leading(lines, body), body)
    lines = [*_pdf_clauses.joined(lines, tight)]
    lines = [*_pdf_columns.apart(lines, tight)]
    style = _style(lines, outline)
    words = _hyphens.known([line.text for line in lines])
    at = 0
    table: _pdf_table.Table | None = None
    while at < len(lines):
        table = _pdf_table.found(lines, at, table, tight)
        if table:
            for row in table.rows:
                to.table_row(row, lines[at].page)
            at = table.end
        else:
            at = _place_block(lines, at, style, words, to)


def _style(lines: Sequence[Line], outline: dict[str, int]) -> Style:
    weights = _weights(lines)
    body = _body(weights)
    # What is large and long is text of another kind, such as a leaflet's introduction.
    large = {
        _size(line)
        for line in lines
        if _size(line) >= body * _LARGER and len(line.text) <= _LONGEST_HEADING
    }
    total = sum(weights.values())
    sizes = sorted((s for s in large if weights[s] < 0.3 * total), reverse=True)
    return Style(body, _leading(lines, body), sizes[:6], outline)


def _weights(lines: Iterable[Line]) -> Counter[float]:
    """The characters of each size."""
    weights: Counter[float] = Counter()
    for line in lines:
        weights[_size(line)] += len(line.text)
    return weights


def _body(weights: Counter[float]) -> float:
    return weights.most_common(1)[0][0]


def _size(line: Line) -> float:
    return round(line.size * 2) / 2


def _leading(lines: Sequence[Line], body: float) -> float:
    """The usual distance of two lines of the body, in text rather than in tables: what
    is as near as that is of one paragraph, and many may be of a line each."""
    pairs = [
        (upper, lower)
        for upper, lower in itertools.pairwise(lines)
        if _is_near(upper, lower, body)
    ]
    text = [pair for pair in pairs if all(len(line.cells) == 1 for line in pair)]
    near = sorted(upper.y - lower.y for upper, lower in text or pairs)
    return near[len(near) // 4] if near else body * 1.2


def _is_near(upper: Line, lower: Line, body: float) -> bool:
    """Whether *lower* may be the next line below *upper*, both of the body's size."""
    is_body = _size(upper) == _size(lower) == body and upper.page == lower.page
    return is_body and 0 < upper.y - lower.y < 2.5 * body


def _place_block(
    lines: Sequence[Line], at: int, style: Style, words: set[str], to: Builder
) -> int:
    """Place the block that begins at *at*; the index after it."""
    level = style.level(lines[at])
    goes_on = _heading_goes_on if level else _text_goes_on
    end = at + 1
    while end < len(lines) and goes_on(lines, at, end, style):
        end += 1
    text = _hyphens.joined((line.text for line in lines[at:end]), words)
    page = lines[at].page
    is_item = lines[at].is_clause or _lists.item(text)
    is_item = is_item or _is_one_of_several(lines, at, end, style)
    if level:
        to.heading(text, level, page)
    else:
        add = to.list_item if is_item else to.paragraph
        add(_lists.unmarked(text), page, _turns(lines, at, end, words))
    return end


def _is_one_of_several(lines: Sequence[Line], at: int, end: int, style: Style) -> bool:
    """Whether a short block was ended by hand, or the one before it was: the marks of
    its list are drawn, not written, or it is a line of an address."""
    if end - at > _SHORT or lines[end - 1].text.endswith((".", ":")):
        return False
    return any(
        0 < edge < len(lines) and _is_ended(lines, edge, style) for edge in (at, end)
    )


def _is_ended(lines: Sequence[Line], end: int, style: Style) -> bool:
    """Whether a line was ended by hand, and more of its kind follows it."""
    above, line = lines[end - 1], lines[end]
    is_near = 0 < above.y - line.y <= _GAP * max(style.leading, above.size * 1.1)
    is_text = not style.level(above) and not style.level(line)
    are_single = len(above.cells) == len(line.cells) == 1
    is_alike = above.page == line.page and is_text and are_single
    is_short = not above.text.endswith((".", ":"))
    return is_near and is_alike and is_short and _is_broken(lines, end)


def _turns(
    lines: Sequence[Line], at: int, end: int, words: set[str]
) -> Iterator[PageStart]:
    """Where in the text of a block's lines another page begins."""
    for below in range(at + 1, end):
        if (page := lines[below].page) != lines[below - 1].page:
            above = (line.text for line in lines[at:below])
            yield len(_lists.unmarked(_hyphens.joined(above, words))), page


def _heading_goes_on(lines: Sequence[Line], at: int, end: int, style: Style) -> bool:
    above, line = lines[end - 1], lines[end]
    near = 0 < above.y - line.y < 1.5 * above.size and above.page == line.page
    alike = _size(above) == _size(line) and above.bold == line.bold
    stated = key(above.text) in style.outline or key(line.text) in style.outline
    return near and alike and not stated and style.level(line) > 0 and end - at < 4


def _text_goes_on(lines: Sequence[Line], at: int, end: int, style: Style) -> bool:
    above, line = lines[end - 1], lines[end]
    if style.level(line) or _is_row(lines, end):
        return False
    if abs(line.size - above.size) > 0.12 * style.body:
        return False
    if _is_item(lines[at].text, above.text, line):
        return False
    distance = above.y - line.y
    if above.page != line.page or distance < 0:  # the next page or column
        return _is_cut(above.text, line.text)
    is_far = distance > _GAP * max(style.leading, above.size * 1.1)
    if is_far or _is_broken(lines, end):
        return False
    return not _is_last(lines[max(at, end - _LINES_BACK) : end], line, above)


def _is_row(lines: Sequence[Line], at: int) -> bool:
    """Whether the line *at* is one of several with cells, not a loosely set one."""
    return len(lines[at].cells) > 2 and (
        len(lines[at - 1].cells) > 1
        or at + 1 == len(lines)
        or len(lines[at + 1].cells) > 1
    )


def _is_item(first: str, above: str, line: Line) -> bool:
    """Whether *line* begins an item below *above*, in a block that begins with *first*:
    a number may also be the first word that found no room in the line above."""
    if not _lists.item(line.text):
        return line.is_clause
    number, before = _NUMBER.match(line.text), _NUMBER.match(first)
    if number is None or number[0] == "1" or above.endswith(_ENDS):
        return True
    return before is not None and int(number[0]) == int(before[0]) + 1


def _is_broken(lines: Sequence[Line], end: int) -> bool:
    """Whether the line before *end* was ended by hand, as an item without a mark or a
    line of an address is: the next word would have found room in it."""
    above, line = lines[end - 1], lines[end]
    is_aside = abs(line.x - above.x) > line.size
    if not is_aside and not line.text[0].isupper() and not line.text[0].isdigit():
        return False
    around = sorted(
        other.end
        for other in lines[max(0, end - _LINES_BACK) : end + _LINES_BACK]
        if other.page == above.page and abs(other.x - above.x) < _SAME * above.size
    )
    if len(around) < 2:
        return False
    edge = around[-2]  # the longest may be a title across all columns
    word = line.text.split(maxsplit=1)[0]
    return edge - above.end > (_LETTER * len(word) + _ROOM) * above.size


def _is_cut(above: str, below: str) -> bool:
    """Whether a sentence goes on from one page or column to the next."""
    return not above.endswith(_ENDS) and (below[:1].islower() or above.endswith("-"))


def _is_last(block: Iterable[Line], line: Line, above: Line) -> bool:
    """Whether *above* ends its paragraph: a full stop well before the margin."""
    widest = max(other.end for other in (*block, line))
    room = widest - above.end
    indented = line.x - above.x > 0.8 * line.size and not _lists.item(above.text)
    return above.text.endswith(_ENDS) and (room > 0.25 * (widest - above.x) or indented)
