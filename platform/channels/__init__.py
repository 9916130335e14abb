"""Channels: messages to people, by Apprise's services, and when they may go out.

A sender takes a message, or says why not. Quiet hours are of the recipient's wall
clock, so that they start and end at the same hour on both sides of a change of the
clocks. Apprise is loaded with the first sender: with its hundred plugins it takes
45 MB.
"""

from channels._addresses import Addresses
from channels._apprise import Message, Refused, sender
from channels._quiet import may_go
from channels._waiting import waiting
from channels._wanted import channels, moment, passed_over
from channels._ways import Urls, Ways, ways
from channels._words import BadTemplate, filled, require_template, worded

__all__ = [
    "Addresses",
    "BadTemplate",
    "Message",
    "Refused",
    "Urls",
    "Ways",
    "channels",
    "filled",
    "may_go",
    "moment",
    "passed_over",
    "require_template",
    "sender",
    "waiting",
    "ways",
    "worded",
]
