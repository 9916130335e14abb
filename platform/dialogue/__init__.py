"""Dialogue: messages in conversations, and the answers that a pipeline gives them."""

from dialogue._desk import Desk
from dialogue._people import People
from dialogue._talk import begun, named
from dialogue._turns import Turn, Turns

__all__ = ["Desk", "People", "Turn", "Turns", "begun", "named"]
