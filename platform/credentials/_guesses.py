"""Guesses: wrong passwords in a row, which close an e-mail to those who made them.

Counted are those of a source (a network), and of all sources together, so that nobody
keeps others from signing in by guessing, and a crowd gets no further than a few. A
browser that has signed in before is known by a cookie, and is counted by itself: no
number of strangers closes the e-mail to it (OWASP, "Slow Down Online Guessing Attacks
with Device Cookies"; NIST SP 800-63B, 3.2.2).

They are counted whether or not there is an account, so that a closed e-mail tells
nothing. Guesses made side by side are not counted as one: of those that saw the same
count one is answered, the others are told to come again.
"""

import secrets

import itsdangerous

import encryption
from credentials._documents import Documents
from credentials._opaque import digest

MOST, CROWD = 5, 25  # of a source or a known browser, and of all strangers together
TRIES = 10  # to count for all of these, of whom several may guess at once


class Taken(Exception):
    """Somebody else has it, or is at it."""


class Closed(Exception):
    """Too many wrong passwords; come back when the e-mail is open again."""


class Guesses:
    """Counts of ``failures`` among the *attempts* of *tenant*, each for *seconds*.

    *secret* is several, by commas: the first signs a browser's cookie, each is good.
    """

    def __init__(
        self, tenant: str, attempts: Documents, secret: str, seconds: float
    ) -> None:
        self._tenant, self._attempts, self._seconds = tenant, attempts, seconds
        # Its Signer signs with the last.
        keys = encryption.several(secret)[::-1]
        self._signer = itsdangerous.Signer(keys, salt="credentials.device")

    def device(self, id: str) -> str:
        """A cookie by which a browser is known that has signed in to account *id*."""
        return self._signer.sign(f"{id}-{secrets.token_hex(16)}").decode()

    async def line(self, id: str, source: str, device: str) -> "Line":
        """Where whoever guesses now is counted; Closed."""
        if self.is_known(id, device):
            line = Line(self, digest(f"{id} device {device}")[:32])
            if await line.failures() < MOST:
                return line
        line = Line(self, digest(f"{id} source {source}")[:32], crowd=id)
        if await line.failures() >= MOST or (await self.find(id))[0] >= CROWD:
            raise Closed("too many wrong passwords")
        return line

    def is_known(self, id: str, device: str) -> bool:
        """Whether *device* is a cookie of a browser that has signed in to *id*."""
        try:
            signed = self._signer.unsign(device).decode()
        except itsdangerous.BadSignature:
            return False
        return signed.startswith(f"{id}-")

    async def find(self, id: str) -> tuple[int, int]:
        """How many are counted, and at which version that is."""
        found, version = await self._attempts.find_as(self._tenant, id)
        return found.failures if found else 0, version

    async def is_kept(self, id: str, failures: int, version: int) -> bool:
        """Whether the count was at *version* still, and is another now."""
        made, put = self._attempts.model(failures=failures), self._attempts.put_as
        return await put(self._tenant, id, made, version, ttl=self._seconds)


class Line:
    """Those who are counted together; with strangers at the same e-mail as *crowd*."""

    def __init__(self, guesses: Guesses, id: str, crowd: str | None = None) -> None:
        self._guesses, self._id, self._crowd = guesses, id, crowd
        self._seen = 0, 0

    async def failures(self) -> int:
        self._seen = await self._guesses.find(self._id)
        return self._seen[0]

    async def record(self, *, right: bool) -> None:
        """Count what was tried; Taken when another attempt was being made."""
        failures = 0 if right else self._seen[0] + 1
        await self._record(failures)
        if not right and self._crowd:
            await self._count(self._crowd)

    async def _record(self, failures: int) -> None:
        version = self._seen[1]
        if await self._guesses.is_kept(self._id, failures, version):
            return
        since, at = await self._guesses.find(self._id)
        both_right = at > 0 and since == failures == 0
        # What was counted before may be forgotten by now, and this is the first again.
        forgotten = at == 0 < version
        again = min(failures, 1)
        if both_right or (
            forgotten and await self._guesses.is_kept(self._id, again, at)
        ):
            return
        raise Taken("another attempt is being made")

    async def _count(self, id: str) -> None:
        for _ in range(TRIES):
            failures, version = await self._guesses.find(id)
            if await self._guesses.is_kept(id, failures + 1, version):
                return
        raise Taken("other attempts are being made")
