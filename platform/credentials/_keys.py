"""Keys of programs: opaque secrets with a life of their own, stored as digests."""

import uuid
from datetime import UTC, datetime
from typing import Any

from credentials._documents import Documents
from credentials._opaque import Opaque, digest, matches


def new_key(tenant: str) -> tuple[Opaque, dict[str, Any]]:
    """A key, and what is to be stored of it: ``id``, ``digest``, ``created_at``."""
    key = Opaque.new("fk", tenant, uuid.uuid4().hex)
    made = datetime.now(UTC)
    return key, {"id": key.id, "digest": digest(key.secret), "created_at": made}


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
