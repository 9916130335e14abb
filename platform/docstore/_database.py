"""The database of a service: migrated, open, swept and relayed while it runs."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from docstore._grants import Grants
from docstore._graphs import tend_for_ever
from docstore._migrate import migrate
from docstore._relay import Limits, relay
from docstore._store import Store, opened
from docstore._sweep import sweep_for_ever
from docstore._tenant import Tenant
from docstore.errors import Away

PATIENCE = 60.0  # seconds that PostgreSQL may take to come up
FAREWELL = 5.0  # seconds for relay and sweep to put down what they hold
log = logging.getLogger(__name__)


@dataclass
class Database:
    """Where the documents are (*dsn*) and where their events go (*bus*, NATS).

    *largest* is the number of connections that serve tenants; one more relays, and
    others come and go to sweep and to build large indexes. Without a bus the events
    wait in the outbox.
    """

    dsn: str
    bus: str | None = None
    largest: int = 8
    grants: Grants = field(default_factory=Grants)
    limits: Limits | None = None
    store: Store | None = None

    @asynccontextmanager
    async def serving(self, _: object = None) -> AsyncIterator[None]:
        """Migrate, then keep it open, swept and relayed inside the block; Away."""
        await _migrated(self.dsn)
        async with opened(self.dsn, largest=self.largest) as self.store:
            work = [sweep_for_ever(self.store), tend_for_ever(self.dsn)]
            if self.bus:
                work.append(relay(self.dsn, self.bus, limits=self.limits))
            tasks = [asyncio.create_task(one) for one in work]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks, timeout=FAREWELL)
                self.store = None

    def tenant(
        self,
        name: str,
        source: str,
        *,
        write_id: str | None = None,
        seconds: float = 5.0,
    ) -> Tenant:
        """One tenant's documents, for *source*; Away outside ``serving``."""
        if self.store is None:
            raise Away("the database is not open")
        return Tenant(self.store, name, source, self.grants, write_id, seconds)


async def _migrated(dsn: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    await migrate(dsn)
                    return
                except (OSError, asyncpg.CannotConnectNowError) as exc:
                    log.warning("waiting for PostgreSQL: %s", exc)
                    await asyncio.sleep(0.5)
    except TimeoutError as exc:
        raise Away(f"PostgreSQL did not come up within {PATIENCE:.0f} s") from exc
