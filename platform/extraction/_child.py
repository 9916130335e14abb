"""One process per file: started, awaited until its deadline, and never left behind.

The content goes in and the document comes out through unnamed files in the temporary
folder, so that neither is ever copied through the parent's memory.
"""

import asyncio
import contextlib
import errno
import io
import json
import os
import signal
import stat
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from extraction import _bounds, _memory, _opened, _wire
from extraction._document import Extracted
from extraction._extract import Source
from extraction._limits import Limits, mib
from extraction._refused import Refused

# Only the search path of the parent: no site, no .pth files, no user folder, and none
# of the parent's environment.
_START = (
    "import json, sys; order = json.loads(sys.argv[1]); sys.path[:] = order['path'];"
    " from extraction import _worker; _worker.main(order)"
)
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
_PIECE = 256 * 2**10


async def read(source: Source, name: str, limits: Limits) -> Extracted:
    """`extraction.extract` without its defaults."""
    async with _result(source, name, limits, None) as result:
        return await asyncio.to_thread(_wire.read, result, limits)


@contextlib.asynccontextmanager
async def opened(
    source: Source, name: str, limits: Limits, cut: tuple[int, int]
) -> AsyncIterator[_opened.Opened]:
    """`extraction.opened` without its defaults."""
    async with _result(source, name, limits, cut) as result:
        yield _opened.read(result, limits)


@contextlib.asynccontextmanager
async def _result(
    source: Source, name: str, limits: Limits, cut: tuple[int, int] | None
) -> AsyncIterator[BinaryIO]:
    """What the reading process wrote, as a file at its beginning."""
    with tempfile.TemporaryFile() as result:
        async with _content(source, limits) as content:
            _memory.give_back()
            await _run(content, result, _order(name, limits, cut), limits)
        result.seek(0)
        yield result


def _order(name: str, limits: Limits, cut: tuple[int, int] | None) -> dict[str, Any]:
    """What the reading process is told; *cut*: the budget and overlap of chunks."""
    return {
        "path": _search_path(),
        "name": name[:500],
        "limits": asdict(limits),
        "parent": os.getpid(),
        "cut": cut,
    }


@contextlib.asynccontextmanager
async def _content(source: Source, limits: Limits) -> AsyncIterator[BinaryIO]:
    """The content as a file at its beginning; Refused above the limit or if empty."""
    with (
        _regular(source)
        if isinstance(source, Path)
        else tempfile.TemporaryFile() as file
    ):
        await _spool(source, file, limits)
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        _require_size(size, limits)
        if not size:
            raise Refused("empty", "it is empty")
        yield file


def _regular(path: Path) -> BinaryIO:
    """A file of the file system; a pipe or device could block for ever."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise Refused("unsupported", "it is not a file")
    return file


async def _spool(source: Source, file: BinaryIO, limits: Limits) -> None:
    if isinstance(source, bytes):
        _require_size(len(source), limits)
        file.write(source)
    elif not isinstance(source, Path):
        async for piece in source:
            file.write(piece)
            _require_size(file.tell(), limits)
    file.flush()


def _require_size(size: int, limits: Limits) -> None:
    if size > limits.bytes:
        raise Refused("too_large", f"it is larger than {mib(limits.bytes)} MiB")


async def _run(
    content: BinaryIO, result: BinaryIO, order: dict[str, Any], limits: Limits
) -> None:
    command = [sys.executable, *_flags(), "-c", _START]
    process = await asyncio.create_subprocess_exec(
        *command,
        json.dumps(order),
        stdin=content,
        stdout=result,
        stderr=asyncio.subprocess.DEVNULL,
        env={key: os.environ[key] for key in _KEPT if key in os.environ},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(limits.seconds):
            status = await process.wait()
    except TimeoutError:
        status = -signal.SIGALRM
    finally:
        await _end(process)
    _require_success(status, limits)


def _flags() -> list[str]:
    """Isolated, but with the parent's compiled modules: to compile them anew at each
    start takes more memory than to run them."""
    flags = ["-I", "-S", "-X", "utf8", *["-O"] * sys.flags.optimize]
    if sys.pycache_prefix:
        flags += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    return flags


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the process and whatever it may have started, and reap it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await asyncio.shield(process.wait())


def _search_path() -> list[str]:
    """Where the parent finds its packages, this one included."""
    home = str(Path(__file__).resolve().parent.parent)
    return [*filter(None, sys.path), home]


def _require_success(status: int, limits: Limits) -> None:
    if status == 0:
        return
    if status == _bounds.NO_ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if -status in (signal.SIGALRM, signal.SIGXCPU):
        took = f"reading it took longer than {limits.seconds:g} seconds"
        raise Refused("killed", took)
    much = f"more than {mib(limits.memory)} MiB of memory, or all there is"
    raise Refused("killed", f"reading it took {much}, or crashed")
