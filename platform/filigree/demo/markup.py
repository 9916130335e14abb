"""The plain-text markup that the demo's PDF and DOCX files are built from.

A source begins with `key: value` lines (title, format, header, footer) up to the first
blank line. Its body is blocks separated by blank lines: `# ` and `## ` headings, `- `
and `1. ` lists, `| a | b |` tables whose first row is their head, `---` page breaks,
and paragraphs, in which `**words**` are bold.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["heading", "subheading", "bullets", "steps", "table", "break", "text"]

STARTS: tuple[tuple[str, Kind], ...] = (
    ("## ", "subheading"),
    ("# ", "heading"),
    ("- ", "bullets"),
    ("1. ", "steps"),
    ("|", "table"),
    ("---", "break"),
)
MARKER = re.compile(r"^(?:- |\d+\. |#+ )")


@dataclass(frozen=True)
class Block:
    """`rows` holds one single-cell row per line, several cells only in a table."""

    kind: Kind
    rows: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        return " ".join(cell for row in self.rows for cell in row)


@dataclass(frozen=True)
class Source:
    name: str
    title: str
    format: str
    header: str
    footer: str
    blocks: tuple[Block, ...]


def read(path: Path) -> Source:
    """Raise `KeyError` when one of the four head lines is missing."""
    head, _, body = path.read_text("utf-8").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return Source(
        name=f"{path.stem}.{fields['format']}",
        title=fields["title"],
        format=fields["format"],
        header=fields["header"],
        footer=fields["footer"],
        blocks=tuple(block(part) for part in re.split(r"\n{2,}", body.strip())),
    )


def block(text: str) -> Block:
    kind: Kind = "text"
    kind = next((kind for start, kind in STARTS if text.startswith(start)), kind)
    lines = text.splitlines()
    if kind == "table":
        return Block(kind, tuple(cells(line) for line in lines))
    if kind in ("bullets", "steps"):
        return Block(kind, tuple((MARKER.sub("", line),) for line in lines))
    return Block(kind, ((MARKER.sub("", " ".join(lines)),),))


def cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def runs(text: str) -> list[tuple[str, bool]]:
    """Split a text into (words, bold) pairs."""
    parts = text.split("**")
    return [(part, at % 2 == 1) for at, part in enumerate(parts) if part]
