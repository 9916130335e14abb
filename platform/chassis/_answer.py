"""An answer from another service while it arrives."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

import httpx

Head = tuple[int, list[tuple[bytes, bytes]]]  # its status, its headers


class Answer(httpx.AsyncByteStream):
    """The head, then the body as it arrives.

    ``leave`` is told when it is left, ``resume`` that nothing waits to be read.
    """

    def __init__(
        self, leave: Callable[["Answer"], None], resume: Callable[["Answer"], None]
    ) -> None:
        self.head: asyncio.Future[Head] = asyncio.get_running_loop().create_future()
        self.held = 0
        self._leave, self._resume = leave, resume
        self._pieces: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._failure: BaseException | None = None
        self._is_ended = False

    def add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self.held += len(piece)
        self._news.set()

    def end(self, failure: BaseException | None) -> None:
        """Nothing comes any more."""
        self._is_ended, self._failure = True, failure
        if failure and not self.head.done():
            self.head.set_exception(failure)
        self._news.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            while self._pieces:
                piece = b"".join(self._pieces)
                self._pieces.clear()
                self.held = 0
                self._resume(self)
                yield piece
            if self._failure:
                raise self._failure
            if self._is_ended:
                return
            self._news.clear()
            await self._news.wait()

    async def aclose(self) -> None:
        self._leave(self)
