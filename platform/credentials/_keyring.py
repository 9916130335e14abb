"""Keyring: signing keys that renew themselves, shared by several replicas.

A key signs for 30 days and verifies for 30 more, so that what it signed outlives it. A
new one is published for a while before it signs, so that every verifier has it by then.
All keys are one document; of replicas that add a key at once, one wins and the others
use its key.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from credentials._documents import Documents
from credentials._tokens import Ring
from encryption import Seal

SIGNS, VERIFIES = timedelta(days=30), timedelta(days=60)
SETTLED = timedelta(minutes=10)
FRESH = 60.0  # seconds until another replica's new key is seen


class Keyring:
    """Keys in one of *documents* of *tenant*, sealed under *secret*: several, divided
    by commas, of which the first seals and each opens.

    It has ``keys``, each with ``sealed`` and ``created_at``, oldest first.
    """

    def __init__(self, tenant: str, documents: Documents, secret: str) -> None:
        self._seal = Seal.of(secret)
        self._documents, self._place = documents, (tenant, "ring")
        self._ring, self._loaded = Ring([]), 0.0

    async def ring(self) -> Ring:
        """The ring as it is now, renewed when its time has come."""
        if self._loaded and time.monotonic() - self._loaded < FRESH:
            return self._ring
        now = datetime.now(UTC)
        document, version = await self._documents.find_as(*self._place)
        document = document or self._documents.model(keys=[])
        if not any(now - key.created_at < SIGNS for key in document.keys):
            document = await self._renewed(document, version, now)
        # The last one signs: the newest that everybody has seen, if there is one.
        ranked = sorted(_live(document, now), key=lambda key: _rank(key, now))
        sealed = [key.sealed for key in ranked]
        self._ring, self._loaded = Ring.opened(sealed, self._seal), time.monotonic()
        return self._ring

    async def issue(self, claims: dict[str, Any], seconds: int) -> str:
        """A token with *claims* that expires in so many seconds."""
        return (await self.ring()).issue(claims, seconds)

    async def public(self) -> dict[str, Any]:
        """The public keys of access tokens, as a JWK Set (RFC 7517)."""
        return (await self.ring()).public()

    async def _renewed(self, document: Any, version: int, now: datetime) -> Any:
        """The keys with a new one at the end, ours or that of a faster replica."""
        new = {"sealed": Ring.new_key(self._seal), "created_at": now}
        renewed = self._documents.model(keys=[*_live(document, now), new])
        if await self._documents.put_as(*self._place, renewed, version):
            return renewed
        return (await self._documents.find_as(*self._place))[0]


def _live(document: Any, now: datetime) -> list[Any]:
    return [key for key in document.keys if now - key.created_at < VERIFIES]


def _rank(key: Any, now: datetime) -> tuple[bool, datetime]:
    return now - key.created_at >= SETTLED, key.created_at
