"""Nearness: how near passages are to a question, in plain Python.

For services that compare a few dozen vectors: NumPy would take a tenth of a pod's
memory. On the wire a vector is base64 of little-endian float32; here it is a unit row.
"""

import base64
import binascii
import math
import struct
from collections.abc import Sequence

from similarity._score import TEXT_SHARE, score

__all__ = [
    "TEXT_SHARE",
    "BadVector",
    "Row",
    "beyond",
    "cosine",
    "cosines",
    "diverse",
    "score",
    "unpack",
]

Row = tuple[float, ...]
SIZE = 4  # bytes of a float32


class BadVector(ValueError):
    """It is no vector, or not of the others' length."""


def unpack(text: str | None) -> Row:
    """A unit row, as exact as floats are; BadVector."""
    try:
        raw = base64.b64decode(text or "", validate=True)
        row = struct.unpack(f"<{len(raw) // SIZE}f", raw)
    except (binascii.Error, ValueError, struct.error) as exc:
        raise BadVector("a vector is base64 of float32") from exc
    length = math.hypot(*row)
    if not length or not math.isfinite(length):
        raise BadVector("a vector is finite and longer than zero")
    return tuple([each / length for each in row])


def cosine(one: Row, other: Row) -> float:
    """The cosine of two unit rows, in -1..1; BadVector."""
    try:
        apart = math.dist(one, other)
    except ValueError as exc:
        raise BadVector("vectors are all of one length") from exc
    # The law of cosines; five times as fast as a sum of products.
    return max(-1.0, 1.0 - apart * apart / 2)


def beyond(cosine: float, chance: float) -> float:
    """How far a *cosine* is beyond that of texts that have nothing in common, so that
    what is fitted on one model's cosines reads another's; in -1..1."""
    return max(-1.0, (cosine - chance) / (1 - chance))


def cosines(query: str, candidates: Sequence[str]) -> list[float]:
    """The cosine of *query* with each candidate, in -1..1; BadVector."""
    asked = unpack(query)
    return [cosine(asked, unpack(each)) for each in candidates]


def diverse(
    scores: Sequence[float], rows: Sequence[Row], k: int, diversity: float
) -> list[int]:
    """Places of at most *k* of *scores* by maximal marginal relevance; BadVector.

    *scores* in 0..1, best first; *diversity* 0 ranks by score alone.
    (Carbonell and Goldstein, SIGIR 1998.)
    """
    chosen: list[int] = []
    said = [0.0] * len(scores)  # how near each comes to any that is chosen
    left = list(range(len(scores)))
    while left and len(chosen) < k:
        gains = [(1 - diversity) * scores[at] - diversity * said[at] for at in left]
        best = left.pop(gains.index(max(gains)))
        for at in left if diversity else ():
            near = cosine(rows[at], rows[best])
            said[at] = max(said[at], near) if chosen else near
        chosen.append(best)
    return chosen
