"""Accounts: e-mail and password, at most one account an e-mail.

Wrong passwords in a row close an e-mail for a while (NIST SP 800-63B §5.2.2). They are
counted whether or not there is an account, so that a closed e-mail tells nothing; nor
does the time that an answer takes. Guesses made side by side are not counted as one: of
those that saw the same count one is answered, the others are told to come again.
"""

import uuid
from typing import Any

import normalization
from credentials._documents import Documents
from credentials._opaque import Refused, digest
from credentials._passwords import hash_password, is_password


class Taken(Exception):
    """Somebody else has it, or is at it."""


class Unknown(LookupError):
    """There is no such business."""


class Closed(Exception):
    """Too many wrong passwords; come back when the e-mail is open again."""


class Accounts:
    """Accounts among *documents* of *tenant*, wrong guesses among its *attempts*.

    An account has ``subject``, ``email``, ``password`` (a hash) and what else is known,
    an attempt ``failures``. After *most* of these the e-mail is closed for *seconds*.
    """

    def __init__(
        self,
        tenant: str,
        documents: Documents,
        attempts: Documents,
        most: int,
        seconds: float,
    ) -> None:
        self._tenant, self._documents, self._attempts = tenant, documents, attempts
        self._most, self._seconds = most, seconds

    async def establish(self, email: str, password: str, **known: Any) -> Any:
        """The account of the owner of a new tenant; Taken as `add`."""
        tenant = f"t-{uuid.uuid4().hex[:16]}"
        return await self.add(email, password, "owner", tenant=tenant, **known)

    async def add(self, email: str, password: str, role: str, **known: Any) -> Any:
        """A new account; Taken when the e-mail has one."""
        id = _id_of(email)
        hashed = await hash_password(password)
        about = {"subject": id, "email": email, "password": hashed, "roles": [role]}
        account = self._documents.model(**known | about)
        if not await self._documents.put_as(self._tenant, id, account, 0):
            raise Taken("this e-mail has an account")
        return account

    async def join(self, tenant: str, **given: Any) -> dict[str, Any]:
        """A new account of a business that there is, as ``about`` tells of it, with its
        ``id`` and ``roles``; Taken."""
        made = await self.add(tenant=tenant, **given)
        known = {"id": made.subject, "roles": made.roles}
        return known | await self.about(made)

    async def check(self, email: str, password: str) -> Any:
        """The account of an e-mail and its password; Refused, Closed, Taken."""
        id = _id_of(email)
        account, _ = await self._documents.find_as(self._tenant, id)
        tried, version = await self._attempts.find_as(self._tenant, id)
        failures = tried.failures if tried else 0
        if failures >= self._most:
            raise Closed("too many wrong passwords")
        right = await is_password(account.password if account else None, password)
        await self._record(id, 0 if right else failures + 1, version)
        if not right:
            raise Refused("e-mail or password is wrong")
        return account

    async def known(self, tenant: str) -> str:
        """The tenant, if there is one; Unknown."""
        await self._first(tenant)
        return tenant

    async def about(self, who: Any) -> dict[str, Any]:
        """Who somebody is: ``tenant``, ``subject``, the ``business``, and the ``email``
        of who has an account."""
        account, _ = await self._documents.find_as(self._tenant, who.subject or "-")
        told = {"tenant": who.tenant, "subject": who.subject}
        told["email"] = account.email if account else None
        try:
            return told | {"business": (await self._first(who.tenant)).business}
        except Unknown:
            return told

    async def _first(self, tenant: str) -> Any:
        """The account that the business was registered with."""
        named = {"tenant": tenant, "business": {"ne": ""}}
        found = await self._documents.matching_as(self._tenant, named, 1)
        if not found:
            raise Unknown("there is no such business")
        return found[0]

    async def _record(self, id: str, failures: int, version: int) -> None:
        if await self._is_counted(id, failures, version):
            return
        since, at = await self._attempts.find_as(self._tenant, id)
        both_right = since is not None and since.failures == failures == 0
        # What was counted before may be forgotten by now, and this is the first again.
        forgotten = at == 0 < version
        if both_right or (
            forgotten and await self._is_counted(id, min(failures, 1), at)
        ):
            return
        raise Taken("another attempt is being made")

    async def _is_counted(self, id: str, failures: int, version: int) -> bool:
        made, put = self._attempts.model(failures=failures), self._attempts.put_as
        return await put(self._tenant, id, made, version, ttl=self._seconds)


def _id_of(email: str) -> str:
    """One for all addresses that look the same: composed or not, in letters of full
    width, with characters that nobody sees."""
    return digest(normalization.identity(email))[:32]
