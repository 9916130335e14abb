"""Access tokens of sessions, and what any kind of credential stands for."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from credentials._keyring import Keyring
from credentials._sessions import Sessions

Who = dict[str, Any]
Holder = Callable[[str], Awaitable[Who | None]]


class Access:
    """Access tokens of *sessions*, good for so many *seconds*.

    Each method answers what a client is told (RFC 6749 §5.1): ``access_token``,
    ``refresh_token``, ``expires_in`` (seconds), and the ``tenant``.
    """

    def __init__(
        self,
        sessions: Sessions,
        keyring: Keyring,
        seconds: int,
        *,
        issuer: str,
        audience: str,
    ) -> None:
        self._sessions, self._keyring, self._seconds = sessions, keyring, seconds
        self._fixed = {"iss": issuer, "aud": audience}

    async def start(self, who: Any) -> dict[str, Any]:
        """For a new session of somebody with tenant, subject and roles."""
        return await self._tokens(*await self._sessions.start(who))

    async def admit(self, tenant: str, role: str) -> dict[str, Any]:
        """For a new session of somebody without an account."""
        return await self._tokens(*await self._sessions.admit(tenant, role))

    async def advance(self, refresh: str) -> dict[str, Any]:
        """For a session that goes on; Refused."""
        return await self._tokens(*await self._sessions.advance(refresh))

    async def _tokens(self, session: Any, refresh: str) -> dict[str, Any]:
        claims = {"sub": session.subject, "sid": session.id, "roles": session.roles}
        claims |= {"tenant": session.tenant, **self._fixed}
        return {
            "access_token": await self._keyring.issue(claims, self._seconds),
            "refresh_token": refresh,
            "expires_in": self._seconds,
            "tenant": session.tenant,
        }


async def introspect(token: str, holders: Iterable[Holder]) -> Who:
    """Whom the first of *holders* that knows the *token* names, and that it is
    ``active`` (after RFC 7662)."""
    for holder in holders:
        if who := await holder(token):
            return {"active": True, **who}
    return {"active": False}
