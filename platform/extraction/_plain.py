"""Plain text: paragraphs between empty lines, lists by their marks."""

import re

from extraction import _lists
from extraction._builder import Builder

_GAP = re.compile(r"\n[ \t]*\n[\s]*")


def read(text: str, builder: Builder) -> None:
    # A form feed ends a page of a listing; here it only ends a paragraph.
    for paragraph in _GAP.split(text.replace("\f", "\n\n")):
        _read_paragraph(paragraph.strip("\n"), builder)


def _read_paragraph(paragraph: str, builder: Builder) -> None:
    lines = paragraph.split("\n")
    if any(_lists.item(line) for line in lines):
        _read_list(lines, builder)
    elif _is_broken_by_hand(lines):
        builder.verbatim(paragraph)
    else:
        builder.paragraph(paragraph)


def _read_list(lines: list[str], builder: Builder) -> None:
    """Items with their continuation lines, and what stands before the first."""
    before: list[str] = []
    items: list[list[str]] = []
    for line in lines:
        if _lists.item(line):
            items.append([line])
        else:
            (items[-1] if items else before).append(line)
    builder.paragraph(" ".join(before))
    for item in items:
        builder.list_item(_lists.unmarked(" ".join(item)))


def _is_broken_by_hand(lines: list[str]) -> bool:
    """Short lines, as of an address or opening hours, mean something by themselves."""
    return len(lines) > 1 and max(len(line) for line in lines[:-1]) < 50
