"""Which credential a request carries: a bearer token, an API key or a cookie."""

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from credentials._cookies import CSRF, SESSION, csrf_of

SAFE = ("GET", "HEAD")
OTHER = "-"  # what is sent by another scheme than Bearer, or by none

# The same as OpenAPI 3.1 has it, 4.8.27.
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION,
        "description": f"Writes repeat the cookie {CSRF} in the header X-CSRF-Token.",
    },
}


class CrossSite(ValueError):
    """A cookie alone moves nothing: another site's page could have sent it."""


def sent(method: str, headers: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """The credential, empty without one; CrossSite for a cookie that proves nothing.

    A cookie (``filigree_session``) counts where there is no header. For more than
    reading, the page must be one of this host, and repeat ``filigree_csrf``, which no
    other site's page can read, in X-CSRF-Token.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if key := headers.get("x-api-key"):
        return key
    if scheme:
        # It is no credential here, and not the same as none; a token without a scheme
        # must not pass for the scheme's name.
        return (scheme.lower() == "bearer" and token.strip()) or OTHER
    session = cookies.get(SESSION, "")
    if session and method not in SAFE:
        _require_same_site(headers, session)
    return session


def _require_same_site(headers: Mapping[str, str], session: str) -> None:
    said, wanted = headers.get("x-csrf-token", ""), csrf_of(session)
    if not hmac.compare_digest(wanted.encode(), said.encode()):
        raise CrossSite("the CSRF token is missing or wrong")
    origin = headers.get("origin")
    # Without the port: a proxy may have taken it from Host.
    here = _name("//" + headers.get("host", ""))
    if origin is not None and (here is None or _name(origin) != here):
        raise CrossSite("the page that sent this is another site's")


def _name(address: str) -> str | None:
    """The host that an address names; None where it names none."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
