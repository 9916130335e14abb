"""Ranking: what a search found, best first by the one score that is shown and cut off.

Every score is in 0..1 and means the same for every question: see ``similarity.score``.
"""

from typing import NamedTuple

import similarity
from contracts.infrastructure.database import Found, Hit


class Ranked(NamedTuple):
    """A match and its score in 0..1."""

    score: float
    hit: Hit


def text_share(has_text: bool, has_vector: bool, wanted: float | None = None) -> float:
    """How much the words count: all without a vector, nothing without words."""
    if not (has_text and has_vector):
        return float(not has_vector)
    return similarity.TEXT_SHARE if wanted is None else wanted


def plain_share(share: float, chance: float) -> float:
    """How much the words count beside a cosine as it is, where they count *share*
    beside how far it is beyond *chance*: both rank alike."""
    words, meaning = share * (1 - chance), 1 - share
    return words / (words + meaning)


def ranked(
    found: Found, share: float, least: float = 0.0, chance: float = 0.0
) -> list[Ranked]:
    """Every match whose score is *least* or better, best first, ties by id.

    A cosine counts as far as it is beyond *chance*, the one that texts have which have
    nothing in common.
    """
    scores = (_score(hit, found.ideal, share, chance) for hit in found.hits)
    scored = [Ranked(*each) for each in zip(scores, found.hits, strict=True)]
    kept = [each for each in scored if each.score >= least]
    return sorted(kept, key=lambda each: (-each.score, each.hit.id))


def _score(hit: Hit, ideal: float, share: float, chance: float) -> float:
    meaning = similarity.beyond(hit.cosine or 0.0, chance)
    return similarity.score(hit.bm25 or 0.0, ideal, meaning, share)


def diverse(best: list[Ranked], k: int, diversity: float) -> list[Ranked]:
    """At most *k* of *best*; above 0, *diversity* avoids what was said.

    Hits carry their vectors where it is above 0; similarity.BadVector otherwise.
    """
    rows = [similarity.unpack(each.hit.vector) for each in best] if diversity else []
    scores = [each.score for each in best]
    return [best[at] for at in similarity.diverse(scores, rows, k, diversity)]
