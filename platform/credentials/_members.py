"""Members: the accounts of one business, which are stored beside no tenant."""

from typing import Any

from credentials._accounts import Taken
from credentials._documents import require_version
from credentials._sessions import Sessions


class Founder(Taken):
    """The business is known by this account, with which it was registered."""


class Members:
    """The accounts of the caller's business among *accounts* of *tenant*.

    *sessions* are everybody's, and *model* is what is shown of an account.
    *host* is the unit of work, who calls, and the failures of the service.
    """

    def __init__(
        self, tenant: str, accounts: Any, sessions: Sessions, model: Any, host: Any
    ) -> None:
        self._tenant, self._host = tenant, host
        self._accounts, self._sessions = accounts, sessions
        self.model = model

    async def page(self, paging: Any, wanted: dict[str, Any], order: Any) -> Any:
        """A page of them."""
        own = {"tenant": self._host.current().tenant}
        with self._host.acting_for(self._tenant):
            return await self._accounts.page(paging, wanted | own, order)

    async def read(self, id: str) -> Any:
        """One of them; NotFound."""
        found, version = await self._accounts.find_as(self._tenant, id)
        if found is None or found.tenant != self._host.current().tenant:
            raise self._host.NotFound(f"there is no member {id}")
        return self._host.Stored(id, version, found)

    async def remove(self, id: str, version: int | None) -> None:
        """Take a member's account and sessions away; Founder, NotFound, Stale. API keys
        are the business's."""
        found = await self.read(id)
        require_version(found, version, self._host)
        if found.value.business:
            raise Founder("the business was registered with this account")
        # First: a repeat would no longer find the account.
        await self._sessions.end_all(id)
        await self._accounts.delete_as(self._tenant, id)
        # Those that began meanwhile.
        await self._sessions.end_all(id)
