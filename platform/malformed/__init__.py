"""MalformedAnswer: an answer of somebody else's server that cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["UNREADABLE", "MalformedAnswer", "reading"]

# What reading a value of another shape raises, in an SDK or here.
UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)


class MalformedAnswer(ConnectionError):
    """An answer that cannot be read, or is about something else: what was asked may
    have been done. A ConnectionError, so that whoever may ask again does."""


@contextmanager
def reading() -> Iterator[None]:
    """What an answer of another shape raises inside the block is MalformedAnswer."""
    try:
        yield
    except UNREADABLE as exc:
        raise MalformedAnswer("the answer has another shape") from exc
