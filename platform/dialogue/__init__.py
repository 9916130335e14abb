"""Dialogue: messages in conversations, and the answers that a pipeline gives them."""

from dialogue._desk import Desk
from dialogue._talk import Talk, begun, named

__all__ = ["Desk", "Talk", "begun", "named"]
