"""Agenda: what iCalendar (RFC 5545) says of when somebody is busy.

Events of any calendar are kept as the text of their VEVENTs, for it says everything:
recurrences, exceptions, whole days, zones. From such texts come busy spans and feeds.
"""

from freebusy._apart import apart
from freebusy._entry import Entry, entry
from freebusy._feed import feed, resource
from freebusy._spans import Span, busy
from freebusy._text import Reach, Unreadable, kept, reach, shown, uid

__all__ = [
    "Entry",
    "Reach",
    "Span",
    "Unreadable",
    "apart",
    "busy",
    "entry",
    "feed",
    "kept",
    "reach",
    "resource",
    "shown",
    "uid",
]
