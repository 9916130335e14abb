"""Cookies that keep a browser signed in (RFC 6265): the session's, and its CSRF token.

The session's is out of scripts' reach and is sent by no other site's page. The CSRF
token is for scripts to read and repeat, which no other site's page can. It follows from
the session's secret: who can set a cookie but does not know the secret makes none.
"""

import hashlib
import hmac
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any, Protocol

SESSION, CSRF = "filigree_session", "filigree_csrf"
# Whose browser has signed in before. It opens nothing: see Guesses.
DEVICE, REMEMBERED = "filigree_device", 365 * 86_400  # seconds


class Headers(Protocol):
    def append(self, key: str, value: str) -> None: ...


class Asked(Protocol):
    """A request."""

    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def cookies(self) -> Mapping[str, str]: ...


class Answered(Protocol):
    """What its answer will have."""

    @property
    def headers(self) -> Headers: ...


def csrf_of(secret: str) -> str:
    """The CSRF token of the session with that secret."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()[:43]


def set_cookies(
    asked: Mapping[str, str], answer: Headers, secret: str, seconds: int
) -> None:
    """Add to an *answer*'s headers a session's cookies, good for so many seconds.

    *asked* are the request's: the cookies of one that came by HTTPS stay on HTTPS.
    """
    _set(asked, answer, SESSION, secret, seconds, httponly=True)
    _set(asked, answer, CSRF, csrf_of(secret), seconds)


def set_device(asked: Mapping[str, str], answer: Headers, device: str) -> None:
    """Add the cookie by which a browser is known, which is for signing in alone."""
    about = {"path": "/api/v1/auth", "httponly": True}
    _set(asked, answer, DEVICE, device, REMEMBERED, **about)


def _set(
    asked: Mapping[str, str],
    answer: Headers,
    name: str,
    value: str,
    seconds: int,
    **about: Any,
) -> None:
    secure = asked.get("x-forwarded-proto") == "https"
    known = {"path": "/", "samesite": "Strict", "max-age": seconds, "secure": secure}
    jar: SimpleCookie = SimpleCookie({name: value})
    jar[name].update(known | about)
    answer.append("Set-Cookie", jar[name].OutputString())


# Set-Cookie's value that takes a session's cookie back.
NO_COOKIE = f"{SESSION}=; HttpOnly; Max-Age=0; Path=/; SameSite=Strict"
