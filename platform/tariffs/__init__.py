"""Tariffs: what an amount is charged, in whole minor units, and which amounts may be.

It names no business noun: a tariff is anything with the members that are read.
"""

from tariffs._charges import Unsound, charge, check, reductions, tax
from tariffs._faults import faults
from tariffs._sums import Charged, Sums, added, charged
from tariffs._taken import Taken
from tariffs._terms import Bounds, bounds, most_charged, usual_most

__all__ = [
    "Bounds",
    "Charged",
    "Sums",
    "Taken",
    "Unsound",
    "added",
    "bounds",
    "charge",
    "charged",
    "check",
    "faults",
    "most_charged",
    "reductions",
    "tax",
    "usual_most",
]
