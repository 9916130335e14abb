"""Openings: from opening hours on the wall clock to the slots that can be had.

Pure: nothing here reads a clock or a store. Moments are aware datetimes; every span is
from its start up to but without its end. What is open is said in one sentence: a moment
is open when the clock on the wall of the zone then shows a time within the hours of
that weekday, outside the breaks, on no holiday. So a change of the clocks neither makes
an hour that nobody lives through nor swallows one that everybody lives through twice.
"""

from openings._free import Occupied, claimed, free, keys, nearest, seats
from openings._look import Look, within
from openings._offers import NothingOffered, Offers, rule_of
from openings._others import OtherCalendars
from openings._rule import BadRule, Rule, checked, rule
from openings._wall import Span, hours_on, is_open, next_open, opened
from openings._wish import Wish, wish

__all__ = [
    "BadRule",
    "Look",
    "NothingOffered",
    "Occupied",
    "Offers",
    "OtherCalendars",
    "Rule",
    "Span",
    "Wish",
    "checked",
    "claimed",
    "free",
    "hours_on",
    "is_open",
    "keys",
    "nearest",
    "next_open",
    "opened",
    "rule",
    "rule_of",
    "seats",
    "wish",
    "within",
]
