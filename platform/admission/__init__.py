"""Admission: who comes in now, so many at once of all; in `rates`, so many a minute."""

from admission._admission import Admission, Crowded
from admission._source import source

__all__ = ["Admission", "Crowded", "source"]
