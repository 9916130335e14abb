"""Ingest: the life of a document, from a received file to passages that are found.

received → extracting → embedding → ready, or failed with a reason from any of them.
Rules are pure: changes to a document, for whoever stores them. A ``Shelf`` stores them.
"""

from ingest._life import file_id, finish, is_open, is_unembedded, is_unread
from ingest._shelf import News, Shelf

__all__ = [
    "News",
    "Shelf",
    "file_id",
    "finish",
    "is_open",
    "is_unembedded",
    "is_unread",
]
