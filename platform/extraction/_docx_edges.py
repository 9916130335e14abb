"""What stands at the edges of a DOCX's pages: who writes it, where to call.

Each is read once, below the text. Numbers of pages are left out.
"""

import re
from collections.abc import Callable, Iterator

from extraction import _office, _page_numbers
from extraction._builder import Builder
from extraction._docx_body import Body
from extraction._limits import Limits
from extraction._parts import Container
from extraction._refused import Refused

_DOCUMENT = "word/document.xml"
_EDGE = re.compile(r"/(header|footer)\d*\.xml$")
_MOST = 30  # sections with edges of their own


def lines(
    container: Container, limits: Limits, body: Callable[[Builder], Body]
) -> Iterator[str]:
    """The texts at the edges, each once; *body* makes what reads a part."""
    related = _office.relations(container, _DOCUMENT).targets.values()
    parts = sorted(part for part in {*related} if _EDGE.search(f"/{part}"))
    known: set[str] = set()
    # Headers before footers, as they stand on a page.
    for part in sorted(parts[:_MOST], key=lambda part: "footer" in part):
        edge = Builder(limits)
        container.parse(part, body(edge))
        for line in _said(edge):
            if line not in known and not _page_numbers.is_one(line):
                known.add(line)
                yield line


def _said(edge: Builder) -> list[str]:
    try:
        document = edge.built("", "", None)
    except Refused:  # it says nothing
        return []
    return [document.of(block) for block in document.blocks]
