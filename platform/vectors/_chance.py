"""Chance: the cosine of texts that have nothing in common.

By some models it is near 0; by others every two texts have 0.7, since their vectors
have a direction in common (Ethayarajh, EMNLP 2019). Then 0.7 says nothing, and what
reads cosines has to know.
"""

import numpy as np
from numpy.typing import NDArray

UNLIKE = [
    "The train was late again.",
    "two boiled eggs",
    "a red bicycle",
    "She sings in a choir.",
    "Interest rates rose in March.",
    "wood glue",
    "How old is the moon?",
    "Please sign the form.",
    "a volcano",
    "football on Saturday",
    "The password has expired.",
    "sand between the toes",
    "a letter from the bank",
    "jazz piano",
    "Mix flour and water.",
    "He lost the election.",
    "a broken window",
    "snow in the mountains",
    "The server is down.",
    "my grandmother's ring",
    "rent for the flat",
    "a species of beetle",
    "toothache",
    "fourteen kilometres",
]
MOST = 0.999  # of vectors that are all the same, of which nothing can be told


def of(rows: NDArray[np.float32]) -> float:
    """The mean cosine of each two of the unit *rows* of ``UNLIKE``, in 0..1."""
    pairs = np.triu_indices(len(rows), 1)
    return float(np.clip((rows @ rows.T)[pairs].mean(), 0.0, MOST))
