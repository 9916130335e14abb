"""A process that the mesh keeps running: ready, watched, started again when it ends.

Engines and services are kept alike. A service can also be renewed without a gap: the
next process takes its socket over before the last one is told to drain.
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from filigree.mesh_error import MeshError

SOONEST, LATEST = 0.25, 15.0  # seconds before it is started again
GIVEN_UP = 2  # crashes before it was ever ready until nobody waits for it
# Seconds of life after which a crash counts as the first again: far longer than a start
# takes, so that what ends over and over is not started over and over.
STEADY = 5.0
BETWEEN = 5.0  # seconds between two looks at a process that is ready
SOONER = 0.5  # the same, at one that was ready and is not
# Looks in a row that fail until it counts as not ready, as in a cluster: on a machine
# that is busy one answer may be late, and its callers' ways would be made anew for it.
MISSES = 3
RENEW_WITHIN = 60.0  # seconds for a new process to take over
# Seconds for the old one to answer what it was asked before: nobody waits for its end,
# and it has a limit of its own for that.
LEAVES_WITHIN = 45.0
LIVE = ("ready", "unready")  # states of one that is looked at


class Handle(Protocol):
    """A running process, whoever its parent is."""

    @property
    def pid(self) -> int: ...

    async def wait(self) -> int: ...

    def send_signal(self, sent: int, /) -> None: ...


@dataclass(eq=False)
class Kept:
    """One process of the mesh, by name.

    ``start`` makes it, ``ready`` asks it, and so does ``spoilt`` whether it has to be
    started anew although it answers; ``drain`` is how many seconds it has between
    the signal to stop and the one that nothing survives. ``tell`` gets news of it.
    States: waiting, starting, ready, unready, paused, crashed, stopped.
    """

    name: str
    start: Callable[[], Awaitable[Handle]]
    ready: Callable[[], Awaitable[bool]]
    tell: Callable[[str, str], None]
    spoilt: Callable[[], Awaitable[bool]] | None = None
    stop: int = signal.SIGTERM
    drain: float = 10.0
    port: int | None = None
    state: str = "waiting"
    restarts: int = 0
    startup: float | None = None  # seconds from start to ready
    code: int | None = None  # the last exit code
    handle: Handle | None = field(default=None, repr=False)
    first: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    failing: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _crashes: int = field(default=0, repr=False)
    _expected: bool = field(default=False, repr=False)
    _goes_on: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _sooner: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _behind: dict[asyncio.Task[None], Handle] = field(default_factory=dict, repr=False)

    @property
    def pid(self) -> int | None:
        return self.handle.pid if self.handle else None

    async def keep(self) -> None:
        """Run it, again and again, until cancelled. MeshError if it cannot run."""
        while True:
            began = time.monotonic()
            self.state = "starting"
            if not await self._started():
                await self._pause(0.0)
                continue
            watching = asyncio.create_task(self._watch(began))
            try:
                self.code = await self._ended()
            finally:
                watching.cancel()
            await self._pause(time.monotonic() - began)

    async def _started(self) -> bool:
        """Start it; one that has run before is tried again, whatever is wrong."""
        try:
            self.handle = await self.start()
        except MeshError as exc:
            if not self.restarts:
                raise
            self.tell("trouble", str(exc))
            return False
        return True

    async def _ended(self) -> int:
        """The exit code of the current process, renewals notwithstanding."""
        while True:
            handle = self.handle
            assert handle is not None
            code = await handle.wait()
            # Whether another has taken its place is known once that has been tried.
            async with self._renewing:
                if handle is self.handle:
                    self.handle = None
                    return code

    async def _pause(self, lived: float) -> None:
        if self._expected:
            self._expected = False
            return
        self._crashes = 1 if lived > STEADY else self._crashes + 1
        delay = min(SOONEST * 2 ** (self._crashes - 1), LATEST)
        self.state, self.restarts = "crashed", self.restarts + 1
        if self._crashes >= GIVEN_UP and not self.first.is_set():
            self.failing.set()
        self.tell("crashed", f"{self.name} {ending(self.code)}; again in {delay:g} s")
        await within(delay, self._sooner)

    async def _watch(self, began: float) -> None:
        """Wait until it is ready, then look at it now and then."""
        pause = 0.01
        while not await self.ready():
            await asyncio.sleep(pause)
            pause = min(pause * 1.3, 0.2)
        self.startup = time.monotonic() - began
        self._become("ready")
        self.first.set()
        missed = 0
        while True:
            is_doubtful = missed > 0 or self.state == "unready"
            await within(SOONER if is_doubtful else BETWEEN, self._goes_on)
            if self.state in LIVE:
                missed = 0 if await self.ready() else missed + 1
                self._take_in(missed)
                await self._end_if_spoilt()

    def _take_in(self, missed: int) -> None:
        """What so many failed looks in a row mean, unless it was frozen meanwhile."""
        if self.state in LIVE and not 0 < missed < MISSES:
            self._become("unready" if missed else "ready")

    async def _end_if_spoilt(self) -> None:
        """Ask what answers and is of no use to end; it is started again then."""
        if self.spoilt and self.handle and await self.spoilt():
            self.tell("trouble", f"{self.name} is of no use as it is: started anew")
            self.handle.send_signal(self.stop)

    def _become(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.tell(state, self.name)

    async def restart(self) -> None:
        """Stop it and let it start again; MeshError when it does not."""
        self.first.clear()
        self.failing.clear()
        self._crashes = 0
        if handle := self.handle:
            self._expected = True
            await end(handle, self.stop, self.drain)
        else:
            self._sooner.set()
        async with asyncio.timeout(RENEW_WITHIN):
            await self._settled()
        if not self.first.is_set():
            raise MeshError(f"{self.name} does not start", f"filigree logs {self.name}")

    async def _settled(self) -> None:
        """Wait until it is ready for the first time, or has failed too often."""
        waits = [asyncio.create_task(e.wait()) for e in (self.first, self.failing)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()

    async def renew(
        self,
        start: Callable[[], Awaitable[Handle]],
        takeover: Callable[[], Callable[[], Awaitable[bool]]],
    ) -> None:
        """Put a new process in its place; the old one serves until that is ready.

        *takeover* is called before the new one starts, and what it returns tells
        whether that has taken over. MeshError when the new one ends first: the old one
        then goes on.
        """
        async with self._renewing:
            if (old := self.handle) is None:
                return
            await self._replace(old, start, takeover())

    async def _replace(
        self,
        old: Handle,
        start: Callable[[], Awaitable[Handle]],
        taken_over: Callable[[], Awaitable[bool]],
    ) -> None:
        began = time.monotonic()
        new = await start()
        ended = asyncio.create_task(new.wait())
        while not await taken_over():
            if ended.done() or time.monotonic() - began > RENEW_WITHIN:
                await end(new, signal.SIGKILL, 1.0)
                raise MeshError(f"the new {self.name} does not start; the old goes on")
            await asyncio.sleep(0.05)
        ended.cancel()
        self.handle, self.startup = new, time.monotonic() - began
        self.first.set()
        self._become("ready")
        leaving = asyncio.create_task(end(old, self.stop, LEAVES_WITHIN))
        self._behind[leaving] = old
        leaving.add_done_callback(self._behind.pop)

    def pause(self, paused: bool) -> None:
        """Freeze it, or let it go on: a process that neither answers nor ends."""
        if self.handle:
            self.handle.send_signal(signal.SIGSTOP if paused else signal.SIGCONT)
            self.state = "paused" if paused else "unready"
            if not paused:
                self._goes_on.set()

    async def close(self) -> None:
        """Stop it for good; ``keep`` must have been cancelled."""
        if self.handle:
            if self.state == "paused":
                self.handle.send_signal(signal.SIGCONT)
            await end(self.handle, self.stop, self.drain)
        left = [end(old, self.stop, self.drain) for old in self._behind.values()]
        await asyncio.gather(*left, *self._behind)
        self.handle, self.state = None, "stopped"


async def end(handle: Handle, asked: int, drain: float) -> None:
    """Ask it to end, wait *drain* seconds, then kill it with all of its group."""
    with suppress(ProcessLookupError):
        handle.send_signal(asked)
    with suppress(TimeoutError):
        async with asyncio.timeout(drain):
            await handle.wait()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(handle.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(5.0):
            await handle.wait()


async def within(seconds: float, event: asyncio.Event) -> None:
    """Wait so long, or until *event* is set; it is not set any more then."""
    with suppress(TimeoutError):
        # Python 3.11's wait_for forgets that it was cancelled where both come at once.
        async with asyncio.timeout(seconds):
            await event.wait()
    event.clear()


def ending(code: int | None) -> str:
    """How a process ended, in words."""
    if code is None:
        return "ended"
    if code >= 0:
        return f"ended with {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
