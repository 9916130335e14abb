"""Keys of programs: opaque secrets with a life of their own, stored as digests."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from credentials._documents import Documents
from credentials._opaque import Opaque, digest, matches


class Above(ValueError):
    """Nobody makes a key that may more than its maker."""


class Unfit(ValueError):
    """What is asked for would be of no use."""


def new_key(
    tenant: str, roles: Iterable[str], **asked: Any
) -> tuple[Opaque, dict[str, Any]]:
    """A key, and what is to be stored of it: what is *asked* for (``role``,
    ``expires_at``), ``id``, ``digest``, ``created_at``.

    Above for an owner's key made by who has not that role among *roles*; Unfit for one
    that is past already.
    """
    if asked["role"] == "owner" and "owner" not in roles:
        raise Above("only an owner makes an owner's key")
    key, now = Opaque.new("fk", tenant, uuid.uuid4().hex), datetime.now(UTC)
    if asked["expires_at"] and asked["expires_at"] <= now:
        raise Unfit("expires_at has passed already")
    made = {"id": key.id, "digest": digest(key.secret), "created_at": now}
    return key, asked | made


async def key_of(documents: Documents, text: str) -> dict[str, Any] | None:
    """``tenant``, ``subject``, ``roles`` and ``scopes`` of a key that is good now."""
    key = Opaque.parse(text, "fk")
    if key is None:
        return None
    stored, _ = await documents.find_as(key.tenant, key.id)
    if stored is None or not matches(stored.digest, key.secret):
        return None
    if stored.expires_at and stored.expires_at <= datetime.now(UTC):
        return None
    who = {"tenant": key.tenant, "subject": f"key-{key.id}", "roles": [stored.role]}
    return {**who, "scopes": stored.scopes}
