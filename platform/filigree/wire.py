"""The least HTTP that a supervisor needs: one request over a Unix socket.

A probe every few milliseconds, an administration interface, batches of log lines: none
is worth the ten megabytes that a real client costs in a process that always runs.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path

MOST = 8 * 1024 * 1024  # bytes of an answer


async def request(
    socket: Path,
    method: str,
    path: str,
    *,
    host: str = "localhost",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    timeout: float = 2.0,
) -> tuple[int, bytes]:
    """Status and body of one HTTP/1.1 request (RFC 9112) on a connection of its own.

    OSError when nothing answers as HTTP within *timeout* seconds.
    """
    async with asyncio.timeout(timeout):
        reader, writer = await asyncio.open_unix_connection(str(socket), limit=MOST)
        try:
            sent = {"Host": host, "Connection": "close", **(headers or {})}
            sent["Content-Length"] = str(len(body))
            head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
            writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            await writer.drain()
            return await _answer(reader)
        finally:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.split("\r\n")
        status = int(lines[0].split(" ")[1])
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        if fields.get("transfer-encoding") == "chunked":
            return status, await _chunks(reader)
        if "content-length" in fields:
            return status, await reader.readexactly(int(fields["content-length"]))
        return status, await reader.read(MOST)
    except (ValueError, IndexError, EOFError, asyncio.LimitOverrunError) as exc:
        raise OSError(f"not an HTTP answer: {exc}") from exc


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    found = b""
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        found += await reader.readexactly(size)
        await reader.readuntil(b"\r\n")
    return found
