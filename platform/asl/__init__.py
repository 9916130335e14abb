"""Amazon States Language (ASL): an interpreter whose work survives a crash.

``check(definition, known)`` lists every finding; ``Machine(definition, task, clock,
limits)`` runs what has none, by ``run(execution, journal, observer)``, and tells by
``history(execution, journal)`` what a journal knows. ``Failed``, ``TimedOut`` and
``Suspended`` are how a run ends without an output. ``diagram`` draws a definition;
``side_by_side`` and ``in_sequence`` make one of ``Action``s that fail alone.

A host supplies a ``Task``, and where it needs them a ``Journal`` (its absence makes an
execution express), a ``Clock`` and an ``Observer`` of ``Event``s.
"""

from asl._apart import Apart, Outcome, apart
from asl._check import check
from asl._compose import Action, in_sequence, side_by_side
from asl._diagram import diagram
from asl._ending import Ending, ending, watched
from asl._failures import TIMEOUT, Failed, Suspended, TimedOut
from asl._finding import Finding
from asl._hosting import (
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
from asl._keeping import PatientClock, TextJournal, brief, replayed
from asl._machine import Invalid, Machine
from asl._tally import Tally

__all__ = [
    "TIMEOUT",
    "Action",
    "Apart",
    "Call",
    "Clock",
    "Ending",
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
    "Outcome",
    "PatientClock",
    "SleepingClock",
    "Suspended",
    "Tally",
    "Task",
    "TextJournal",
    "TimedOut",
    "apart",
    "brief",
    "check",
    "diagram",
    "ending",
    "in_sequence",
    "replayed",
    "side_by_side",
    "watched",
]
