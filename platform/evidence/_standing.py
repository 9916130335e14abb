"""Which passages speak for the business as it is now."""

import functools
import re

from evidence.types import Passage

_REMEMBERED = 256

_SUPERSEDED = re.compile(
    r"\bsuperseded\b|\bno\s+longer\s+in\s+force\b|"
    r"\bthis\s+(?:policy|document|version|list|notice|page|leaflet)\s+"
    r"(?:is|was|has\s+been)\s+(?:replaced|withdrawn|out\s+of\s+date|obsolete|outdated)\b",
    re.IGNORECASE,
)
_ASKS_OLD = re.compile(
    r"\b(?:old|older|previous|previously|former|earlier|superseded|used\s+to|20\d\d)\b",
    re.IGNORECASE,
)


_CUSTOMERS = r"(?:patient|customer|guest|client|user|visitor|member|tenant|buyer)s?"
_OPINION = re.compile(
    rf"\btestimonials?\b|\bguest\s?book\b|^\W*reviews\W*$|"
    rf"\b{_CUSTOMERS}(?:['’]s?)?\s+(?:reviews|voices|opinions|feedback)\b|"
    rf"\bwhat\s+(?:our\s+)?(?:{_CUSTOMERS}|people|others)\s+(?:say|said|think)\b",
    re.IGNORECASE,
)
_ASKS_OPINION = re.compile(
    r"\b(?:reviews?|opinions?|testimonials?|recommend\w*|rat(?:ed|ings?)|stars?|"
    r"feedback|complain\w*|experiences?|praise\w*|happy|satisfied|(?:people|patients|"
    r"customers|guests|others|they|anyone)\s+(?:say|said|think|thought|wrote|like))\b",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=_REMEMBERED)
def _is_opinion(title: str, section: str) -> bool:
    return bool(_OPINION.search(title) or _OPINION.search(section))


@functools.lru_cache(maxsize=_REMEMBERED)
def _is_past(title: str, text: str) -> bool:
    return bool(_SUPERSEDED.search(f"{title} {text}"))


def current(question: str, passages: list[Passage]) -> list[Passage]:
    """The passages that speak for the business as it is now.

    Documents that say they are superseded stay for a question about what was before,
    what customers wrote for one about opinions.
    """
    if not _ASKS_OPINION.search(question):
        passages = [p for p in passages if not _is_opinion(p.title, p.section)]
    if _ASKS_OLD.search(question):
        return passages
    past = {
        passage.document_id
        for passage in passages
        if _is_past(passage.title, passage.text)
    }
    return [passage for passage in passages if passage.document_id not in past]
