"""Ingest: the life of a document, from a received file to passages that are found.

received → extracting → embedding → ready, or failed with a reason from any of them.
Rules are pure: they return changes to a document. An ``Intake`` stores them.
"""

from ingest._intake import Intake
from ingest._life import file_id, finish, is_open, is_unembedded, is_unread
from ingest._ports import Files, News

__all__ = [
    "Files",
    "Intake",
    "News",
    "file_id",
    "finish",
    "is_open",
    "is_unembedded",
    "is_unread",
]
