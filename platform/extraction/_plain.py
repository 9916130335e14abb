"""Plain text: paragraphs between empty lines, lists by their marks.

What people make stand out is a heading: a first line by itself, a line that is framed
("*** SALE ***"), or short and in capitals. Text with underlined lines is Markdown.
"""

import re

from extraction import _lists
from extraction._builder import Builder
from extraction._limits import Limits

_GAP = re.compile(r"\n[ \t]*\n[\s]*")
_FRAME = "*=#~_- \t"
_FRAMED = re.compile(r"\s*([*=#~_])\1+.*[^\W_].*\1\1\s*")
_LONGEST_TITLE = 80  # characters
_MOST_CAPITALS = 6  # words
_ENDS_A_SENTENCE = (".", "!", "?", ":", ";", ",")


def read(text: str, builder: Builder, limits: Limits) -> None:
    # A form feed ends a page of a listing; here it only ends a paragraph.
    pieces = _GAP.split(text.replace("\f", "\n\n"))
    paragraphs = [piece.strip("\n") for piece in pieces if piece.strip()]
    is_titled = len(paragraphs) > 1 and _is_title(paragraphs[0])
    if is_titled:
        builder.heading(paragraphs[0].strip(_FRAME), 1)
    for paragraph in paragraphs[is_titled:]:
        _read_under_heading(paragraph, builder)


def _is_title(paragraph: str) -> bool:
    """Whether a first paragraph is a short line that is no sentence and no item."""
    line = paragraph.strip(_FRAME)
    is_short = 0 < len(line) <= _LONGEST_TITLE and "\n" not in paragraph
    is_item = _lists.item(paragraph) and not _FRAMED.fullmatch(paragraph)
    return is_short and not is_item and not line.endswith(_ENDS_A_SENTENCE)


def _read_under_heading(paragraph: str, builder: Builder) -> None:
    first, _, rest = paragraph.partition("\n")
    if not _FRAMED.fullmatch(first) and not _is_in_capitals(first):
        _read_paragraph(paragraph, builder)
        return
    builder.heading(first.strip(_FRAME), 2)
    if rest:
        _read_paragraph(rest, builder)


def _is_in_capitals(line: str) -> bool:
    words = line.split()
    is_short = len(words) <= _MOST_CAPITALS and sum(map(str.isalpha, line)) > 3
    return is_short and line.isupper() and not any(map(str.isdigit, line))


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
