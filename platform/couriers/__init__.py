"""Couriers: messages to people, by Apprise's services, and when they may go out.

A courier takes a message, or says why not. Quiet hours are of the recipient's wall
clock, so that they start and end at the same hour on both sides of a change of the
clocks. Apprise is loaded with the first courier: with its hundred plugins it takes
45 MB.
"""

from couriers._addresses import Addresses
from couriers._apprise import Message, Refused, courier
from couriers._quiet import may_go
from couriers._waiting import waiting
from couriers._wanted import channels, moment, passed_over
from couriers._ways import Urls, Ways, ways
from couriers._words import BadTemplate, filled, require_template, worded

__all__ = [
    "Addresses",
    "BadTemplate",
    "Message",
    "Refused",
    "Urls",
    "Ways",
    "channels",
    "courier",
    "filled",
    "may_go",
    "moment",
    "passed_over",
    "require_template",
    "waiting",
    "ways",
    "worded",
]
