"""Moments: what people say about time, as absolute spans with zone and offset.

Pure: *now* is passed in. See README.md for what is understood and how well.
"""

from moments._language import CODES, Language, languages
from moments._reading import read
from moments._saying import said
from moments._scene import Question, Reading

__all__ = [
    "CODES",
    "Language",
    "Question",
    "Reading",
    "languages",
    "read",
    "said",
]
