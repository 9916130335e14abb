"""Passages read once: their sentences, and what is compared of each.

What depends on a passage's text alone is remembered for the latest passages, because
the chunks of one business are asked about again and again.
"""

import dataclasses
import functools
import re
import sys

from evidence import _asked, _bounds, _days, _kinds, _sentences, _words
from evidence.types import Passage

_REMEMBERED = 256

Meaning = tuple[frozenset[str], frozenset[str]]


@dataclasses.dataclass(frozen=True)
class Digest:
    """One sentence: its words' stems and thesaurus groups, and those around it.

    ``cells``: of a table row as in "Service: Cleaning; Price: €80", the stems of each
    value without figures. ``above``: the title and section that it stands under.
    What few questions look at is found out when the first one does.
    """

    span: _sentences.Span
    above: str
    own: Meaning
    heading: Meaning
    before: Meaning
    around: Meaning
    kinds: frozenset[str]
    cells: tuple[frozenset[str], ...]

    @functools.cached_property
    def days(self) -> frozenset[int]:
        """Days of the week, 0 for Monday, of the sentence or else of its heading."""
        return _days.days(self.span.text) or _days.days(self.above)

    @functools.cached_property
    def years(self) -> frozenset[str]:
        """The years of the sentence or else of its heading."""
        return _days.years(self.span.text) or _days.years(self.above)

    @functools.cached_property
    def codes(self) -> frozenset[str]:
        """The names made of letters and figures, of the sentence or of its heading."""
        return _kinds.codes(self.span.text) or _kinds.codes(self.above)

    @functools.cached_property
    def order(self) -> tuple[str, ...]:
        """Its stems in order, without stop words."""
        return order(self.span.text)

    @functools.cached_property
    def counted(self) -> Meaning:
        """The words that its numbers count."""
        return _words.meanings(_kinds.counted(self.span.text))

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """Its names as written, in lower case."""
        return _kinds.names(self.span.text)

    @functools.cached_property
    def figures(self) -> frozenset[str]:
        """Its numbers as written."""
        return _kinds.figures(self.span.text)

    @functools.cached_property
    def bounds(self) -> tuple[_bounds.Bound, ...]:
        """The bounds that it sets to amounts."""
        return _bounds.bounds(self.span.text)

    @functools.cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Its words and its heading's, each once."""
        return _vocabulary(f"{self.above} {self.span.lead} {self.span.text}")

    @functools.cached_property
    def gives_leave(self) -> bool:
        return _asked.gives_leave(self.span.text)

    @functools.cached_property
    def makes_offer(self) -> bool:
        return _asked.makes_offer(self.span.text)


@dataclasses.dataclass(frozen=True)
class Reading:
    """A sentence of a passage that search found in place ``rank``, from 0."""

    passage: Passage
    rank: int
    digest: Digest

    @property
    def text(self) -> str:
        return self.digest.span.text

    @property
    def quoted(self) -> str:
        """The sentence, with that before it if it is not understood alone."""
        return self.passage.text[self.digest.span.since : self.digest.span.end]

    @property
    def heading(self) -> str:
        lead = self.digest.span.lead
        return ". ".join(filter(None, (self.passage.title, self.passage.section, lead)))

    @property
    def under(self) -> str:
        """What it stands directly under: a question or line before it, or a heading."""
        passage = self.passage
        inner = passage.section.rsplit(" > ", 1)[-1]
        return self.digest.span.lead or inner or passage.title


_ROW = re.compile(r"^[^:;\n]{1,40}:\s*[^;\n]{1,80};\s*[^:;\n]{1,40}:")
_CELL = re.compile(r"(?:^|;)\s*[^:;\n]{1,40}:\s*([^;\n]+)")


def order(text: str) -> tuple[str, ...]:
    """Stems in order without stop words."""
    kept = (word for word in _words.words(text) if word not in _words.STOP)
    return tuple(stem for word in kept for stem in _words.stems_of(word)[-1:])


def _cells(text: str) -> tuple[frozenset[str], ...]:
    if not _ROW.match(text):
        return ()
    values = (value for value in _CELL.findall(text) if not re.search(r"\d", value))
    return tuple(cell for value in values if (cell := frozenset(order(value))))


def _vocabulary(text: str) -> tuple[str, ...]:
    """Each word once; the same strings for all sentences, to spare memory."""
    kept = (w for w in _words.words(text) if w not in _words.STOP and len(w) > 2)
    return tuple(map(sys.intern, dict.fromkeys(kept)))


def _with(above: Meaning, lead: str) -> Meaning:
    if not lead:
        return above
    stems, groups = _words.meanings(lead)
    return above[0] | stems, above[1] | groups


@functools.lru_cache(maxsize=_REMEMBERED)
def _digested(title: str, section: str, text: str) -> tuple[Digest, ...]:
    above = f"{title} {section}"
    around, heading = _words.meanings(text), _words.meanings(above)
    found: list[Digest] = []
    # What is the same for several sentences is kept once.
    known = {"": _words.meanings("")}
    for span in _sentences.quotable(text, (title, section.rsplit(" > ", 1)[-1])):
        own = known.setdefault(span.text, _words.meanings(span.text))
        found.append(
            Digest(
                span=span,
                above=above,
                own=own,
                heading=_with(heading, span.lead),
                before=known.setdefault(span.before, _words.meanings(span.before)),
                around=around,
                kinds=_kinds.held(span.text),
                cells=_cells(span.text),
            )
        )
    return tuple(found)


def read(passages: list[Passage]) -> list[Reading]:
    """Every sentence that may be quoted, in the order of the passages.

    What stands in two of them, because chunks overlap or a file was uploaded twice, is
    read once.
    """
    found: dict[tuple[str, str], Reading] = {}
    for rank, passage in enumerate(passages):
        for digest in _digested(passage.title, passage.section, passage.text):
            key = passage.section, digest.span.text
            found.setdefault(key, Reading(passage, rank, digest))
    return list(found.values())
