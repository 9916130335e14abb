"""Intents: what a message calls for, and the dialogue that it belongs to."""

from intents._dialogues import Dialogues
from intents._local import Local, spoken_of
from intents._nearest import Intents, Near, fitting, plain
from intents._worded import Worded

__all__ = [
    "Dialogues",
    "Intents",
    "Local",
    "Near",
    "Worded",
    "fitting",
    "plain",
    "spoken_of",
]
