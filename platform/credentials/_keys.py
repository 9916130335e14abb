"""Keys of programs: opaque secrets with a life of their own, stored as digests."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from credentials._opaque import Opaque, digest, matches

ALL, READING = "*", ":read"
PROGRAM = "key-"  # what a key's subject begins with; no other's does


class Above(ValueError):
    """Nobody gives anybody rights that are not one's own."""


class Unfit(ValueError):
    """What is asked for would be of no use."""


class ApiKeys:
    """Keys among *documents*. *host* knows the ``services`` that a key's scopes may
    name, and the failures of the service."""

    def __init__(self, documents: Any, host: Any) -> None:
        self._documents, self._host = documents, host

    def make(
        self, tenant: str, roles: Iterable[str], **asked: Any
    ) -> tuple[str, dict[str, Any]]:
        """A key as its program sends it, and what is stored of it with the unit of
        work: what is *asked* for (``role``, ``scopes``, ``expires_at``), ``id``,
        ``digest``, ``created_at``.

        Above for an owner's key made by who has not that role among *roles*; Unfit for
        one that is past already; Malformed for a scope of no service.
        """
        self._require_known(asked["scopes"])
        if asked["role"] == "owner" and "owner" not in roles:
            raise Above("only an owner makes an owner's key")
        key, now = Opaque.new("fk", tenant, uuid.uuid4().hex), datetime.now(UTC)
        if asked["expires_at"] and asked["expires_at"] <= now:
            raise Unfit("expires_at has passed already")
        made = {"id": key.id, "digest": digest(key.secret), "created_at": now}
        stored = asked | made
        self._documents.put(key.id, self._documents.model(**stored), version=0)
        return str(key), stored

    async def require_whole(self) -> None:
        """Above for the caller's key that may not do everything: who gives others
        rights, a key or an account, could have them that way."""
        who = self._host.current()
        if not (who.subject or "").startswith(PROGRAM):
            return
        id = who.subject.removeprefix(PROGRAM)
        stored, _ = await self._documents.find_as(who.tenant, id)
        if stored is None or ALL not in stored.scopes:
            raise Above("a key gives others rights only where its scopes are *")

    def _require_known(self, scopes: Iterable[str]) -> None:
        known = self._host.services()
        for place, scope in enumerate(scopes):
            name = scope.removesuffix(READING)
            if name not in (ALL, *known):
                there_are = f"there is no service {name}, only {', '.join(known)}"
                raise self._host.Malformed(f"scopes/{place}: {there_are}")

    async def holder(self, text: str) -> dict[str, Any] | None:
        """``tenant``, ``subject``, ``roles`` and ``scopes`` of a key that is good."""
        key = Opaque.parse(text, "fk")
        if key is None:
            return None
        stored, _ = await self._documents.find_as(key.tenant, key.id)
        if stored is None or not matches(stored.digest, key.secret):
            return None
        if stored.expires_at and stored.expires_at <= datetime.now(UTC):
            return None
        who = {
            "tenant": key.tenant,
            "subject": PROGRAM + key.id,
            "roles": [stored.role],
        }
        return {**who, "scopes": stored.scopes}
