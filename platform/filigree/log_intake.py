"""Every service's output: taken in line by line, kept in files, passed on.

A child connects its standard output here and says who it is; what follows is lines of
JSON, or what an interpreter prints when it fails, which becomes a line of JSON too.
"""

import asyncio
import errno
import json
import time
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path

LONGEST = 256 * 1024  # bytes of a line; the rest of a longer one is cut
LARGEST = 8 * 1024 * 1024  # bytes of a file before it becomes the older one

Take = Callable[[str, bytes], None]


class LogFile:
    """One service's file and the one before it. A full disk costs lines, not lives."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None
        # Of a disk that becomes full a line may have a part: the next begins a new one.
        self._rest = b""
        self.lost = 0

    def append(self, lines: bytes) -> None:
        """Append whole lines; they are counted as lost when the disk does not take all
        of them."""
        try:
            self._write(self._rest + lines)
        except OSError:
            self.lost += lines.count(b"\n")

    def _write(self, lines: bytes) -> None:
        # It may not have been possible to make it, or to make it anew.
        file = self._file = self._file or self._path.open("ab", buffering=0)
        if file.write(lines) < len(lines):
            self._rest = b"\n"
            raise OSError(errno.ENOSPC, "a part was written")
        self._rest = b""
        if file.tell() > LARGEST:
            self.close()
            self._path.replace(self._path.with_suffix(".log.1"))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class LogIntake:
    """Listens for children; ``take`` gets (service, line) for each line."""

    def __init__(self, socket: Path, folder: Path, take: Take) -> None:
        self._socket, self._folder, self._take = socket, folder, take
        self._files: dict[str, LogFile] = {}
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._socket.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(
            self._connected, str(self._socket), limit=LONGEST
        )

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError, ValueError, EOFError, asyncio.LimitOverrunError):
            service = json.loads(await reader.readline())["service"]
            await self._read(service, reader)
        writer.close()

    async def _read(self, service: str, reader: asyncio.StreamReader) -> None:
        rest = b""
        while received := await reader.read(LONGEST):
            *lines, rest = (rest + received).split(b"\n")
            self._keep(service, lines)
            if len(rest) > LONGEST:
                self._keep(service, [rest])
                rest = b""
        if rest:
            self._keep(service, [rest])

    def _keep(self, service: str, lines: list[bytes]) -> None:
        kept = [as_json(service, line) for line in lines if line.strip()]
        if not kept:
            return
        if service not in self._files:
            self._files[service] = LogFile(self._folder / f"{service}.log")
        self._files[service].append(b"".join(line + b"\n" for line in kept))
        for line in kept:
            self._take(service, line)

    def lost(self) -> int:
        """Lines that the disk did not take."""
        return sum(file.lost for file in self._files.values())

    def close(self) -> None:
        if self._server:
            self._server.close()
        for file in self._files.values():
            file.close()


def as_json(service: str, line: bytes) -> bytes:
    """The line itself when it is a JSON object, else one that says it."""
    if line.startswith(b"{") and line.rstrip().endswith(b"}"):
        return line
    said = line.decode("utf-8", "replace")
    told = {"time": time.time(), "level": "error", "service": service, "message": said}
    return json.dumps(told).encode()
