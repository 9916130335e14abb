"""Access tokens: JWTs under a ring of ES256 keys, the newest of which signs.

The algorithm is pinned: a token that names another is refused before its signature is
looked at (RFC 8725 §3.1).
"""

import json
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from encryption import Broken, Seal

ALGORITHM = "ES256"
ASYMMETRIC = ("ES256", "ES384", "RS256", "PS256")  # of external issuers
LEEWAY = 30  # seconds that clocks may differ


class BadToken(ValueError):
    """The token is forged, altered, expired, or meant for somebody else."""


class Ring:
    """Signing keys, oldest first. The last signs; all of them verify."""

    def __init__(self, keys: Iterable[jwk.ECKey]) -> None:
        self._keys = list(keys)

    @staticmethod
    def new_key(seal: Seal) -> str:
        """A fresh private key, sealed, to be stored."""
        key = jwk.ECKey.generate_key("P-256", auto_kid=True)
        return seal.close(key.as_dict(private=True))

    @classmethod
    def opened(cls, sealed: Iterable[str], seal: Seal) -> "Ring":
        """The ring of keys that ``new_key`` sealed; BadToken under another secret."""
        try:
            plain = [seal.open(each) for each in sealed]
        except Broken as exc:
            raise BadToken("the signing keys are sealed under another secret") from exc
        return cls(map(jwk.ECKey.import_key, plain))

    def issue(self, claims: dict[str, Any], seconds: int) -> str:
        """A token with *claims* that expires in so many seconds."""
        now, key = int(time.time()), self._keys[-1]
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": "at+jwt"}
        dated = {**claims, "iat": now, "exp": now + seconds}
        return jwt.encode(header, dated, key, algorithms=[ALGORITHM])

    def public(self) -> dict[str, Any]:
        """The JWK Set (RFC 7517) that verifies what the ring signs."""
        return {
            "keys": [
                {**key.as_dict(private=False), "use": "sig", "alg": ALGORITHM}
                for key in self._keys
            ]
        }


def verify(
    token: str,
    jwks: dict[str, Any],
    *,
    issuer: str,
    audience: str,
    algorithms: tuple[str, ...] = (ALGORITHM,),
) -> dict[str, Any]:
    """The claims of a token that *issuer* signed for *audience*; BadToken."""
    if token.count(".") != 2:  # RFC 7515, 3.1: an API key is told at a glance
        raise BadToken("the token is no JWS in three parts")
    try:
        keys = _imported(json.dumps(jwks))
        decoded = jwt.decode(token, keys, algorithms=list(algorithms))
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(decoded.claims)
    except (JoseError, ValueError, KeyError, TypeError) as exc:
        raise BadToken(f"the token is not valid: {exc}") from exc
    return decoded.claims


@lru_cache(maxsize=16)
def _imported(jwks: str) -> jwk.KeySet:
    """The keys of a JWK Set, made once: it takes longer than a signature's check."""
    return jwk.KeySet.import_key_set(json.loads(jwks))
