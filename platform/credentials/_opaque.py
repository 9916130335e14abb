"""Opaque secrets: ``prefix.tenant.id.secret``, of which only a digest is stored."""

import hashlib
import hmac
import re
import secrets
from typing import NamedTuple

# No tenant begins with an underscore: those are the platform's own.
SHAPE = re.compile(
    r"([a-z]{2})\.([a-z0-9][a-z0-9-]{0,62})\.([0-9a-f]{32})\.([\w-]{43})", re.ASCII
)


class Refused(ValueError):
    """The credential is not good; what is wrong with it is not told."""


def digest(secret: str) -> str:
    """SHA-256, hex. Enough for 256 random bits; never for a password."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(stored: str, secret: str) -> bool:
    """Whether *secret* has the *stored* digest, in constant time."""
    return hmac.compare_digest(stored, digest(secret))


class Opaque(NamedTuple):
    """The parts of an opaque secret; its text is ``str()`` of it."""

    prefix: str
    tenant: str
    id: str
    secret: str

    def __str__(self) -> str:
        return ".".join(self)

    @classmethod
    def new(cls, prefix: str, tenant: str, id: str) -> "Opaque":
        """A secret with 256 random bits; *id* is 32 hexadecimal digits."""
        return cls(prefix, tenant, id, secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str, prefix: str) -> "Opaque | None":
        """The parts of *text*, None when it is no secret of that *prefix*."""
        found = SHAPE.fullmatch(text)
        return cls(*found.groups()) if found and found[1] == prefix else None
