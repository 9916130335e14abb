"""Forms that are filled in by talking: their rules, and where they are kept."""

from forms._desk import Desk, Taken, key
from forms._step import OPEN, Form, Heard, Step, Values, is_open, step
from forms._text import text

__all__ = [
    "OPEN",
    "Desk",
    "Form",
    "Heard",
    "Step",
    "Taken",
    "Values",
    "is_open",
    "key",
    "step",
    "text",
]
