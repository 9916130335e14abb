"""Text that is set in columns and drawn line by line, across all of them.

Its lines look like a table's rows. But in a column of text one line leads on to the
next, in all columns and all the way down; in a table each row begins anew.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extraction import _pdf_table
from extraction._pdf_lines import Line

_FEWEST = 3  # lines of a column
_WORDS = 3  # in a line, on average
_LED_ON = 0.5  # of the lines lead on to the next
_FILLED = 0.75  # of the places are
_ENDS = tuple(".!?:;…")
_SENTENCE = re.compile(r"\w{2}[.!?](\s|$)|\w-$")  # its end, or a divided word


def apart(lines: Sequence[Line], tight: float) -> Iterator[Line]:
    """*lines*, those of columns of text one column after the other; *tight* as that of
    a table."""
    at = 0
    while at < len(lines):
        end, columns = _pdf_table.run(lines, at, tight)
        parted = [
            [*_of(lines[at:end], columns, place)] for place in range(len(columns))
        ]
        if _are_text(parted, end - at):
            yield from itertools.chain.from_iterable(parted)
        else:
            yield from lines[at:end]
        at = end


def _of(lines: Sequence[Line], columns: list, place: int) -> Iterator[Line]:
    """What of *lines* stands in one column."""
    for line in lines:
        own = [c for c in line.cells if _pdf_table.column(c, columns) == place]
        if own:
            yield replace(line, cells=own)


def _are_text(parted: Sequence[Sequence[Line]], height: int) -> bool:
    if len(parted) < 2 or height < _FEWEST:
        return False
    filled = sum(map(len, parted)) >= _FILLED * height * len(parted)
    return filled and all(map(_is_text, parted))


def _is_text(column: Sequence[Line]) -> bool:
    """Whether most lines of a column lead on to the next, and are of sentences."""
    texts = [line.text for line in column]
    words = sum(len(text.split()) for text in texts)
    pairs = [*itertools.pairwise(texts)]
    led = sum(_leads_on(above, below) for above, below in pairs)
    goes_on = led >= _LED_ON * len(pairs) and words >= _WORDS * len(texts)
    return goes_on and any(map(_SENTENCE.search, texts))


def _leads_on(above: str, below: str) -> bool:
    return not above.endswith(_ENDS) and (below[:1].islower() or above.endswith("-"))
