"""A passage to the sentences that may be quoted.

Spans are into the passage's own text, so a quote is verbatim by construction. What
speaks to the assistant rather than to the reader is never quoted.
"""

import dataclasses
import re

from evidence import _orders


@dataclasses.dataclass(frozen=True)
class Span:
    """``text[start:end]`` of a passage, with what stands ``before`` it.

    ``since``: where a quote of it begins, which is earlier where it speaks of "he" or
    "it" and the sentence before tells who. ``lead``: the question, as in an FAQ, or the
    line ending in a colon that it follows.
    """

    start: int
    end: int
    text: str
    before: str
    lead: str
    since: int

    @property
    def refers(self) -> bool:
        """Whether it is only understood with the sentence before."""
        return self.since < self.start


_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st|no|nos|nr|tel|approx|ca|e\.g|i\.e|etc|vs|incl|"
    r"excl|max|min|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|bzw|z\.b|ggf|str|[a-z])"
    r"\.$",
    re.IGNORECASE,
)
# "Article 4. No dredging" is one sentence: its number alone says nothing.
_LABEL = re.compile(
    r"(?:(?:article|section|clause|rule|regulation|paragraph|chapter|part|point|item|step|"
    r"schedule|annex|bye?-?law|no\.?|nr\.?|§)\s*)(?:\d{1,3}[a-z]?|[ivx]{1,5})\.$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[.!?…]+[)\"'”’»]*\s+(?=[^\sa-z])|\s*\n\s*")
_BULLET = re.compile(
    r"^(?:[-*•–·▪]\s+|\d{1,2}[.)]\s+|#+\s+|[QA]:\s*|\|\s*)", re.IGNORECASE
)

_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


def spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, table row or list item, in order."""
    found: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        ended = text[start : match.end()].rstrip()
        if "\n" not in match.group() and _runs_on(ended):
            continue
        found.append((start, match.end()))
        start = match.end()
    found.append((start, len(text)))
    return [trimmed for begin, end in found if (trimmed := _trim(text, begin, end))]


def _runs_on(ended: str) -> bool:
    """Whether a full stop ends no sentence."""
    return bool(_ABBREVIATION.search(ended) or _LABEL.fullmatch(ended.lstrip()))


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    bullet = _BULLET.match(text[start:end])
    if bullet:
        start += bullet.end()
    return (start, end) if start < end else None


def _trusted(text: str, found: list[tuple[int, int]]) -> list[bool]:
    """Whether each sentence is the document's own, not an order or what follows one.

    An order spoils the rest of its paragraph and every link of its passage.
    """
    pieces = [text[start:end] for start, end in found]
    orders = [_orders.begins_order(pieces, at) for at in range(len(pieces))]
    trusted: list[bool] = []
    spoiled, ended, before = False, 0, ""
    for (start, end), piece, order in zip(found, pieces, orders, strict=True):
        spoiled = order or (spoiled and not _begins_anew(before, text[ended:start]))
        linked = any(orders) and bool(_LINK.search(piece))
        trusted.append(not spoiled and not linked and not _orders.deceives(piece))
        ended, before = end, piece
    return trusted


def _begins_anew(before: str, gap: str) -> bool:
    """Whether what an order spoiled is over: the lines that it runs on into."""
    return "\n\n" in gap or ("\n" in gap and _orders.is_finished(before))


def trusted(text: str) -> str:
    """A passage's text without its orders and what they spoil."""
    found = spans(text)
    sure = _trusted(text, found)
    kept, ended = [], 0
    for (start, end), fine in zip(found, sure, strict=True):
        kept.append(text[ended : end if fine else start])
        ended = end
    return "".join([*kept, text[ended:]])


_LONGEST = 700
_REFERS = re.compile(
    r"(?:he|she|they|it|this|these|those|both|his|her|their|its|ours)\b", re.IGNORECASE
)
_HEADING_WORDS = 12
_OPEN_ENDED = re.compile(r"[^.!?:;,…]\Z")
_ROW = re.compile(r"^[^:;\n]{1,40}:\s*\S")


def is_heading(text: str, after: str) -> bool:
    """Whether a line is a heading: short, without a full stop, alone in its paragraph.

    ``after``: what separates it from what follows.
    """
    return (
        "\n\n" in after
        and len(text.split()) <= _HEADING_WORDS
        and bool(_OPEN_ENDED.search(text))
        and not _ROW.match(text)
    )


def _since(whole: str, last: Span, start: int, end: int) -> int:
    """Where to begin a quote of ``whole[start:end]``, which follows *last*."""
    is_one_paragraph = "\n" not in whole[last.end : start]
    is_short = end - last.since <= _LONGEST
    refers = _REFERS.match(whole, start) and is_one_paragraph and is_short
    return last.since if refers else start


# A line of a command that goes on, or is put in: no part of it says anything.
_SHELL = re.compile(r"\\\Z|\$\(|^-{1,2}\w+\s+['\"{]")


def _says_nothing(text: str) -> bool:
    """Whether it is too long for a sentence, or a piece of a command."""
    return len(text) > _LONGEST or bool(_SHELL.search(text))


def _leads(text: str, after: str) -> bool:
    """Whether a line only leads to what follows: a question, a heading."""
    return text.endswith(("?", ":")) or is_heading(text, after)


def _is_of(headings: tuple[str, ...], whole: str, start: int, end: int) -> bool:
    """Whether a sentence is a heading or, in a line that is one, a part of it."""
    since = whole.rfind("\n", 0, start) + 1
    ended = whole.find("\n", end)
    line = whole[since : ended if ended >= 0 else len(whole)].strip()
    return whole[start:end] in headings or line in headings


def quotable(whole: str, headings: tuple[str, ...] = ()) -> list[Span]:
    """What may be quoted of a passage's text; not the headings that it repeats."""
    found = spans(whole)
    kept: list[Span] = []
    lead, before = "", ""
    starts = [start for start, _ in found]
    follows = [*starts[1:], len(whole)][: len(found)]
    rows = zip(found, _trusted(whole, found), follows, strict=True)
    for (start, end), sure, following in rows:
        text = whole[start:end]
        if not sure or _says_nothing(text):
            before = ""
        elif _is_of(headings, whole, start, end) or _leads(text, whole[end:following]):
            lead, before = text, ""
        else:
            since = _since(whole, kept[-1], start, end) if before else start
            kept.append(
                Span(start, end, text, whole[since:start] or before, lead, since)
            )
            before = text
    return kept
