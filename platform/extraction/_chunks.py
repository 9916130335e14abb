"""A document into chunks that a search can find and an answer can cite.

A chunk is a span of the canonical text: ``document.text[start:end] == text``. It
consists of whole sentences, items and rows of one section, or of neighbouring sections
that are too small to stand alone. Only what alone exceeds the budget is cut,
between words where there are any.
"""

import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from extraction import _tokens
from extraction._document import Block, Extracted, PageStart
from extraction._packed import Packed
from extraction._sentences import sentences

Counter = Callable[[str], int]
SectionStart = tuple[int, list[str]]  # from which character on, and its path
_LONGEST_TITLE = 200  # characters of a heading in a path
_TINY = 8  # a section below an eighth of the budget is joined with its neighbour


class Chunk(NamedTuple):
    """A passage; ``section`` is its path of headings, ``page`` where it begins.

    Of several sections in one chunk, ``section`` is what their paths share, and
    ``section_starts`` is where in its text each begins, and its own path;
    ``page_starts`` is where further pages begin, and which.
    """

    section: list[str]
    page: int | None
    start: int
    end: int
    text: str
    page_starts: list[PageStart]
    section_starts: list[SectionStart]


class Unit(NamedTuple):
    """What is not cut if it can be helped: a sentence, an item, a row, a heading."""

    start: int
    end: int
    tokens: int
    repeats: bool  # whether the next chunk may begin with it
    is_heading: bool


@dataclass
class Section:
    """A heading with what is below it and above the next heading.

    ``bare`` while it is headings and nothing below them. ``starts``: where in the
    document it, and each that was joined to it, begins.
    """

    path: list[str]
    units: Packed[Unit] = field(default_factory=lambda: Packed(Unit, 5))
    starts: list[SectionStart] = field(default_factory=list)
    tokens: int = 0
    bare: bool = True

    def take(self, units: Iterable[Unit]) -> None:
        for unit in units:
            if not self.units:
                self.starts = [(unit.start, self.path)]
            self.units.add(*unit)
            self.tokens += unit.tokens
            self.bare = self.bare and unit.is_heading

    def title(self, below: "Section") -> None:
        """Go on with what is below: it is headings alone, which lead to that."""
        self.path, self.starts = below.path, [(self.units[0].start, below.path)]
        self.take(below.units)

    def join(self, neighbour: "Section") -> None:
        self.path = _shared(self.path, neighbour.path)
        self.starts += neighbour.starts
        self.take(neighbour.units)

    def within(self, start: int, end: int) -> list[SectionStart]:
        """Where in the span which section begins, the first at its beginning."""
        first = [path for at, path in self.starts if at <= start][-1]
        further = [(at - start, path) for at, path in self.starts if start < at < end]
        return [(0, first), *further]


def chunk(
    document: Extracted,
    budget_tokens: int = 180,
    overlap: int = 30,
    *,
    count: Counter = _tokens.estimate,
) -> list[Chunk]:
    """The chunks of *document*, in order; every character of its text is in one."""
    return list(each_chunk(document, budget_tokens, overlap, count=count))


def each_chunk(
    document: Extracted,
    budget_tokens: int = 180,
    overlap: int = 30,
    *,
    count: Counter = _tokens.estimate,
) -> Iterator[Chunk]:
    """The chunks of *document*, one at a time.

    A chunk has at most *budget_tokens* by *count*, which never falls when text is added
    and counts at most *budget_tokens* for one character. It begins with the last
    whole sentences of the chunk before, of its section, that fit into *overlap* tokens.
    ValueError for a budget below 1 or an overlap that is not below the budget.
    """
    if not 0 <= overlap < budget_tokens:
        raise ValueError("0 <= overlap < budget_tokens must hold")
    cut = Cut(document.text, budget_tokens, overlap, count, document.page_starts)
    for section in _merged(_sections(document, cut), budget_tokens):
        yield from cut.chunks(section)


@dataclass(frozen=True)
class Cut:
    """How to cut one text."""

    text: str
    budget: int
    overlap: int
    count: Counter
    page_starts: list[PageStart]

    def fits(self, start: int, end: int) -> bool:
        return self.count(self.text[start:end]) <= self.budget

    def units(self, document: Extracted, block: Block) -> Iterator[Unit]:
        whole = block.kind in ("heading", "table_row", "list_item")
        if whole and self.fits(block.start, block.end):
            yield self._unit(block.start, block.end, block)
            return
        for start, end in sentences(document.of(block)):
            for span in self._pieces(block.start + start, block.start + end):
                yield self._unit(*span, block)

    def _unit(self, start: int, end: int, block: Block) -> Unit:
        tokens = self.count(self.text[start:end])
        repeats = block.kind in ("paragraph", "list_item")
        is_heading = block.kind == "heading"
        return Unit(start, end, tokens, repeats, is_heading)

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """A span in pieces that fit, each as long as possible."""
        while (stop := self._longest(start, end)) < end:
            stop = _last_space(self.text, start, stop) or stop
            yield start, stop
            start = stop
            while self.text[start].isspace():
                start += 1
        yield start, end

    def _longest(self, start: int, end: int) -> int:
        """The largest stop for which the span fits; at least one character.

        Looks ahead step by step, so that a text of millions of characters without an
        end of a sentence takes no longer than another.
        """
        low, step = start + 1, self.budget
        while low < end and self.fits(start, min(low + step, end)):
            low, step = min(low + step, end), step * 2
        high = min(low + step, end + 1)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.fits(start, middle) else (low, middle)
        return min(low, end)

    def chunks(self, section: Section) -> Iterator[Chunk]:
        """The chunks of *section*: as many units as fit, then some of them again."""
        units = section.units
        begin = 0
        while begin < len(units):
            end = self._fill(units, begin)
            yield self._chunk(section, units[begin].start, units[end - 1].end)
            begin = self._again(units, begin, end) if end < len(units) else end

    def _chunk(self, section: Section, start: int, end: int) -> Chunk:
        after = bisect.bisect_left(self.page_starts, (start + 1,))
        before = bisect.bisect_left(self.page_starts, (end,))
        page = self.page_starts[after - 1][1] if after else None
        further = [(at - start, page) for at, page in self.page_starts[after:before]]
        within, text = section.within(start, end), self.text[start:end]
        if len(within) == 1:
            return Chunk(within[0][1], page, start, end, text, further, [])
        return Chunk(section.path, page, start, end, text, further, within)

    def _fill(self, units: Sequence[Unit], begin: int) -> int:
        """The end of the units that fit into a chunk from *begin* on; at least one."""
        end, tokens = begin + 1, units[begin].tokens
        while end < len(units) and tokens + units[end].tokens <= self.budget:
            tokens += units[end].tokens
            end += 1
        # The parts of a text may count as less than the whole.
        while end > begin + 1 and not self.fits(units[begin].start, units[end - 1].end):
            end -= 1
        return end

    def _again(self, units: Sequence[Unit], begin: int, end: int) -> int:
        """Where the chunk after ``units[begin:end]`` begins; one new unit has room."""
        at, tokens = end, 0
        room = min(self.overlap, self.budget - units[end].tokens)
        while at - 1 > begin and units[at - 1].repeats:
            tokens += units[at - 1].tokens
            if tokens > room:
                break
            at -= 1
        while at < end and not self.fits(units[at].start, units[end].end):
            at += 1
        return at


def _last_space(text: str, start: int, stop: int) -> int | None:
    """The last white space in a span, unless the span ends with a whole word."""
    for at in range(stop, start, -1):
        if text[at].isspace():
            return at
    return None


def _sections(document: Extracted, cut: Cut) -> Iterator[Section]:
    """A section for every heading, and one for what stands above the first."""
    path: list[tuple[int, str]] = []
    section = Section([])
    for block in document.blocks:
        if block.kind == "heading":
            yield section
            path = [held for held in path if held[0] < block.level]
            path.append((block.level, document.of(block)[:_LONGEST_TITLE]))
            section = Section([title for _, title in path])
        section.take(cut.units(document, block))
    yield section


def _merged(sections: Iterable[Section], budget: int) -> Iterator[Section]:
    """Sections in order, none of them a heading alone, tiny ones with a neighbour.

    A heading without text goes with what follows it. Apart from that, sections that
    share no heading stay apart.
    """
    above: Section | None = None
    for section in sections:
        if not section.units:
            continue
        if above is None:
            above = section
        elif above.bare:
            above.title(section)
        elif _belong_together(above, section, budget):
            above.join(section)
        else:
            yield above
            above = section
    if above is not None:
        yield above


def _belong_together(above: Section, below: Section, budget: int) -> bool:
    tiny = min(above.tokens, below.tokens) * _TINY < budget
    together = above.tokens + below.tokens <= budget
    return tiny and together and bool(_shared(above.path, below.path))


def _shared(a: list[str], b: list[str]) -> list[str]:
    at = 0
    while at < min(len(a), len(b)) and a[at] == b[at]:
        at += 1
    return a[:at]
