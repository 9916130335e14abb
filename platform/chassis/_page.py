"""A page for a browser, which runs only its own scripts and is framed nowhere."""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from starlette.responses import HTMLResponse

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'; img-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; script-src {}"
)
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def page(
    html: str, headers: Mapping[str, str] | None = None, status: int = 200
) -> HTMLResponse:
    """*html* as an answer, with the headers that make a browser hold it to that.

    What a script's text holds of others would be run as well: fill in only the rest.
    """
    policy = _policy(*SCRIPT.findall(html))
    told = SAFE | {"Content-Security-Policy": policy} | dict(headers or {})
    return HTMLResponse(html, status, told)


@lru_cache(maxsize=16)
def _policy(*scripts: str) -> str:
    """The policy of a page with these scripts: Content Security Policy 3, 6.7.3.3."""
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    named = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    return POLICY.format(" ".join(named) or "'none'")


def is_asked(scope: Any) -> bool:
    """Whether a person is to read the answer: browsers alone ask for HTML by name."""
    return any(
        name == b"accept" and b"text/html" in kinds for name, kinds in scope["headers"]
    )


def failure(problem: dict[str, Any]) -> str:
    """The body of a problem as a page that says what is wrong and what to do."""
    words = {name: escape(str(value)) for name, value in problem.items()}
    words |= {"request_id": escape(problem["additional_data"]["request_id"])}
    return _failure().substitute(words, advice=_advice(problem))


def _advice(problem: dict[str, Any]) -> str:
    if not problem["retryable"]:
        return "The same again would fail the same way."
    seconds = problem["additional_data"].get("retry_after")
    when = f"in {seconds:.0f} seconds" if seconds and seconds >= 2 else "in a moment"
    return f"Please try again {when}."


@cache
def _failure() -> Template:
    return Template(files(__package__).joinpath("failure.html").read_text("utf-8"))
