"""Which credential a request carries: a bearer token, an API key or a cookie."""

import hmac
from collections.abc import Mapping

from credentials._cookies import CSRF, SESSION

SAFE = ("GET", "HEAD")


class CrossSite(ValueError):
    """A cookie alone moves nothing: another site's page could have sent it."""


def sent(method: str, headers: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """The credential, empty without one; CrossSite for a cookie that proves nothing.

    A cookie (``filigree_session``) counts where there is no header. For more than
    reading, the page must repeat ``filigree_csrf`` in X-CSRF-Token, which no other
    site's page can read.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if key := headers.get("x-api-key"):
        return key
    if scheme:
        # Of another scheme it is no credential here, and not the same as none.
        return token.strip() or scheme if scheme.lower() == "bearer" else scheme
    session = cookies.get(SESSION, "")
    if session and method not in SAFE and not _repeats(headers, cookies):
        raise CrossSite("the CSRF token is missing or wrong")
    return session


def _repeats(headers: Mapping[str, str], cookies: Mapping[str, str]) -> bool:
    told, said = cookies.get(CSRF, ""), headers.get("x-csrf-token", "")
    return bool(told) and hmac.compare_digest(told.encode(), said.encode())
