"""Reservations: their statuses, and that each has all that belongs to it or nothing."""

from reservations._asked import event_of, matching, proposal
from reservations._book import Book, Elsewhere
from reservations._course import COURSE, NotNow, require
from reservations._news import News

__all__ = [
    "COURSE",
    "Book",
    "Elsewhere",
    "News",
    "NotNow",
    "event_of",
    "matching",
    "proposal",
    "require",
]
