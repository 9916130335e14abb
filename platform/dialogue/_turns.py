"""One message of a conversation at a time, as people talk.

Whoever sends two at once, or the same one twice, gets two answers that are true one
after the other. It holds within this process; beyond it, what is written at a version
still keeps two from both coming first.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any
from weakref import WeakValueDictionary

from contracts.assistant.conversations import ChatAnswer, ChatRequest
from dialogue import _talk
from dialogue._desk import Caller, Desk
from dialogue._talk import Talk

PATIENCE = 12.0  # seconds that a message waits for the one before it
# How the chat pipeline is run, given ``json``: to its end, or told as it goes.
Events = AsyncIterator[tuple[str, Any]]
Run = Callable[..., Awaitable[Any]]
Streamed = Callable[..., Events]
Told = asyncio.Queue[tuple[str, Any] | Exception | None]


class Turn:
    """A message on its way to its answer, until which the next one waits::

    with turn as talk: ...
    """

    def __init__(self, talk: Talk, lock: asyncio.Lock | None) -> None:
        self._talk, self._lock = talk, lock

    def __enter__(self) -> Talk:
        return self._talk

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lock is not None:
            self._lock.release()


class Turns:
    """Whose turn it is in each conversation of a desk."""

    def __init__(self, desk: Desk, patience: float = PATIENCE) -> None:
        self._desk, self._patience = desk, patience
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def begin(self, asked: ChatRequest, caller: Caller) -> Turn:
        """The message in its conversation, once it is its turn. What ``opened`` raises.

        The same message again, while the first is still being answered, is the first:
        a button pressed twice, or a client that did not wait.
        """
        lock = self._locks.setdefault(_place(asked, caller), asyncio.Lock())
        waits = lock.locked()
        held = lock if await self._taken(lock) else None
        try:
            talk = await self._desk.opened(asked, caller, repeats=waits)
        except BaseException:
            if held:
                held.release()
            raise
        talk.reply = talk.reply or _talk.unread(talk)
        return Turn(talk, held)

    async def answered(
        self, asked: ChatRequest, caller: Caller, run: Run
    ) -> ChatAnswer:
        """The message's answer, once it is its turn; what ``begin`` raises."""
        with await self.begin(asked, caller) as talk:
            if talk.reply or talk.is_silent:
                return talk.reply or await self._desk.silent(talk, caller)
            done = await run(json={"input": talk.input})
            return await self._desk.finished(talk, done, caller)

    async def streamed(
        self, asked: ChatRequest, caller: Caller, run: Streamed
    ) -> Events:
        """The same as events: states as they are entered and words as they come, then
        ``answer`` with all of it.

        Who leaves meanwhile finds the answer in the conversation: what was booked for
        a yes has to stand there beside it.
        """
        events = self._events(await self.begin(asked, caller), caller, run)
        told: Told = asyncio.Queue()  # as many as one answer has
        self._desk.platform.background(_told(events, told))
        return _heard(told)

    async def _events(self, turn: Turn, caller: Caller, run: Streamed) -> Events:
        with turn as talk:
            if talk.reply or talk.is_silent:
                yield "answer", talk.reply or await self._desk.silent(talk, caller)
                return
            async for name, data in run(json={"input": talk.input}):
                if name == "execution":
                    yield "answer", await self._desk.finished(talk, data, caller)
                else:
                    yield name, data

    async def _taken(self, lock: asyncio.Lock) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                return await lock.acquire()
        except TimeoutError:
            return False


def _place(asked: ChatRequest, caller: Caller) -> str:
    """What two messages have in common that wait for one another: the conversation, or
    the key of the one that begins it."""
    begins = caller.idempotency_key or id(asked)
    return f"{caller.tenant} {asked.conversation_id or (caller.subject, begins)}"


async def _told(events: Events, told: Told) -> None:
    """All of them, whether anybody listens or not; a failure is the last one."""
    try:
        async for event in events:
            told.put_nowait(event)
        told.put_nowait(None)
    except Exception as failure:
        told.put_nowait(failure)


async def _heard(told: Told) -> Events:
    while (event := await told.get()) is not None:
        if isinstance(event, Exception):
            raise event
        yield event
