"""Calendar sync: calendars of other systems behind one interface, and copies of them.

A remote tells what changed since it was last asked; copies follow it. Names are such
that the same event is the same document however often it is told, and that an event
written from here is known again when it comes back.
"""

from calendar_sync._changes import (
    MARK,
    Changes,
    Event,
    Expired,
    Failed,
    Gone,
    Refused,
    RemoteCalendar,
    Source,
    TooMany,
    everything_or_since,
    key_of,
)
from calendar_sync._connections import Connections
from calendar_sync._copies import Copies
from calendar_sync._sources import Settings, sources
from calendar_sync._synchronizer import Host, Synchronizer

__all__ = [
    "MARK",
    "Changes",
    "Connections",
    "Copies",
    "Event",
    "Expired",
    "Failed",
    "Gone",
    "Host",
    "Refused",
    "RemoteCalendar",
    "Settings",
    "Source",
    "Synchronizer",
    "TooMany",
    "everything_or_since",
    "key_of",
    "sources",
]
