"""Intents: what a message calls for, and the dialogue that it belongs to."""

from intents._dialogues import Dialogues, local_plan
from intents._nearest import Intents, Near, fitting, plain

__all__ = ["Dialogues", "Intents", "Near", "fitting", "local_plan", "plain"]
