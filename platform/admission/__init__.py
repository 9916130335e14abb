"""Admission: who comes in now. So many a minute of each, and so many at once of all."""

from admission._admission import Admission, Crowded
from admission._rates import Rate, Rates

__all__ = ["Admission", "Crowded", "Rate", "Rates"]
