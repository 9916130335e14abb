"""Ingest: the life of a document, from a received file to passages that are found.

received → extracting → embedding → ready, or failed with a reason from any of them.
Rules are pure: they return changes to a document. A ``Library`` stores them.
"""

from ingest._library import Library
from ingest._life import (
    LOST,
    PATIENCE,
    file_id,
    finish,
    is_open,
    is_unembedded,
    is_unread,
)
from ingest._ports import Files, News
from ingest._reading import read, turn
from ingest._taking import follow, replace, take

__all__ = [
    "LOST",
    "PATIENCE",
    "Files",
    "Library",
    "News",
    "file_id",
    "finish",
    "follow",
    "is_open",
    "is_unembedded",
    "is_unread",
    "read",
    "replace",
    "take",
    "turn",
]
