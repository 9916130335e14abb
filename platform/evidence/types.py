"""What goes into an answer and what comes out."""

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Passage:
    """A chunk that search found. ``score`` in [0, 1] is the score search ranked by.

    ``bm25`` and ``cosine`` are its two parts as they were before fusion.
    """

    id: str
    document_id: str
    title: str
    section: str
    text: str
    score: float = 0.0
    bm25: float = 0.0
    cosine: float = 0.0


@dataclasses.dataclass(frozen=True)
class Statistics:
    """What search knows of the question's words in this knowledge base.

    ``documents``: number of chunks. ``terms``: stem to (chunks with it, idf).
    ``ideal``: the BM25 score that no chunk can exceed, sum of idf * (k1 + 1).
    """

    documents: int
    terms: Mapping[str, tuple[int, float]]
    ideal: float


@dataclasses.dataclass(frozen=True)
class Subject:
    """What a follow-up is about, so that an answer has to speak of it.

    ``words``: of its name, in lower case. ``instead``: those of what it took the place
    of in the question before. ``whom``: people it is asked for; where sentences speak
    of them, only those answer.
    """

    words: tuple[str, ...]
    instead: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Quote:
    """A verbatim piece of a passage: ``passage.text[start:end] == text``."""

    passage_id: str
    document_id: str
    start: int
    end: int
    text: str


@dataclasses.dataclass(frozen=True)
class Unclear:
    """What a question does not say: ``asking`` is "nod" where it asks nothing at all,
    "which_money" and the like for what it wants of nothing in particular, else "which".
    ``examples`` are what it could be about, the likeliest first."""

    asking: str
    examples: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Answer:
    """Quotes that answer the question, or why there are none.

    ``confidence`` in [0, 1]: the estimated probability that the quotes answer it.
    ``reason``, when abstained: "no-evidence" (nothing comes near), "not-covered"
    (the subject is there, this is not), or "underspecified". ``clarify``:
    what to ask back for when underspecified. ``unanswered``: parts of the question
    that the quotes leave open.
    """

    quotes: tuple[Quote, ...]
    confidence: float
    abstained: bool
    reason: str | None = None
    clarify: Unclear | None = None
    unanswered: tuple[str, ...] = ()
