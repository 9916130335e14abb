"""DOCX: ZIP and XML read directly, since only a few of its elements carry text.

python-docx would hold the whole tree in memory and needs lxml, 15 MB together.
Pages are known only where Word noted them or an author broke them.
"""

from typing import BinaryIO

from extraction._builder import Builder
from extraction._docx_body import Body
from extraction._docx_styles import Styles
from extraction._limits import Limits
from extraction._parts import Container

_TITLE = "http://purl.org/dc/elements/1.1/ title"
_GENERIC = ("Word Document", "Document")


class Properties:
    """A handler for ``docProps/core.xml``: the stated title."""

    def __init__(self) -> None:
        self.title = ""
        self._in_title = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._in_title = name == _TITLE

    def end(self, name: str) -> None:
        self._in_title = False

    def characters(self, text: str) -> None:
        if self._in_title:
            self.title += text


def read(file: BinaryIO, builder: Builder, limits: Limits) -> int | None:
    """Fill *builder*; the number of pages, or None where no page break is known."""
    container = Container(file, limits)
    styles, properties = Styles(), Properties()
    container.parse("word/styles.xml", styles)
    container.parse("docProps/core.xml", properties)
    if properties.title.strip() not in _GENERIC:
        builder.title = properties.title.strip()
    body = Body(builder, styles, limits.pages)
    container.parse("word/document.xml", body)
    return body.page if body.breaks else None
