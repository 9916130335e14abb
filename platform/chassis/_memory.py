"""Memory of a service, of which a pod has 50 MiB: no more than is used."""

import ctypes
import gc
from typing import Any

ARENAS, TRIM, MAP = -8, -1, -3  # parameters of mallopt(3)
LARGE = 256 * 1024  # bytes


def _native(name: str) -> Any:
    """A function of the GNU C library; elsewhere one that does nothing."""
    return getattr(ctypes.CDLL(None), name, lambda *_: 0)


def bound() -> None:
    """Keep no freed memory for later, before any thread is started.

    Left alone, the library has an arena for each thread, and after the first large
    block that is freed it keeps the next ones: Argon2's 7 MiB stay for good.
    """
    option = _native("mallopt")
    option(ARENAS, 1)
    option(MAP, LARGE)
    option(TRIM, LARGE)


def settle() -> None:
    """Give back what importing took for a moment; what is left stays for good.

    It is 1 to 4 MB. What is frozen is not looked at by the collector any more, which
    so neither spends time on it nor writes to pages that are shared with a parent.
    """
    gc.collect()
    gc.freeze()
    _native("malloc_trim")(0)
