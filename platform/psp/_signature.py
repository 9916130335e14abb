"""Stripe's signature of a webhook: ``t=<epoch seconds>,v1=<hex>[,v1=<hex>…]``.

v1 is the HMAC-SHA256 of ``<t>.<raw body>``
(docs.stripe.com/webhooks/signature). The raw body counts, byte by byte.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from itertools import product

TIME = re.compile(r"(?:^|,)\s*t=([0-9]{1,12})\s*(?:,|$)")
V1 = re.compile(r"(?:^|,)\s*v1=([0-9a-f]{64})(?=\s*(?:,|$))")
TOLERANCE = 300  # seconds that a signature may be old, or ahead


class BadSignature(ValueError):
    """Forged, altered, stale, or none at all."""


def sign(body: bytes, secret: str, at: int) -> str:
    """The header of *body*, signed at *at*, epoch seconds."""
    return f"t={at},v1={_v1(body, secret, at)}"


def verify(body: bytes, header: str, secrets: Iterable[str], now: float) -> None:
    """BadSignature unless one of *secrets* signed *body* lately; *now* in seconds.

    Several secrets, and several v1, are how Stripe rolls a secret.
    """
    said = TIME.search(header)
    if said is None:
        raise BadSignature("the signature header has no time")
    at, given = int(said[1]), V1.findall(header)
    right = [_v1(body, secret, at) for secret in secrets if secret]
    # Every pair is compared, so that the time it takes tells nothing.
    if not sum(hmac.compare_digest(*pair) for pair in product(given, right)):
        raise BadSignature("the signature is not of this body")
    if abs(now - at) > TOLERANCE:
        raise BadSignature("the signature is too old, or from the future")


def _v1(body: bytes, secret: str, at: int) -> str:
    signed = b"%d." % at + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
