"""Couriers: messages to people, by Apprise's services, and when they may go out.

A courier takes a message or raises ``Refused``. Quiet hours are of the recipient's
wall clock, so that they start and end at the same hour on both sides of a change of
the clocks. Apprise is loaded when the first message goes out: with its hundred plugins
it takes 45 MB.
"""

from couriers._apprise import Attached, Message, Refused, courier
from couriers._quiet import may_go
from couriers._words import MissingVariable, filled

__all__ = [
    "Attached",
    "Message",
    "MissingVariable",
    "Refused",
    "courier",
    "filled",
    "may_go",
]
