"""Other sites' pages: what a browser lets them call (Cross-Origin Resource Sharing)."""

from collections.abc import Iterable, Sequence
from typing import Any

from starlette.middleware.cors import CORSMiddleware

REMEMBERED = 600  # seconds that a browser need not ask again


def admit(app: Any, origins: Iterable[str], methods: Sequence[str]) -> None:
    """Let pages of *origins* call *app* by *methods*, with any header, and read every
    header of its answers; they send no cookies, or a star would stand for itself."""
    every = {"allow_headers": ["*"], "expose_headers": ["*"], "max_age": REMEMBERED}
    known = {"allow_origins": [*origins], "allow_methods": methods}
    if known["allow_origins"]:
        app.add_middleware(CORSMiddleware, **known, **every)
