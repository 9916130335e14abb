"""Seals: secrets as they are stored.

Nothing of joserfc is loaded before the first of them is closed or opened.
"""

import hashlib
import json
from typing import Any

__all__ = ["Broken", "Seal"]

HEADER = {"alg": "dir", "enc": "A256GCM"}


class Broken(ValueError):
    """It was sealed under another secret, or altered."""


class Seal:
    """JWE (RFC 7516) under a *key* of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, secret: str, use: str) -> "Seal":
        """Under a *secret* of any length; one *use*'s opens no other's."""
        return cls(hashlib.sha256(f"{use} {secret}".encode()).digest())

    def close(self, value: dict[str, Any]) -> str:
        """The *value*, which JSON can spell, sealed."""
        from joserfc import jwe, jwk

        key = jwk.OctKey.import_key(self._key)
        return jwe.encrypt_compact(HEADER, json.dumps(value), key)

    def open(self, sealed: str) -> dict[str, Any]:
        """What was sealed; Broken."""
        from joserfc import jwe, jwk
        from joserfc.errors import JoseError

        try:
            key = jwk.OctKey.import_key(self._key)
            return json.loads(jwe.decrypt_compact(sealed, key).plaintext or b"")
        except (JoseError, ValueError) as exc:
            raise Broken("it was sealed under another secret") from exc
