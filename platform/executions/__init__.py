"""Executions: hosts pipelines and plans, each finished step once."""

from executions._actions import OWN, Action, Actions
from executions._definitions import Definitions
from executions._host import Host, Store, named, new
from executions._packing import packing
from executions._said import alone, kept
from executions._shown import paged, shown, shown_to

__all__ = [
    "OWN",
    "Action",
    "Actions",
    "Definitions",
    "Host",
    "Store",
    "alone",
    "kept",
    "named",
    "new",
    "packing",
    "paged",
    "shown",
    "shown_to",
]
