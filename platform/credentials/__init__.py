"""Credentials: passwords, signed access tokens and opaque secrets.

Passwords are hashed with Argon2id (RFC 9106), access tokens are JWTs (RFC 7519) signed
with ES256 under keys that rotate, opaque secrets are stored as SHA-256 digests only.
Tokens of external issuers are verified under keys that OpenID discovery finds.
"""

from credentials._access import Access, introspect
from credentials._accounts import Accounts, Unknown
from credentials._cookies import DEVICE, NO_COOKIE, SESSION, set_cookies
from credentials._documents import Documents
from credentials._guesses import Closed, Taken
from credentials._issuers import Issuers, Untrusted
from credentials._keyring import Keyring
from credentials._keys import Above, ApiKeys, Unfit
from credentials._meanings import meanings
from credentials._members import Founder, Members
from credentials._opaque import Refused, digest
from credentials._revoked import Bearers, Revocations
from credentials._sent import SCHEMES, CrossSite, sent
from credentials._sessions import Sessions
from credentials._tokens import BadToken, verify

__all__ = [
    "DEVICE",
    "NO_COOKIE",
    "SCHEMES",
    "SESSION",
    "Above",
    "Access",
    "Accounts",
    "ApiKeys",
    "BadToken",
    "Bearers",
    "Closed",
    "CrossSite",
    "Documents",
    "Founder",
    "Issuers",
    "Keyring",
    "Members",
    "Refused",
    "Revocations",
    "Sessions",
    "Taken",
    "Unfit",
    "Unknown",
    "Untrusted",
    "digest",
    "introspect",
    "meanings",
    "sent",
    "set_cookies",
    "verify",
]
