"""Openings: from opening hours on the wall clock to the slots that can be had.

Pure: nothing here reads a clock or a store. Moments are aware datetimes; every span is
from its start up to but without its end. What is open is said in one sentence: a moment
is open when the clock on the wall of the zone then shows a time within the hours of
that weekday, outside the breaks, on no holiday. So a change of the clocks neither makes
an hour that nobody lives through nor swallows one that everybody lives through twice.
"""

from openings._free import Occupied, cells, claimed, free, nearest, seats
from openings._rule import BadRule, Rule, checked, zone
from openings._wall import Span, open_spans, starts

__all__ = [
    "BadRule",
    "Occupied",
    "Rule",
    "Span",
    "cells",
    "checked",
    "claimed",
    "free",
    "nearest",
    "open_spans",
    "seats",
    "starts",
    "zone",
]
