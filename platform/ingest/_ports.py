"""What documents are taken in with: collections, files, the platform, and the news."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from contracts.infrastructure.database import Sort
from contracts.knowledge.documents import Document

Tell = Callable[[Document], None]


class Documents(Protocol):
    """A collection: what is put, patched or deleted joins what is committed next."""

    async def read(self, id: str) -> Any: ...

    async def find(self, id: str) -> Any: ...

    async def matching(self, filter: dict[str, Any], *, limit: int) -> list[Any]: ...

    def each(
        self, filter: dict[str, Any], sort: Sequence[Sort] = ()
    ) -> AsyncIterator[Any]: ...

    def put(self, id: str, value: Any, **how: Any) -> None: ...

    def patch(
        self, id: str, body: dict[str, Any], *, version: int | None = None
    ) -> None: ...

    def delete(self, id: str) -> None: ...

    def delete_all(self, filter: dict[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Files:
    """How a file is stored, at once: name, pieces, media type; and how it is had."""

    store: Callable[[str, AsyncIterator[bytes], str], Awaitable[None]]
    fetch: Callable[[str], AsyncIterator[bytes]]


class Upload(Protocol):
    """A received file."""

    name: str
    media_type: str
    size: int
    sha256: str

    def pieces(self) -> AsyncIterator[bytes]: ...


class Platform(Protocol):
    """What a service stands on: its unit of work, its clock, its failures.

    Stale: a document is not at its version. Conflict: another has its unique key.
    UpstreamFailed: the store is away, or has no room.
    """

    UpstreamFailed: type[Exception]
    Stale: type[Exception]
    Conflict: type[Exception]
    NotFound: type[Exception]

    def commit(self) -> Awaitable[list[Any]]: ...

    def cancel(self, *keys: str) -> None: ...

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class News:
    """Publishes, with the next commit, what happened to a document.

    Later, and unless it is taken back under the name of its file: ``overdue``, when a
    document should have been ready or failed, and ``lost``, when its file should have
    got its document long ago.
    """

    received: Tell
    overdue: Tell
    lost: Tell
    described: Tell
    removed: Tell
