"""One score from two: BM25 and cosine, each scaled over the candidates, then mixed.

Not by rank: reciprocal ranks throw away how much better the better one is, and did
worse than BM25 alone where it was measured.
"""

import math
from collections.abc import Iterable, Mapping

K1, B = 1.2, 0.75  # term saturation and length normalisation of BM25

Scores = Mapping[int, float | None]


def idf(documents: int, total: int) -> float:
    """How rare a term is that *documents* of *total* hold; positive for any."""
    return math.log1p((total - documents + 0.5) / (documents + 0.5))


def ideal(idfs: Iterable[float]) -> float:
    """The BM25 that no document reaches, for terms of these idfs."""
    return sum(idfs) * (K1 + 1)


def scaled(scores: Scores) -> dict[int, float]:
    """The scores from 0, the least, to 1, the greatest; 0 for those without one.

    Scores that are all the same say nothing against each other: then each is 1, or 0
    when there is nothing in them.
    """
    known = [score for score in scores.values() if score is not None]
    if not known:
        return dict.fromkeys(scores, 0.0)
    low, high = min(known), max(known)
    if high == low:
        return {
            n: float(score is not None and score > 0) for n, score in scores.items()
        }
    return {
        n: 0.0 if score is None else (score - low) / (high - low)
        for n, score in scores.items()
    }


def fused(bm25: Scores, cosine: Scores, weight: float) -> dict[int, float]:
    """Both sides of the same candidates in one; *weight* is the share of BM25."""
    words, near = scaled(bm25), scaled(cosine)
    return {n: weight * words[n] + (1 - weight) * near[n] for n in words}


def measured(
    bm25: Mapping[int, float],
    cosine: Mapping[int, float],
    ideal: float,
    weight: float,
) -> dict[int, float]:
    """Both sides in one that compares across queries: BM25 as a part of the *ideal*,
    which no document reaches, and the cosine as it is, 0 for whatever points away.

    What a side lacks has 0 there. Rounding may take a cosine a little beyond 1.
    """
    a_word, a_cosine = weight / ideal if ideal > 0 else 0.0, 1 - weight
    fused = {n: a_word * words for n, words in bm25.items()}
    for n, near in cosine.items():
        fused[n] = fused.get(n, 0.0) + a_cosine * max(0.0, near)
    return fused
