"""Diaries: calendars of other systems behind one interface, and copies of them.

A diary tells what changed since it was last asked; copies follow it. Names are such
that the same event is the same document however often it is told, and that an event
written from here is known again when it comes back.
"""

from diaries._changes import (
    MARK,
    Changes,
    Diary,
    Event,
    Expired,
    Failed,
    Gone,
    Place,
    Refused,
    TooMany,
    everything_or_since,
    key_of,
)
from diaries._connections import Connections
from diaries._copies import Copies
from diaries._keeper import Host, Keeper
from diaries._places import Settings, places

__all__ = [
    "MARK",
    "Changes",
    "Connections",
    "Copies",
    "Diary",
    "Event",
    "Expired",
    "Failed",
    "Gone",
    "Host",
    "Keeper",
    "Place",
    "Refused",
    "Settings",
    "TooMany",
    "everything_or_since",
    "key_of",
    "places",
]
