"""Vectors: rows of floats on the wire and in NumPy.

On the wire a vector is base64 of little-endian float32; here it is a unit row.
"""

import base64
import binascii
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vectors._bad import BadVector
from vectors._borrowed import Borrowed, Made
from vectors._provided import Provided
from vectors._recent import Recent

__all__ = [
    "BadVector",
    "Borrowed",
    "Made",
    "Provided",
    "Recent",
    "Rows",
    "pack",
    "unpack",
]

Rows = NDArray[np.float32]


def pack(row: Rows) -> str:
    """A row as base64 of little-endian float32."""
    return base64.b64encode(row.astype("<f4").tobytes()).decode()


def unpack(texts: Sequence[str | None]) -> Rows:
    """Unit rows, float32, (len(texts), dimensions); BadVector."""
    try:
        raw = [base64.b64decode(text or "", validate=True) for text in texts]
        rows = np.stack([np.frombuffer(each, "<f4") for each in raw])
    except (binascii.Error, ValueError) as exc:
        raise BadVector("vectors are base64 of float32, all of one length") from exc
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    if not rows.size or not np.isfinite(lengths).all() or not lengths.all():
        raise BadVector("a vector is finite and longer than zero")
    return (rows / lengths).astype(np.float32)
