"""Revoked sessions: those that ended before the access tokens that they gave.

An access token is verified without asking who issued it, so that its session's end does
not end it. What does is this list, which whoever verifies tokens keeps up to date.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from credentials._tokens import LEEWAY, BadToken, verify

Ask = Callable[..., Awaitable[dict[str, Any]]]
# Seconds: what was written so long before it could be read is told, and so is what a
# replica wrote whose clock is behind. One may be as far behind the services that both
# talk to as another is ahead of them before these take a token of neither.
OVERLAP = 2 * LEEWAY + 10.0
PATIENCE = 0.25  # seconds for the news, which whoever asks next can hear as well


class Revocations:
    """Sessions that were ended while access tokens of so many *seconds* may be about,
    among *documents* of *tenant*, each of which has ``at``, seconds since 1970.

    *host* is the unit of work.
    """

    def __init__(self, tenant: str, documents: Any, seconds: float, host: Any) -> None:
        self._tenant, self._documents, self._host = tenant, documents, host
        self._seconds = seconds + LEEWAY

    async def add(self, sessions: Iterable[str]) -> None:
        """Revoke these at once, all or none."""
        made = self._documents.model(at=time.time())
        with self._host.acting_for(self._tenant):
            await self._documents.keep(dict.fromkeys(sessions, made), self._seconds)

    async def told(self, since: float = 0.0) -> dict[str, Any]:
        """What was revoked since then, as ``sessions`` with when each may be forgotten;
        ``until`` is what to ask since the next time. All are seconds since 1970."""
        told, wanted = {"until": time.time() - OVERLAP}, {"at": {"gte": since}}
        with self._host.acting_for(self._tenant):
            found = self._documents.each(wanted)
            ends = {each.id: each.value.at + self._seconds async for each in found}
        return told | {"sessions": ends}


class Bearers:
    """Who bears an access token, found out without a call for each.

    *keys* and *revoked* ask who issues them; *host* remembers what they answer, and
    says what a failure is. Keys are good for a minute, and a session that
    was revoked is known within two seconds; where tokens come all the time, none of
    them waits for either. While there is nobody to ask there is
    nobody to revoke either: what was known goes on counting.
    """

    def __init__(self, host: Any, keys: Ask, revoked: Ask, **expected: str) -> None:
        self._host, self._expected = host, expected
        self._ask_keys, self._ask_revoked = keys, revoked
        lasting = partial(host.Remembered, most=1, stale=86_400.0)
        self._keys = lasting(seconds=60.0, ahead=30.0)
        self._news = lasting(seconds=2.0, ahead=1.0)
        self._revoked: dict[str, float] = {}
        self._until = 0.0

    async def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token that is good; BadToken."""
        published = await self._keys.get("keys", self._ask_keys)
        claims = verify(token, published, **self._expected)
        with contextlib.suppress(self._host.Problem, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._news.get("news", self._follow)
        if claims.get("sid") in self._revoked:
            raise BadToken("the token's session has ended")
        return claims

    async def _follow(self) -> None:
        """Add what was revoked since the last time, and forget what has expired."""
        told = await self._ask_revoked(params={"since": self._until})
        known, now = self._revoked | told["sessions"], time.time()
        self._revoked = {id: end for id, end in known.items() if end > now}
        self._until = told["until"]
