"""Cookies that keep a browser signed in (RFC 6265): the session's, and its CSRF token.

The session's is out of scripts' reach and is sent by no other site's page. The CSRF
token is for scripts to read and repeat, which no other site's page can. It follows from
the session's secret: who can set a cookie but does not know the secret makes none.
"""

import hashlib
import hmac
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Protocol

SESSION, CSRF = "filigree_session", "filigree_csrf"


class Headers(Protocol):
    def append(self, key: str, value: str) -> None: ...


def csrf_of(secret: str) -> str:
    """The CSRF token of the session with that secret."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()[:43]


def set_cookies(
    asked: Mapping[str, str], answer: Headers, secret: str, seconds: int
) -> None:
    """Add to an *answer*'s headers a session's cookies, good for so many seconds.

    *asked* are the request's: the cookies of one that came by HTTPS stay on HTTPS.
    """
    secure = asked.get("x-forwarded-proto") == "https"
    about = {"path": "/", "samesite": "Strict", "max-age": seconds, "secure": secure}
    jar: SimpleCookie = SimpleCookie({SESSION: secret, CSRF: csrf_of(secret)})
    for cookie in jar.values():
        cookie.update(about)
    jar[SESSION]["httponly"] = True
    for cookie in jar.values():
        answer.append("Set-Cookie", cookie.OutputString())


# Set-Cookie's value that takes a session's cookie back.
NO_COOKIE = f"{SESSION}=; HttpOnly; Max-Age=0; Path=/; SameSite=Strict"
