"""States: an interpreter of Amazon States Language whose work survives a crash."""

from states._check import check
from states._compose import Action, in_sequence, side_by_side
from states._diagram import diagram
from states._failures import Failed, Suspended, TimedOut
from states._finding import Finding
from states._hosting import (
    Call,
    Clock,
    Event,
    Execution,
    Journal,
    Limits,
    MemoryJournal,
    Observer,
    SleepingClock,
    Task,
)
from states._machine import Invalid, Machine

__all__ = [
    "Action",
    "Call",
    "Clock",
    "Event",
    "Execution",
    "Failed",
    "Finding",
    "Invalid",
    "Journal",
    "Limits",
    "Machine",
    "MemoryJournal",
    "Observer",
    "SleepingClock",
    "Suspended",
    "Task",
    "TimedOut",
    "check",
    "diagram",
    "in_sequence",
    "side_by_side",
]
