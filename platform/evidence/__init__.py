"""Answers made of quotes, and honest refusals, from what search found.

``answer`` picks the sentences of the passages that answer a question and says how sure
it is; below a threshold it abstains and says why. A quote is verbatim:
``passage.text[quote.start:quote.end] == quote.text``. ``score`` is the one score by
which passages are ranked and cut off, ``alike`` how sure it is that two questions ask
the same. numpy alone; no state, no files but its own.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from evidence._alike import alike
from evidence._alone import alone
from evidence._history import Followed, followed, resolve
from evidence._incomplete import is_nod
from evidence._orders import is_command
from evidence._parts import looked_for as sought
from evidence._parts import questions
from evidence._sentences import trusted
from evidence._unsaid import unsaid
from evidence.types import Answer, Passage, Quote, Statistics, Subject, Unclear
from similarity import TEXT_SHARE, score

if TYPE_CHECKING:
    from evidence._answer import answer
    from evidence._meaning import Embed

__all__ = [
    "TEXT_SHARE",
    "Answer",
    "Embed",
    "Followed",
    "Passage",
    "Quote",
    "Statistics",
    "Subject",
    "Unclear",
    "alike",
    "alone",
    "answer",
    "followed",
    "is_command",
    "is_nod",
    "questions",
    "resolve",
    "score",
    "sought",
    "trusted",
    "unsaid",
]

# Imported when they are asked for: who only resolves questions does without NumPy,
# which takes 5 MiB of a pod's 50.
_WITH_NUMPY = {"answer": "_answer", "Embed": "_meaning"}


def __getattr__(name: str) -> Any:
    if name not in _WITH_NUMPY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WITH_NUMPY[name]}"), name)
