"""One connection to a server of HTTP/1.1: a request out, its answer back, the next one.

httptools parses, as it does in the server; nothing is kept but what was not read yet.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterable, Callable
from typing import NamedTuple, cast

import httptools
import httpx

from chassis._answer import Answer

HELD = 256 * 1024  # bytes of an answer that wait for their reader; then none is read
FRAMES = {b"content-length", b"transfer-encoding"}  # what tells where a body ends


class Ask(NamedTuple):
    """A request as it is sent. ``length`` of the body in bytes; None: it is chunked.

    ``answered_without_body``: whatever the answer's headers say of one.
    """

    head: bytes
    body: bytes | AsyncIterable[bytes]
    length: int | None
    answered_without_body: bool


class Unanswered(httpx.RemoteProtocolError):
    """The connection ended before anything of the answer came."""


class Connection(asyncio.Protocol):
    """``left`` is told at the end of each exchange, ``lost`` at that of the connection.

    ``since`` is for whoever keeps it: when it was last used.
    """

    def __init__(
        self,
        left: Callable[["Connection"], None],
        lost: Callable[["Connection"], None],
    ) -> None:
        self._left, self._lost = left, lost
        self._parser = httptools.HttpResponseParser(self)
        self._answer: Answer | None = None
        self._sending: asyncio.Task[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._bodiless = self._has_begun = self._is_framed = False
        self._is_paused = False
        self._headers: list[tuple[bytes, bytes]] = []
        self.since = 0.0

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    def close(self) -> None:
        self._transport.abort()

    def ask(self, asked: Ask) -> Answer:
        """Send it; the answer is on its way."""
        self._answer = answer = Answer(self._leave, self._resume)
        self._bodiless = asked.answered_without_body
        self._has_begun = self._is_framed = False
        if isinstance(asked.body, bytes):
            # Nothing empty: some of asyncio's transports try that again for ever, and
            # lose the answer of who closes the connection behind it.
            parts = [part for part in (asked.head, asked.body) if part]
            self._transport.writelines(parts)
        else:
            self._transport.write(asked.head)
            sending = self._send(asked.body, asked.length)
            self._sending = asyncio.create_task(sending)
            self._sending.add_done_callback(self._sent)
        return answer

    async def _send(self, body: AsyncIterable[bytes], length: int | None) -> None:
        sent = 0
        async for piece in body:
            sent += len(piece)
            if length is not None and sent > length:
                break
            # A body that never waits lets nobody else run: neither an answer that comes
            # early nor the connection's end would be seen.
            await asyncio.sleep(0)
            await self._writable.wait()
            if length is not None:
                self._transport.write(piece)
            elif piece:
                self._transport.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        if length is None:
            self._transport.write(b"0\r\n\r\n")
        elif sent != length:
            raise httpx.LocalProtocolError("a body is as long as its content-length")

    def _sent(self, task: asyncio.Task[None]) -> None:
        if self._sending is not task:
            return
        self._sending = None
        if task.cancelled():
            self._end(httpx.WriteError("the request was not sent as a whole"))
        elif failure := task.exception():
            self._end(failure)

    def _leave(self, answer: Answer) -> None:
        if self._answer is answer:
            self._end(httpx.ReadError("the answer was left early"))

    def _resume(self, answer: Answer) -> None:
        if self._answer is answer and self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()

    def _end(self, failure: BaseException | None = None) -> None:
        """The exchange is over; one that is not whole is not followed by another."""
        answer, self._answer = self._answer, None
        if answer is None:
            return
        if self._sending:
            self._sending.cancel()
        if failure or self._sending or not self._may_stay():
            self.close()
        self._sending = None
        answer.end(failure)
        self._left(self)

    def _may_stay(self) -> bool:
        return not self._bodiless and self._parser.should_keep_alive()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            return self.close()  # Nothing was asked: whatever it is, it is no answer.
        self._has_begun = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as exc:
            self._end(httpx.RemoteProtocolError(f"this is no HTTP: {exc}"))
            self.close()
        if self._answer and self._answer.held > HELD and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer:
            self._end(self._broken(self._answer, exc))
        self._writable.set()
        self._lost(self)

    def _broken(self, answer: Answer, exc: Exception | None) -> Exception | None:
        """Why an answer is not whole; None where the end of all is its end, too."""
        if not self._has_begun:
            return Unanswered(f"the server left without an answer: {exc or 'closed'}")
        if exc:
            return httpx.ReadError(str(exc))
        if answer.head.done() and not self._is_framed:
            return None
        return httpx.RemoteProtocolError("the server left within its answer")

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # What the parser calls.

    def on_message_begin(self) -> None:
        self._headers = []
        if self._answer is None:
            raise ValueError("an answer that nobody asked for")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if self._answer is None or status < 200:
            return
        self._is_framed = any(name.lower() in FRAMES for name, _ in self._headers)
        with contextlib.suppress(asyncio.InvalidStateError):
            self._answer.head.set_result((status, self._headers))
        if self._bodiless:
            self._end()

    def on_body(self, piece: bytes) -> None:
        if self._answer:
            self._answer.add(piece)

    def on_message_complete(self) -> None:
        if self._answer and self._answer.head.done():
            self._end()
