"""Providers: calls to external systems, with deadline, retries, breaker and metrics.

The mesh does this for services; for the systems outside it is done here, once, with the
SDK's own retries turned off. A provider's failure leaves as 424, as an upstream's does,
so that the mesh neither repeats it nor ejects the healthy service that reports it.
"""

import asyncio
import contextlib
import inspect
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, TypeVar

import stamina
from pydantic import BaseModel, Field

from chassis import _attempts, _context, _failures, _outcomes, _settings, _threads
from chassis._breaker import Breaker, State

T = TypeVar("T")

LONGEST_WAIT = 30.0  # seconds between two attempts, unless the provider asks for more
CLOSING = 1.0  # seconds that a stream is given to close
MOST_APART = 1_000  # breakers of a provider that are kept; the longest unused goes
LEVELS = {State.CLOSED: 0, State.HALF_OPEN: 1, State.OPEN: 2}
END: Any = object()

log = logging.getLogger("chassis.provider")

# Its own hooks would log an exception's text, which may hold an address or a secret.
stamina.instrumentation.set_on_retry_hooks([])


class Overrides(BaseModel):
    """What the environment may say of every provider of a service, before its code."""

    max_retries: int | None = Field(None, ge=1)
    circuit_breaker_threshold: int | None = Field(None, ge=1)
    circuit_breaker_recovery: float | None = Field(None, gt=0)
    provider_timeout: float | None = Field(None, gt=0)
    provider_wait: float | None = Field(None, ge=0)


class Provider:
    """One external system. Obtained from ``chassis.provider``."""

    def __init__(
        self,
        terms: _attempts.Terms,
        threshold: int,
        recovery: float,
        limit: int,
        per_tenant: bool,
    ) -> None:
        self._terms, self._limit, self._per_tenant = terms, limit, per_tenant
        self._labels = (os.environ.get("FILIGREE_SERVICE", "-"), terms.name)
        made = partial(Breaker, threshold, recovery, time.monotonic)
        self._breaker = made(self._changed)
        self._apart = lru_cache(MOST_APART)(lambda _: made(self._told))
        self._threads = _threads.Threads(terms.name, limit, self._hanging)
        _outcomes.BREAKER.labels(*self._labels).set(LEVELS[State.CLOSED])
        _outcomes.HUNG.labels(*self._labels).set(0)

    async def call(
        self,
        operation: str,
        fn: Callable[..., Awaitable[T] | T],
        *args: Any,
        once: bool = False,
        apart: Hashable = None,
    ) -> T:
        """What ``fn(*args)`` returns: of a coroutine function, or of a blocking one.

        A blocking one runs in a thread of this provider. ``operation`` names the call
        in logs and metrics ("POST /embeddings"; no ids). With ``once`` it is never
        repeated, for what must not happen twice and has no idempotency key. Calls that
        are *apart* have a breaker for themselves, which the gauge and ``state`` leave
        out: where a tenant chose what is asked, its failures are no other tenant's.

        Raises Timeout or Unavailable (both leave as 424, with ``upstream`` in their
        data) when the provider does not answer, fails, has asked to be left alone for
        longer than is left, or its breaker is open;
        Misconfigured on 401 and 403. Any other exception of *fn* is raised as it is;
        a Problem among them is repeated when its type is retryable.
        """
        call = self._begin(operation, self._breaker_of(apart), once)
        try:
            with _outcomes.observed(*self._labels, operation):
                found = await self._attempted(call, partial(self._answer, fn, args))
                call.succeeded()
                return found
        finally:
            call.abandoned()

    async def stream(
        self,
        operation: str,
        fn: Callable[..., AsyncIterator[T] | Awaitable[AsyncIterator[T]]],
        *args: Any,
    ) -> AsyncIterator[T]:
        """The pieces of the async iterator that ``fn(*args)`` is, or returns.

        Only the start, up to the first piece, is repeated; a failure midway counts for
        the breaker and is raised as by ``call``. Each piece has the whole timeout.
        """
        call = self._begin(operation, self._breaker_of(None), once=False)
        try:
            with _outcomes.observed(*self._labels, operation):
                pieces, piece = await self._attempted(call, partial(_opened, fn, args))
                try:
                    while piece is not END:
                        yield piece
                        piece = await _following(call, pieces)
                    call.succeeded()
                finally:
                    await _closed(pieces)
        finally:
            call.abandoned()

    def _breaker_of(self, apart: Hashable) -> Breaker:
        if apart is None and self._per_tenant:
            apart = _context.current().tenant
        return self._breaker if apart is None else self._apart(apart)

    def state(self) -> dict[str, str | int | None]:
        """The breaker for the status endpoint; times are ISO 8601, UTC."""
        breaker = self._breaker
        return {
            "service": self._terms.name,
            "state": breaker.state.value,
            "failure_count": breaker.failures,
            "last_failure": _moment(breaker.last_failure),
            "last_state_change": _moment(breaker.changed),
        }

    def _begin(self, operation: str, breaker: Breaker, once: bool) -> _attempts.Call:
        attempts = 1 if once else self._terms.attempts
        return _attempts.Call(self._terms, breaker, operation, attempts)

    async def _attempted(
        self, call: _attempts.Call, fn: Callable[[], Awaitable[T]]
    ) -> T:
        retries = stamina.retry_context(
            on=call.again,
            attempts=call.attempts,
            timeout=None,
            wait_initial=self._terms.wait,
            wait_max=LONGEST_WAIT,
            wait_jitter=self._terms.jitter,
        )
        try:
            async for attempt in retries:
                with attempt:
                    seconds = call.begin(attempt.num, attempt.next_wait)
                    async with asyncio.timeout(seconds):
                        return await fn()
        except Exception as exc:
            meant = call.failed(exc)
            if meant is exc:
                raise
            raise meant from exc
        raise AssertionError("stamina ends with an answer or an exception")

    async def _answer(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        if _is_async(fn):
            return await fn(*args)
        found = await self._threads.run(partial(fn, *args))
        return await found if inspect.isawaitable(found) else found

    def _changed(self, before: State, after: State) -> None:
        _outcomes.BREAKER.labels(*self._labels).set(LEVELS[after])
        self._told(before, after)

    def _told(self, before: State, after: State) -> None:
        name, threshold = self._terms.name, self._breaker.threshold
        match before, after:
            case State.CLOSED, State.OPEN:
                reached = f"{threshold}/{threshold}"
                log.error(
                    "[%s] Circuit breaker OPEN (threshold reached: %s)", name, reached
                )
            case _, State.OPEN:
                log.error("[%s] Circuit breaker OPEN (trial failed)", name)
            case _, State.HALF_OPEN:
                log.info("[%s] Circuit breaker entering HALF_OPEN state", name)
            case _:
                log.info("[%s] Circuit breaker CLOSED (service recovered)", name)

    def _hanging(self, threads: int) -> None:
        _outcomes.HUNG.labels(*self._labels).set(threads)
        log.log(
            logging.ERROR if threads == self._limit else logging.WARNING,
            "[%s] %d of %d threads hang in calls that were given up",
            *(self._terms.name, threads, self._limit),
        )


def _is_async(fn: Callable[..., Any]) -> bool:
    """Whether a call makes a coroutine; partials and decorators are seen through."""
    while isinstance(fn, partial):
        fn = fn.func
    return inspect.iscoroutinefunction(inspect.unwrap(fn))


async def _opened(fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, Any]:
    """The pieces that *fn* gives, and the first of them; END when there is none."""
    found = fn(*args)
    pieces = _pieces(await found if inspect.isawaitable(found) else found)
    return pieces, await anext(pieces, END)


async def _pieces(source: AsyncIterator[T]) -> AsyncIterator[T]:
    """The pieces of *source*, which is closed with them: it may hold a connection."""
    try:
        async for piece in source:
            yield piece
    finally:
        await _closed(source)


async def _following(call: _attempts.Call, pieces: AsyncIterator[Any]) -> Any:
    try:
        async with asyncio.timeout(call.waits()):
            return await anext(pieces, END)
    except Exception as exc:
        meant = call.broke_off(exc)
        if meant is exc:
            raise
        raise meant from exc


async def _closed(source: Any) -> None:
    close = getattr(source, "aclose", None) or getattr(source, "close", None)
    if close is None:
        return
    # Whatever fails here, the stream had ended; its own failure is the one to tell.
    with contextlib.suppress(Exception):
        async with asyncio.timeout(CLOSING):
            done = close()
            if inspect.isawaitable(done):
                await done


def _moment(at: float | None) -> str | None:
    """A monotonic time as the wall clock had it."""
    if at is None:
        return None
    return datetime.fromtimestamp(
        time.time() - (time.monotonic() - at), UTC
    ).isoformat()


_providers: dict[str, Provider] = {}


def provider(
    name: str,
    *,
    threshold: int = 5,
    recovery: float = 60.0,
    max_retries: int = 3,
    timeout: float = 10.0,
    wait: float = 1.0,
    retry_on: _failures.Kinds = (),
    retryable: Callable[[Exception], bool] | None = None,
    retry_after: Callable[[Exception], float | None] = _failures.seconds_asked,
    limit: int = 8,
    per_tenant: bool = False,
    remaining: Callable[[], float] | None = None,
) -> Provider:
    """The external system *name*, made once per process at module level.

    *max_retries* is how often a call is attempted in all, *timeout* the seconds of one
    attempt (less where *remaining*, by default the request's deadline, has less),
    *wait* the seconds before the second attempt, doubled before each further one.
    *threshold* failed attempts in a row open the breaker for *recovery* seconds.
    Transient are answers of 5xx, 408, 425 and 429, connections that fail, timeouts and
    *retry_on*; or what *retryable* says. *retry_after* is how long the provider itself
    asked to wait, at most *recovery* of which nobody else asks it either. At most
    *limit* threads run blocking calls. With *per_tenant* each tenant's calls are
    ``apart``: for a system that fails some of them alone. The environment has the last
    word: MAX_RETRIES, PROVIDER_TIMEOUT, PROVIDER_WAIT, CIRCUIT_BREAKER_THRESHOLD
    and CIRCUIT_BREAKER_RECOVERY; a value that is none ends the process and is named.
    """
    said = _settings.settings(Overrides, prefix="")
    kinds = (*_failures.TRANSIENT, *retry_on)
    terms = _attempts.Terms(
        name=name,
        attempts=said.max_retries or max_retries,
        timeout=said.provider_timeout or timeout,
        wait=wait if said.provider_wait is None else said.provider_wait,
        transient=retryable or partial(_failures.is_transient, kinds=kinds),
        seconds_asked=retry_after,
        remaining=remaining or (lambda: _context.current().remaining()),
    )
    _providers[name] = Provider(
        terms,
        said.circuit_breaker_threshold or threshold,
        said.circuit_breaker_recovery or recovery,
        limit,
        per_tenant,
    )
    return _providers[name]


def states() -> dict[str, dict[str, str | int | None]]:
    """The state of every provider in this process, by name."""
    return {name: each.state() for name, each in _providers.items()}
