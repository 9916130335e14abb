"""Values of the command line that are within bounds."""

import argparse
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

V = TypeVar("V", int, float)


def number(
    read: Callable[[str], V], admits: Callable[[V], bool], wrong: str
) -> Callable[[str], V]:
    """For ``type=``: what is *read* of a text, if it is *admitted*; else the text is
    misuse, and *wrong* says why, ``{!r}`` in it being the text."""

    def value(text: str) -> V:
        with suppress(ValueError):
            if admits(found := read(text)):
                return found
        raise argparse.ArgumentTypeError(wrong.format(text))

    return value


def seconds(text: str) -> float:
    """A number with or without its unit; ValueError."""
    return float(text.removesuffix("s"))
