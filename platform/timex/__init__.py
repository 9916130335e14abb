"""Moments: what people say about time, as absolute spans with zone and offset.

Pure: *now* is passed in. See README.md for what is understood and how well.
"""

from timex._language import CODES, Language, languages
from timex._reading import read
from timex._saying import said
from timex._scene import Question, Reading

__all__ = [
    "CODES",
    "Language",
    "Question",
    "Reading",
    "languages",
    "read",
    "said",
]
