"""A passage to the sentences that may be quoted.

Spans are into the passage's own text, so a quote is verbatim by construction. What
speaks to the assistant rather than to the reader is never quoted.
"""

import dataclasses
import re


@dataclasses.dataclass(frozen=True)
class Span:
    """``text[start:end]`` of a passage, with the sentence ``before`` it.

    ``lead``: the question, as in an FAQ, or the line ending in a colon that it follows.
    """

    start: int
    end: int
    text: str
    before: str
    lead: str


_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st|no|nos|nr|tel|approx|ca|e\.g|i\.e|etc|vs|incl|"
    r"excl|max|min|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|bzw|z\.b|ggf|str|[a-z])"
    r"\.$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[.!?…]+[)\"'”’»]*\s+(?=[^\sa-z])|\s*\n\s*")
_BULLET = re.compile(
    r"^(?:[-*•–·▪]\s+|\d{1,2}[.)]\s+|#+\s+|[QA]:\s*|\|\s*)", re.IGNORECASE
)

_COMMAND = re.compile(
    r"""
      (?:ignore|disregard|forget|override|bypass)\b.{0,40}
        \b(?:instructions?|prompts?|rules|guidelines|above|previous|directives?)
    | \b(?:system|developer)\s+(?:prompt|message|instruction)
    | \b(?:new|updated|important)\s+instructions?\b
    | \binstructions?\s+(?:to|for)\s+(?:the\s+)?(?:ai|assistant|chat\s*bot|bot|model)\b
    | ^\W*(?:system|assistant|user|developer|human|ai)\s*(?:\]|>|:)
    | <\|?/?\s*(?:im_start|im_end|system|assistant|instructions?)\b
    | \byou\s+are\s+(?:now\s+)?(?:an?\s+|the\s+)?
        (?:ai\b|assistant|chat\s*bot|language\s+model|in\s+\w+\s+mode|dan\b)
    | \bas\s+an\s+(?:ai|assistant|language\s+model)\b
    | \b(?:the\s+)?(?:ai|chat\s*bot|assistant|language\s+model|llm|bot)s?\s+
        (?:must|should|shall|will|is\s+to|has\s+to|reading)\b
    | \b(?:reply|respond|answer)\s+(?:only\s+|always\s+)?(?:with|that|by)\b
    | \b(?:say|tell|inform|assure|convince|persuade|advise)\s+
        (?:to\s+)?(?:the\s+|every|all\s+|any|each\s+)+
        (?:users?|customers?|visitors?|one|body|patients?|guests?|people|clients?|readers?)
    | \b(?:when|if)\s+(?:you\s+are\s+|you're\s+)?asked\b
    | \bdo\s+not\s+(?:reveal|disclose|mention|follow)\b.{0,60}
        \b(?:instructions?|prompt|users?|rules)
    | \b(?:reveal|print|repeat|output|show)\b.{0,30}\b(?:prompt|instructions)
    | \b(?:anweisungen|instruktionen)\b.{0,30}\b(?:ignorier|vergiss)
    | \b(?:ignorier|vergiss)\w*\b.{0,40}\b(?:anweisungen|instruktionen|regeln)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


def is_command(text: str) -> bool:
    """Whether a sentence addresses the assistant that reads the document."""
    return bool(_COMMAND.search(text))


def spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, table row or list item, in order."""
    found: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        ended = text[start : match.end()].rstrip()
        if "\n" not in match.group() and _ABBREVIATION.search(ended):
            continue
        found.append((start, match.end()))
        start = match.end()
    found.append((start, len(text)))
    return [trimmed for begin, end in found if (trimmed := _trim(text, begin, end))]


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

    An order spoils the rest of its paragraph, and every link of its passage.
    """
    trusted: list[bool] = []
    spoiled, ended = False, 0
    any_order = any(is_command(text[start:end]) for start, end in found)
    for start, end in found:
        if "\n" in text[ended:start]:
            spoiled = False
        spoiled = spoiled or is_command(text[start:end])
        linked = any_order and bool(_LINK.search(text[start:end]))
        trusted.append(not spoiled and not linked)
        ended = end
    return trusted


_LONGEST = 700
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


def quotable(whole: str) -> list[Span]:
    """What may be quoted of a passage's text."""
    found = spans(whole)
    kept: list[Span] = []
    lead, before = "", ""
    starts = [start for start, _ in found]
    follows = [*starts[1:], len(whole)][: len(found)]
    rows = zip(found, _trusted(whole, found), follows, strict=True)
    for (start, end), sure, following in rows:
        text = whole[start:end]
        if not sure or end - start > _LONGEST:
            before = ""
        elif text.endswith(("?", ":")) or is_heading(text, whole[end:following]):
            lead, before = text, ""
        else:
            kept.append(Span(start, end, text, before, lead))
            before = text
    return kept
