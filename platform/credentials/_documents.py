"""Where credentials are kept: documents by tenant and id, each with a version."""

from collections.abc import Callable
from typing import Any, Protocol


class Documents(Protocol):
    """A collection of documents that *model* makes of their members."""

    @property
    def model(self) -> Callable[..., Any]: ...

    async def find_as(self, tenant: str, id: str) -> tuple[Any, int]:
        """A document and its version; (None, 0) when there is none."""

    async def matching_as(
        self, tenant: str, filter: dict[str, Any], limit: int
    ) -> list[Any]:
        """At most *limit* documents whose members are those of *filter*."""

    async def put_as(
        self,
        tenant: str,
        id: str,
        value: Any,
        version: int,
        *,
        ttl: float | None = None,
    ) -> bool:
        """Write it, for *ttl* seconds; False when it is not at *version*."""

    async def delete_as(self, tenant: str, id: str) -> None:
        """Delete it, if it is there."""


def require_version(found: Any, version: int | None, host: Any) -> None:
    """Stale of *host* unless what was *found* is at that version, if one is named."""
    if found.at(version) != found.version:
        raise host.Stale(f"{found.id} is at version {found.version}")
