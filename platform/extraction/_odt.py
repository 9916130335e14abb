"""ODT: an OpenDocument text, from ZIP and XML as a DOCX is."""

from typing import BinaryIO

from extraction import _odt_body, _odt_styles, _office
from extraction._builder import Builder
from extraction._limits import Limits
from extraction._parts import Container, Handler
from extraction._refused import Refused


class Manifest(Handler):
    """A handler for ``META-INF/manifest.xml``: whether a password is needed."""

    encrypted = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.encrypted = self.encrypted or name.endswith(" encryption-data")


def read(file: BinaryIO, builder: Builder, limits: Limits) -> int | None:
    """Fill *builder*; the number of pages, or None where no page break is known."""
    container = Container(file, limits)
    manifest = Manifest()
    container.parse("META-INF/manifest.xml", manifest)
    if manifest.encrypted:
        raise Refused("encrypted", "it needs a password")
    builder.title = _office.title(container, "meta.xml")
    styles = _odt_styles.Styles()
    container.parse("styles.xml", styles)
    body = _odt_body.Body(builder, limits.pages, styles)
    container.parse("content.xml", body)
    return body.page if body.page > 1 else None
