"""Ingest: the life of a document, from a received file to passages that are found.

received → extracting → embedding → ready, or failed with a reason from any of them.
What is returned are changes to a document, for whoever stores them: no state, no clock.
"""

from ingest._life import (
    begin,
    file_id,
    finish,
    give_up,
    is_open,
    is_unembedded,
    is_unread,
)
from ingest._read import Read, read

__all__ = [
    "Read",
    "begin",
    "file_id",
    "finish",
    "give_up",
    "is_open",
    "is_unembedded",
    "is_unread",
    "read",
]
