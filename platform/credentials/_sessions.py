"""Sessions: refresh secrets that work once (RFC 9700 §4.14.2).

A secret that comes back after it was spent is in somebody else's hands, too, and ends
its session. What is wrong with a secret is never told.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from credentials._documents import Documents
from credentials._opaque import Opaque, Refused, digest, matches

MESSAGE = "the refresh token is not valid"
SPENT = 50  # secrets of a session that are remembered as spent


class Sessions:
    """Sessions of *stay* seconds among *documents*.

    Each has ``id``, ``tenant``, ``subject``, ``roles``, ``refresh`` (a digest),
    ``used`` and ``expires_at``.
    """

    def __init__(self, documents: Documents, stay: float) -> None:
        self._documents, self._stay = documents, stay

    async def start(self, who: Any) -> tuple[Any, str]:
        """A new session of somebody (with tenant, subject, roles), and its secret."""
        known = {"tenant": who.tenant, "subject": who.subject, "roles": who.roles}
        return await self._granted({**known, "id": uuid.uuid4().hex, "used": []}, 0)

    async def advance(self, secret: str) -> tuple[Any, str]:
        """The session, which lives on, and its next refresh secret; Refused."""
        session, version = await self._current(secret)
        spent = [session.refresh, *session.used][:SPENT]
        return await self._granted({**dict(session), "used": spent}, version)

    async def end(self, secret: str) -> None:
        """End the session; Refused."""
        session, _ = await self._current(secret)
        await self._documents.delete_as(session.tenant, session.id)

    async def _granted(self, known: dict[str, Any], version: int) -> tuple[Any, str]:
        secret = Opaque.new("fr", known["tenant"], known["id"])
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
        secret = Opaque.parse(text, "fr")
        if secret is None:
            raise Refused(MESSAGE)
        session, version = await self._documents.find_as(secret.tenant, secret.id)
        if session and matches(session.refresh, secret.secret):
            return session, version
        if session and digest(secret.secret) in session.used:
            await self._documents.delete_as(secret.tenant, secret.id)
        raise Refused(MESSAGE)
