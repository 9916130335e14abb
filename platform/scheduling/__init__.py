"""Scheduling: clashes and their mending, slots for many, and jobs for staff.

Pure, and the same every time: no clock, no chance. See README.md for what is exact.
"""

from scheduling._answers import assignment, conflicts, resolution, suggestions
from scheduling._assigned import Assigned, assign, heuristic
from scheduling._clashes import Appointment, Clash, clashes
from scheduling._moves import Resolved, overlap, resolve
from scheduling._plain import (
    BadSchedule,
    appointments,
    person,
    shown,
    task,
    visits,
)
from scheduling._reasons import reason
from scheduling._routes import Job, Round, Task, Visit, Worker
from scheduling._slots import Person, Rated, Span, suggest
from scheduling._ways import Point, travel

__all__ = [
    "Appointment",
    "Assigned",
    "BadSchedule",
    "Clash",
    "Job",
    "Person",
    "Point",
    "Rated",
    "Resolved",
    "Round",
    "Span",
    "Task",
    "Visit",
    "Worker",
    "appointments",
    "assign",
    "assignment",
    "clashes",
    "conflicts",
    "heuristic",
    "overlap",
    "person",
    "reason",
    "resolution",
    "resolve",
    "shown",
    "suggest",
    "suggestions",
    "task",
    "travel",
    "visits",
]
