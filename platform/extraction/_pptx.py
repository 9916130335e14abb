"""PPTX: what each slide says, and what its speaker notes; a slide is a page."""

from typing import BinaryIO

from extraction import _office
from extraction._builder import Builder
from extraction._limits import Limits
from extraction._parts import Container, Handler
from extraction._pptx_slide import Slide
from extraction._refused import Refused

SHOW = "ppt/presentation.xml"


class Slides(Handler):
    """A handler for ``ppt/presentation.xml``: the slides' relations, in order."""

    def __init__(self) -> None:
        self.related: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _office.local(name, "presentationml") == "sldId":
            self.related.append(_office.related(attributes))


def read(file: BinaryIO, builder: Builder, limits: Limits) -> int:
    """Fill *builder*; the number of slides."""
    container = Container(file, limits)
    builder.title = _office.title(container)
    slides = Slides()
    container.parse(SHOW, slides)
    if len(slides.related) > limits.pages:
        raise Refused("too_many_pages", f"it has more than {limits.pages:,} slides")
    targets = _office.relations(container, SHOW).targets
    for number, related in enumerate(slides.related, 1):
        _place(container, targets.get(related, ""), builder, number)
    return len(slides.related)


def _place(container: Container, part: str, builder: Builder, number: int) -> None:
    slide, notes = Slide(), Slide()
    container.parse(part, slide)
    if slide.hidden:
        return
    container.parse(
        _office.relations(container, part).kinds.get("notesSlide", ""), notes
    )
    builder.heading(" ".join(slide.title), 1, number)
    for text in slide.texts:
        builder.paragraph(text, number)
    for table in slide.tables:
        for line, _ in table.lines():
            builder.table_row(line, number)
    for text in notes.texts:
        builder.paragraph(text, number)
