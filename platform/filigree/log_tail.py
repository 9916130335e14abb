"""The end of a log file, and what is appended to it, also when the file is turned."""

import os
from contextlib import suppress
from pathlib import Path

MOST_READ = 4 * 1024 * 1024  # bytes from the end of a file


class Tail:
    """Reads whole lines, each once: first ``last``, then ``new`` again and again.

    A file that has become too large becomes the older one, beside which another begins.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._inode: int | None = None
        self._at = 0  # bytes of the file that were read

    @property
    def _older(self) -> Path:
        return self.path.with_suffix(".log.1")

    def last(self) -> bytes:
        """The end of the file and of the one before it."""
        older = b""
        with suppress(FileNotFoundError), self._older.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - MOST_READ))
            older = file.read()
        with suppress(FileNotFoundError):
            now = self.path.stat()
            self._inode, self._at = now.st_ino, max(0, now.st_size - MOST_READ)
        return older + self.new()

    def new(self) -> bytes:
        """What was appended since; nothing while the file is being turned."""
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            return b""
        with file:
            now, rest = os.fstat(file.fileno()), b""
            if now.st_ino != self._inode:
                rest = self._rest()
                self._inode, self._at = now.st_ino, 0
            # What was emptied begins anew.
            self._at = self._at if self._at <= now.st_size else 0
            file.seek(self._at)
            whole, newline, _ = file.read().rpartition(b"\n")
        self._at += len(whole) + len(newline)
        return rest + whole + newline

    def _rest(self) -> bytes:
        """What had been appended to the file before it was turned."""
        with suppress(FileNotFoundError), self._older.open("rb") as file:
            if os.fstat(file.fileno()).st_ino == self._inode:
                file.seek(self._at)
                return file.read()
        return b""
