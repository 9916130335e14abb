"""Accounts: e-mail and password, at most one account an e-mail.

Whether an e-mail has one is told neither by an answer nor by the time that it takes.
"""

import uuid
from typing import Any

import normalization
from admission import source
from credentials._cookies import DEVICE, Answered, Asked, set_device
from credentials._documents import Documents
from credentials._guesses import Guesses, Taken
from credentials._opaque import Refused, digest
from credentials._passwords import hash_password, is_password


class Unknown(LookupError):
    """There is no such business."""


class Accounts:
    """Accounts among *documents* of *tenant*, wrong guesses among its *attempts*.

    An account has ``subject``, ``email``, ``password`` (a hash) and what else is known,
    an attempt ``failures``: those of Guesses, with its *secret* and *seconds*.
    """

    def __init__(
        self,
        tenant: str,
        documents: Documents,
        attempts: Documents,
        secret: str,
        seconds: float,
    ) -> None:
        self._tenant, self._documents = tenant, documents
        self._guesses = Guesses(tenant, attempts, secret, seconds)

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

    async def enter(self, given: Any, asked: Asked, answer: Answered) -> Any:
        """The account of the ``email`` and ``password`` that are *given*, whose browser
        is known from this *answer* on; Refused, Closed, Taken."""
        id, device = _id_of(given.email), asked.cookies.get(DEVICE, "")
        account, _ = await self._documents.find_as(self._tenant, id)
        line = await self._guesses.line(id, source(asked.headers), device)
        encoded = account.password if account else None
        right = await is_password(encoded, given.password)
        await line.record(right=right)
        if not right:
            raise Refused("e-mail or password is wrong")
        set_device(asked.headers, answer.headers, self._guesses.device(id))
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


def _id_of(email: str) -> str:
    """One for all addresses that look the same: composed or not, in letters of full
    width, with characters that nobody sees."""
    return digest(normalization.identity(email))[:32]
