"""Dialogue: turns of a conversation, and the pipeline's outcome as its answer."""

from dialogue._summary import due, local_summary, older, request
from dialogue._talk import REMEMBERED, Talk, answered, begun, named, silence, turns

__all__ = [
    "REMEMBERED",
    "Talk",
    "answered",
    "begun",
    "due",
    "local_summary",
    "named",
    "older",
    "request",
    "silence",
    "turns",
]
