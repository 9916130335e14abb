"""What it means for who asked that a credential is none, or cannot be had."""

from collections.abc import Callable
from functools import partial
from typing import Any

from admission import Crowded
from credentials._accounts import Unknown
from credentials._guesses import Closed, Taken
from credentials._keys import Above, Unfit
from credentials._opaque import Refused

AGAIN = 5.0  # seconds until as many passwords are worked through as may wait


def meanings(host: Any, closed: float) -> dict[type[Exception], Callable[..., Any]]:
    """Which failures of *host* ours are; an e-mail is *closed* for so many seconds."""
    return {
        Refused: host.Unauthenticated,
        Closed: partial(host.RateLimited, retry_after=closed),
        Crowded: partial(host.RateLimited, retry_after=AGAIN),
        Taken: host.Conflict,
        Above: host.Forbidden,
        Unknown: host.NotFound,
        Unfit: host.Invalid,
    }
