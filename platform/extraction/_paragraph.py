"""A paragraph of an Office file, while it is read."""

from dataclasses import dataclass, field

from extraction._builder import Builder
from extraction._document import PageStart


@dataclass
class Paragraph:
    """``level`` is that of a heading, 0 of text, None where only the style tells.

    ``starts`` are the pages that its words are on; ``notes`` are its footnotes.
    """

    level: int | None = None
    style: str = ""
    listed: str | None = None  # the number of its list; "" for none, None as its style
    depth: int | None = None  # in the list
    is_cut: bool = False  # something of it was deleted
    pieces: list[str] = field(default_factory=list)
    starts: list[PageStart] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def write(self, text: str, page: int) -> None:
        if text.strip() and (not self.starts or self.starts[-1][1] != page):
            self.starts.append((sum(map(len, self.pieces)), page))
        self.pieces.append(text)

    def begin_with(self, number: str) -> None:
        """Put its number, which no text of the file is, before what it says."""
        self.pieces.insert(0, number)
        later = ((at + len(number), page) for at, page in self.starts[1:])
        self.starts = [*self.starts[:1], *later]

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def whole(self) -> str:
        """The text with its footnotes, where they can only stand in it."""
        return " ".join([self.text, *self.notes])

    def place(self, builder: Builder, level: int, is_item: bool, page: int) -> None:
        """Give it to *builder* as what begins on *page*, its footnotes behind it."""
        turns = self.starts[1:]
        if level:
            builder.heading(self.text, level, page)
        elif is_item:
            builder.list_item(self.text, page, turns)
        else:
            builder.paragraph(self.text, page, turns)
        for note in self.notes:
            builder.paragraph(note, page)

    def page(self, now: int) -> int:
        """The page on which it begins, if it says anything, or else the one *now*."""
        return self.starts[0][1] if self.starts else now
