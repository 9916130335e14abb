"""Headers and footers: what stands in one place of page after page.

They say something, too: each is kept once, where it parts no text, and only what merely
counts the pages is left out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from extraction import _page_numbers
from extraction._pdf_lines import FAR, Line
from extraction._pdf_spool import Spool

_EDGE = 3  # lines from the top and from the bottom that may be running ones
_SHARE = 0.5  # of the pages, for a line without their number
_PLACE = 6.0  # points within which two places are one
_OWN = "#"  # stands for the page's own number
# A page's number begins or ends a line, or is told with how many there are.
_NUMBER = re.compile(r"^\W*\d+|\d+\W*$|\d+(?=\s*(?:/|of|von|de|sur|van)\s*\d+\W*$)")
_SENTENCE = re.compile(r"\w\W+\w.*[.!?]$")
_COUNTING = re.compile(
    r"(?:\W|\d|page|seite|p[áa]gina|pagina|pag|p[áa]g|pg|p|s|of|von|de|sur|van|#)*",
    re.IGNORECASE,
)

Key = tuple[str, int]
Edge = dict[int, Key]


def without(pages: Spool) -> Spool:
    """*pages* with the lines that repeat, page numbers aside, at their edges but once:
    at the top of the first, at the bottom of the last; page numbers not at all."""
    edges = _edges(pages)
    if len(edges) < 2:
        return _unnumbered(pages, edges)
    running = _running(edges)
    usual = _usual_size(pages)
    body = Spool()
    for number, (page, edge) in enumerate(zip(pages.pages(), edges, strict=True)):
        shown = [
            at for at in range(len(page)) if running.get(edge.get(at), number) == number
        ]
        # Drawn last by many a program, they would stand in the middle of what goes on
        # overleaf.
        shown.sort(key=lambda at: _side(edge.get(at), running))
        for at in shown:
            if edge.get(at) in running:  # however it looks, it heads no section
                page[at] = replace(page[at], size=usual, bold=False)
        body.add([page[at] for at in shown])
    return body


def _unnumbered(pages: Spool, edges: list[Edge]) -> Spool:
    """*pages*, of which there is one at most, without the line that counts it."""
    body = Spool()
    for page, edge in zip(pages.pages(), edges, strict=True):
        body.add(
            [
                line
                for at, line in enumerate(page)
                if not (at in edge and _page_numbers.is_named(line.text))
            ]
        )
    return body


def letters(pages: Spool) -> Counter[int]:
    """How many letters each page has, by its number, without what repeats at the edges
    of several."""
    edges = _edges(pages)
    running = _running(edges) if len(edges) > 1 else {}
    counted: Counter[int] = Counter()
    for page, edge in zip(pages.pages(), edges, strict=True):
        own = (line for at, line in enumerate(page) if edge.get(at) not in running)
        for line in own:
            counted[line.page] += sum(map(str.isalpha, line.text))
    return counted


def _side(key: Key | None, running: Mapping[Key | None, int]) -> int:
    """-1 for what runs at the top of the pages, 1 at the bottom, 0 for their text."""
    if key not in running:
        return 0
    return -1 if key is not None and key[1] > 0 else 1


def _running(edges: list[Edge]) -> Mapping[Key | None, int]:
    """What stands at the edges of so many pages that it is no text of theirs, and the
    page, from 0, on which it is kept; -1 for none."""
    on = defaultdict[Key, list[int]](list)
    for number, edge in enumerate(edges):
        for key in set(edge.values()):
            on[key].append(number)
    often = max(2, len(edges) * _SHARE)
    return {
        key: _kept(key, seen)
        for key, seen in on.items()
        if len(seen) >= (2 if _OWN in key[0] else often)
    }


def _kept(key: Key, seen: list[int]) -> int:
    if _COUNTING.fullmatch(key[0]):
        return -1
    return seen[0] if key[1] > 0 else seen[-1]


def _edges(pages: Spool) -> list[Edge]:
    usual = _usual_size(pages)
    return [_edge(page, at, usual) for at, page in enumerate(pages.pages(), 1)]


def _usual_size(lines: Iterable[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _edge(page: list[Line], number: int, usual: float) -> Edge:
    """What stands at the edges of *page*, by the lines' places in it.

    No sentence as large as the text: "Ask for key 3." is said of room 3, which happens
    to be on page 3.
    """
    ordered = sorted(enumerate(page), key=lambda line: -line[1].y)
    aside = [line for line in ordered if line[1].y < -FAR / 2]
    ordered = ordered[: len(ordered) - len(aside)]
    middle = (len(ordered) + 1) // 2
    bottom = ordered[middle:][-_EDGE:] + aside
    sides = (ordered[:middle][:_EDGE], 1), (bottom, -1)
    return {
        at: _key(line, number, usual, side)
        for lines, side in sides
        for at, line in lines
        if not (_SENTENCE.search(line.text) and line.size > usual * 0.95)
    }


def _key(line: Line, page: int, usual: float, side: int) -> Key:
    """A line's text and place, negative at the bottom; the page's own number in it made
    equal on all pages.

    Not so in larger text: "Step 1" and "Step 2" head the pages that they are on.
    """
    place = side * (1 + round(abs(line.y) / _PLACE))
    if line.size > usual * 1.1 and not _COUNTING.fullmatch(line.text):
        return line.text, place
    return _NUMBER.sub(lambda found: _same(found[0], page), line.text), place


def _same(text: str, page: int) -> str:
    """The number in *text* as any page's own, if it can be that: printed numbers may
    run ahead of or behind the pages by the front matter."""
    number = re.search(r"\d+", text)[0]
    near = abs(int(number[:9]) - page) <= 20
    return text.replace(number, _OWN) if near else text
