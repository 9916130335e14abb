"""Traces: spans into a tree, with the critical path and each span's share of it."""

from traces._arrived import arrived
from traces._belonging import belonging
from traces._trace import has_failed, trace
from traces._tree import Node, critical_path, joined, measured, tree, walk

__all__ = [
    "Node",
    "arrived",
    "belonging",
    "critical_path",
    "has_failed",
    "joined",
    "measured",
    "trace",
    "tree",
    "walk",
]
