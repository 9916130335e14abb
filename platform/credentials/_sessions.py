"""Sessions: refresh secrets that work once (RFC 9700 §4.14.2), and browsers' cookies.

A refresh secret that comes back after it was spent is in somebody else's hands, too,
and ends its session. A browser's secret is good until its session ends. What is wrong
with a secret is never told.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from credentials._documents import require_version
from credentials._opaque import Opaque, Refused, digest, matches
from credentials._revoked import Revocations

MESSAGE = "the refresh token is not valid"
SPENT = 50  # secrets of a session that are remembered as spent
REFRESH, BROWSER = "fr", "fb"


class Sessions:
    """Sessions of *stay* seconds among *documents*.

    Each has ``id``, ``tenant``, ``subject``, ``roles``, ``refresh`` (a digest),
    ``used``, ``expires_at`` and ``browser``: its secret is a browser's cookie. What
    ends one is told to *revoked* before: its access tokens would outlive it. *host* is
    the failures of the service.
    """

    def __init__(
        self, documents: Any, stay: float, revoked: Revocations, host: Any
    ) -> None:
        self._documents, self._stay = documents, stay
        self._revoked, self._host = revoked, host

    async def start(self, who: Any) -> tuple[Any, str]:
        """A new session of somebody (with tenant, subject, roles), and its secret."""
        return await self._granted(_new() | _about(who), 0)

    async def browse(self, who: Any) -> tuple[Any, str]:
        """The same of a browser's; the secret is its cookie."""
        return await self._granted(_new() | _about(who) | {"browser": True}, 0)

    async def admit(self, tenant: str, role: str) -> tuple[Any, str]:
        """A new session of somebody without an account, and its refresh secret."""
        known = {"tenant": tenant, "roles": [role]}
        return await self._granted({**_new(), **known}, 0)

    async def advance(self, secret: str) -> tuple[Any, str]:
        """The session, which lives on, and its next refresh secret; Refused."""
        session, version = await self._current(secret)
        spent = [session.refresh, *session.used][:SPENT]
        return await self._granted({**dict(session), "used": spent}, version)

    async def end(
        self, who: Any, *, refresh_token: str | None = None, session: str | None = None
    ) -> None:
        """End the session of a refresh secret, or *who*'s own by its id; Refused."""
        if session is None:
            found, _ = await self._current(refresh_token or "")
        else:
            found, _ = await self._documents.find_as(who.tenant, session)
            if found is None or found.subject != who.subject:
                raise Refused("this is no session of yours")
        await self._end([found])

    async def remove(self, id: str, version: int | None) -> None:
        """End one of the caller's business, with the unit of work; NotFound, Stale."""
        found = await self._documents.read(id)
        require_version(found, version, self._host)
        await self._revoked.add([id])
        self._documents.delete(id, version=version)

    async def end_all(self, subject: str) -> None:
        """End those that somebody has in the caller's business."""
        await self._end(
            [each.value async for each in self._documents.each({"subject": subject})]
        )

    async def holder(self, text: str) -> dict[str, Any] | None:
        """``tenant``, ``subject`` and ``roles`` of a browser's secret that is good."""
        secret = Opaque.parse(text, BROWSER)
        if secret is None:
            return None
        found, _ = await self._documents.find_as(secret.tenant, secret.id)
        if not (found and found.browser and matches(found.refresh, secret.secret)):
            return None
        if found.expires_at <= datetime.now(UTC):
            return None
        return {k: getattr(found, k) for k in ("tenant", "subject", "roles")}

    async def _granted(self, known: dict[str, Any], version: int) -> tuple[Any, str]:
        prefix = BROWSER if known["browser"] else REFRESH
        secret = Opaque.new(prefix, known["tenant"], known["id"])
        new = {
            "refresh": digest(secret.secret),
            "expires_at": datetime.now(UTC) + timedelta(seconds=self._stay),
        }
        session = self._documents.model(**known | new)
        put = self._documents.put_as
        if not await put(secret.tenant, secret.id, session, version, ttl=self._stay):
            raise Refused(MESSAGE)
        return session, str(secret)

    async def _current(self, text: str) -> tuple[Any, int]:
        secret = Opaque.parse(text, REFRESH)
        if secret is None:
            raise Refused(MESSAGE)
        session, version = await self._documents.find_as(secret.tenant, secret.id)
        if session and session.browser:
            raise Refused(MESSAGE)
        if session and matches(session.refresh, secret.secret):
            return session, version
        if session and digest(secret.secret) in session.used:
            await self._end([session])
        raise Refused(MESSAGE)

    async def _end(self, some: list[Any]) -> None:
        await self._revoked.add(each.id for each in some)
        for each in some:
            await self._documents.delete_as(each.tenant, each.id)


def _about(who: Any) -> dict[str, Any]:
    return {"tenant": who.tenant, "subject": who.subject, "roles": who.roles}


def _new() -> dict[str, Any]:
    id = uuid.uuid4().hex
    return {"id": id, "subject": f"visitor-{id}", "used": [], "browser": False}
