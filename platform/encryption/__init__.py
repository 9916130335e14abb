"""Seals: secrets as they are stored.

Nothing of joserfc is loaded before the first of them is closed or opened.
"""

import hashlib
import json
from contextlib import suppress
from typing import Any

__all__ = ["Broken", "Seal", "several"]

HEADER = {"alg": "dir", "enc": "A256GCM"}


class Broken(ValueError):
    """It was sealed under another secret, or altered."""


def several(secrets: str) -> list[str]:
    """The *secrets* that are divided by commas; what is empty is none."""
    return [each for each in secrets.split(",") if each]


class Seal:
    """JWE (RFC 7516) under the first of *keys* of 32 bytes; each of them opens."""

    def __init__(self, *keys: bytes) -> None:
        self._keys = keys

    @classmethod
    def of(cls, secrets: str, use: str = "") -> "Seal":
        """Under *secrets* of any length, divided by commas, for one *use* alone."""
        named = (f"{use} {each}" if use else each for each in several(secrets))
        return cls(*(hashlib.sha256(each.encode()).digest() for each in named))

    def close(self, value: dict[str, Any]) -> str:
        """The *value*, which JSON can spell, sealed."""
        from joserfc import jwe, jwk

        key = jwk.OctKey.import_key(self._keys[0])
        return jwe.encrypt_compact(HEADER, json.dumps(value), key)

    def open(self, sealed: str) -> dict[str, Any]:
        """What was sealed; Broken."""
        for key in self._keys[:-1]:
            with suppress(Broken):
                return _opened(sealed, key)
        return _opened(sealed, self._keys[-1])

    def is_current(self, sealed: str) -> bool:
        """Whether the first key opens it: then the others may go."""
        with suppress(Broken):
            _opened(sealed, self._keys[0])
            return True
        return False


def _opened(sealed: str, key: bytes) -> dict[str, Any]:
    from joserfc import jwe, jwk
    from joserfc.errors import JoseError

    try:
        found = jwe.decrypt_compact(sealed, jwk.OctKey.import_key(key))
        return json.loads(found.plaintext or b"")
    except (JoseError, ValueError) as exc:
        raise Broken("it was sealed under another secret") from exc
