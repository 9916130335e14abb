"""Admission: who comes in now, so many at once of all; in `rates`, so many a minute."""

from admission._admission import Admission, Crowded

__all__ = ["Admission", "Crowded"]
