"""Feeds: whoever watches hears of every change, in order, whichever replica it asks.

A signal only says that something changed; what it was is read from where it is kept.
So a lost signal costs time and never a change, and a watcher that comes back with the
mark of its last change is told what it missed. At least once: a change may be told
again after such a return, never within one watch.
"""

from feeds._follow import BadMark, Entry, follow
from feeds._memory import Memory
from feeds._signals import Crowded, Signals
from feeds._state import follow_state

__all__ = ["BadMark", "Crowded", "Entry", "Memory", "Signals", "follow", "follow_state"]
