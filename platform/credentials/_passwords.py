"""Argon2id within a small pod: 7 MiB, 5 passes, 1 lane, one at a time.

The library's defaults peak at 109 MB, which alone would end a 50 MiB pod.

Passwords are composed first (NFC, RFC 8265 §4.2), for one keyboard sends an é in one
character and another in two.
"""

import asyncio
import secrets
import threading
import unicodedata
from functools import cache
from typing import Any

from admission import Admission

# Who waits longer than this is told so while there is time: a caller that hears nothing
# takes the service for broken, and leaves it alone for everybody.
_turns = Admission(1, most=32, seconds=3.0)
NEW = "new"  # the line of those who choose a password
# Also for whoever left while theirs was worked on.
_one_at_a_time = threading.Lock()


@cache
def _hasher() -> Any:
    # Who only verifies tokens need not have the library.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=5, memory_cost=7 * 1024, parallelism=1)


@cache
def _nobody() -> str:
    """Verified where there is no account: time shall not tell whether there is one."""
    return _hasher().hash(secrets.token_hex())


async def hash_password(password: str) -> str:
    """An encoded Argon2id hash. Takes about 50 ms, in a thread. Crowded."""
    async with _turns.turn(NEW):
        return await asyncio.to_thread(_hashed, password)


async def is_password(encoded: str | None, password: str) -> bool:
    """Whether *password* is that of *encoded*; equally slow when that is None. Crowded.

    Accounts take turns: many who try one hold up nobody at another.
    """
    async with _turns.turn(encoded or ""):
        return await asyncio.to_thread(_verified, encoded, password)


def _hashed(password: str) -> str:
    with _one_at_a_time:
        return _hasher().hash(_composed(password))


def _verified(encoded: str | None, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    with _one_at_a_time:
        try:
            _hasher().verify(encoded or _nobody(), _composed(password))
        except (VerificationError, InvalidHashError):
            return False
    return encoded is not None


def _composed(password: str) -> str:
    return unicodedata.normalize("NFC", password)
