"""Answers made of quotes, and honest refusals, from what search found.

``answer`` picks the sentences of the passages that answer a question and says how sure
it is; below a threshold it abstains and says why. A quote is verbatim:
``passage.text[quote.start:quote.end] == quote.text``. ``score`` is the one score by
which passages are ranked and cut off, ``alike`` how sure it is that two questions ask
the same. numpy alone; no state, no files but its own.
"""

from evidence._alike import alike
from evidence._answer import answer
from evidence._history import resolve
from evidence._meaning import Embed
from evidence._orders import is_command
from evidence._score import TEXT_SHARE, score
from evidence._sentences import trusted
from evidence.types import Answer, Passage, Quote, Statistics

__all__ = [
    "TEXT_SHARE",
    "Answer",
    "Embed",
    "Passage",
    "Quote",
    "Statistics",
    "alike",
    "answer",
    "is_command",
    "resolve",
    "score",
    "trusted",
]
