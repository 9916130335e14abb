"""Headers and footers: what stands in one place of page after page."""

import re
from collections import Counter
from collections.abc import Iterable

from extraction._pdf_lines import Line
from extraction._pdf_spool import Spool

_EDGE = 3  # lines from the top and from the bottom that may be running ones
_SHARE = 0.5  # of the pages, for a line without their number
_NUMBER = re.compile(r"\d+")
_PLACE = 6.0  # points within which two places are one
_OWN = "#"  # stands for the page's own number

Key = tuple[str, int]
Edge = dict[int, Key]


def without(pages: Spool) -> Spool:
    """*pages* without the lines that repeat, page numbers aside, at their edges."""
    edges = _edges(pages)
    if len(edges) < 2:
        return pages
    running = _running(edges)
    body = Spool()
    for page, edge in zip(pages.pages(), edges, strict=True):
        body.add([each for at, each in enumerate(page) if edge.get(at) not in running])
    return body


def _running(edges: list[Edge]) -> set[Key]:
    """What stands at the edges of so many pages that it is no text of theirs."""
    seen = Counter(key for edge in edges for key in set(edge.values()))
    often = max(2, len(edges) * _SHARE)
    return {key for key in seen if seen[key] >= (2 if _OWN in key[0] else often)}


def _edges(pages: Spool) -> list[Edge]:
    usual = _usual_size(pages)
    return [_edge(page, at, usual) for at, page in enumerate(pages.pages(), 1)]


def _usual_size(lines: Iterable[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _edge(page: list[Line], number: int, usual: float) -> Edge:
    """What stands at the edges of *page*, by the lines' places in it."""
    ordered = sorted(enumerate(page), key=lambda line: -line[1].y)
    edge = ordered[:_EDGE] + ordered[_EDGE:][-_EDGE:]
    return {at: _key(line, number, usual) for at, line in edge}


def _key(line: Line, page: int, usual: float) -> Key:
    """A line's text and place, the page's own number in it made equal on all pages.

    Not so in larger text: "Step 1" and "Step 2" head the pages that they are on.
    """
    place = round(line.y / _PLACE)
    if line.size > usual * 1.1:
        return line.text, place
    return _NUMBER.sub(lambda found: _same(found[0], page), line.text), place


def _same(number: str, page: int) -> str:
    # Printed numbers may run ahead of or behind the pages by the front matter.
    return _OWN if abs(int(number[:9]) - page) <= 20 else number
