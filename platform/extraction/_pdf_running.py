"""Headers and footers: what stands in one place of page after page."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from extraction._pdf_lines import Line

_EDGE = 3  # lines from the top and from the bottom that may be running ones
_SHARE = 0.5  # of the pages, for a line without their number
_NUMBER = re.compile(r"\d+")
_PLACE = 6.0  # points within which two places are one
_OWN = "#"  # stands for the page's own number

Key = tuple[str, int]
Page = list[Line]


def without(pages: Sequence[Page]) -> list[Page]:
    """*pages* without the lines that repeat, page numbers aside, at their edges."""
    if len(pages) < 2:
        return list(pages)
    usual = _usual_size(pages)
    edges = [_edge(page, at + 1, usual) for at, page in enumerate(pages)]
    seen = Counter(key for edge in edges for key in set(edge.values()))
    often = max(2, len(pages) * _SHARE)
    running = {key for key in seen if seen[key] >= (2 if _OWN in key[0] else often)}
    return list(map(_rest, pages, edges, itertools.repeat(running)))


def _rest(page: Page, edge: dict[int, Key], running: set[Key]) -> Page:
    return [line for line in page if edge.get(id(line)) not in running]


def _usual_size(pages: Sequence[Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _edge(page: Page, number: int, usual: float) -> dict[int, Key]:
    """What stands at the edges of *page*, by the lines' identities."""
    ordered = sorted(page, key=lambda line: -line.y)
    edge = ordered[:_EDGE] + ordered[_EDGE:][-_EDGE:]
    return {id(line): _key(line, number, usual) for line in edge}


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
