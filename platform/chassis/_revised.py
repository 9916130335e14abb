"""Revised: documents that keep their history, and the routes to go back in it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Body, Depends, Request, Response
from pydantic import BaseModel, Field

from chassis import _policy, errors
from chassis._collection import Collection, Page, Paged, Stored
from chassis._route import IfMatch, about_the_first, tag
from contracts.closed import Closed
from contracts.infrastructure.database import ANY, Sort, Version

M = TypeVar("M", bound=BaseModel)
Write = Callable[[Any, Any, Version | None], Awaitable[Any]]


class Rollback(Closed):
    """The revision whose value is to count again, as a revision of its own."""

    revision: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class Revised(Generic[M]):
    """Documents, and each of their revisions for *kept* seconds.

    The model has an ``id``, a ``value``, its ``revision`` (the first is 1), and
    ``removed`` where that revision took the value away.
    """

    latest: Collection[M]
    revisions: Collection[M]
    kept: float

    async def read(self, id: str) -> Stored[M]:
        """The latest revision; NotFound when there is none or it took the value."""
        found = await self.latest.read(id)
        if found.value.removed:
            raise errors.NotFound(f"{id} has no value")
        return found

    async def add(self, made: M, seen: Version | None) -> M:
        """*made* as the next revision, which joins the unit of work.

        Stale unless the document is at the version that the caller has *seen*; NotFound
        when there is nothing to take away.
        """
        nothing = made.model_copy(update={"revision": 0, "removed": True})
        known = await self.latest.read(nothing.id, nothing)
        if made.removed and known.value.removed:
            raise errors.NotFound(f"{made.id} has no value")
        made = made.model_copy(update={"revision": known.value.revision + 1})
        # Of what was taken away a mark is left, which is nothing to whoever creates, or
        # replaces what there is.
        if seen == ANY and known.value.removed:
            raise errors.Stale(f"{made.id} has no value")
        creates_anew = seen == 0 and known.value.removed
        at = known.version if creates_anew else known.at(seen)
        self.latest.put(made.id, made, version=at)
        self.revisions.put(_id(made.id, made.revision), made, version=0, ttl=self.kept)
        return made

    async def earlier(self, id: str, revision: int) -> M:
        """That revision; NotFound when it never was, or is no longer kept."""
        return await self.revisions.get(_id(id, revision))

    async def history(self, id: str, paging: Paged) -> Page[M]:
        """The caller's page of its revisions, latest first."""
        latest_first = [Sort(path="revision", descending=True)]
        return await self.revisions.page(paging, {"id": id}, latest_first)


def _id(id: str, revision: int) -> str:
    return f"{id}:{revision}"


def revised(
    router: APIRouter,
    path: str,
    noun: str,
    documents: Revised[Any],
    place: Callable[..., Any],
    write: Write,
    roles: tuple[str, ...] = (),
) -> None:
    """Add ``get_``, ``put_`` and ``delete_{noun}`` at *path*, and below it
    ``list_{noun}_history`` at ``/history`` and ``roll_back_{noun}`` at ``/rollback``.

    *place* is the dependency that says, with an ``id``, which document the path names.
    ``write(place, value, version)`` checks a value and adds it; None takes it away.
    """
    there = Annotated[Any, Depends(place)]

    async def get_value(at: there, answer: Response) -> Any:
        """The latest value, with its version as ETag."""
        found = await documents.read(at.id)
        tag(answer, found.version)
        return found.value

    async def put_value(
        at: there, value: Annotated[Any, Body()], version: IfMatch, request: Request
    ) -> Any:
        """Give it this value, any JSON but null."""
        if value is None:
            raise errors.Invalid("null is no value: delete it instead")
        about_the_first(request)
        return await write(at, value, version)

    async def delete_value(at: there, version: IfMatch) -> None:
        """Take the value away; its history stays."""
        await write(at, None, version)

    async def list_history(at: there, paging: Paged) -> Any:
        """Every revision, latest first."""
        return await documents.history(at.id, paging)

    async def roll_back(
        at: there, to: Rollback, version: IfMatch, request: Request
    ) -> Any:
        """Give it the value that it had after an earlier revision."""
        earlier = await documents.earlier(at.id, to.revision)
        return await put_value(at, earlier.value, version, request)

    model, add = documents.latest.model, router.add_api_route
    reads = _policy.policy(retry="read", public=True, roles=roles)
    writes = _policy.policy(retry="keyed", public=True, roles=roles)
    one, gone = {"response_model": model}, {"status_code": 204}
    add(path, get_value, name=f"get_{noun}", **one, **reads)
    add(path, put_value, name=f"put_{noun}", methods=["PUT"], **one, **writes)
    delete = {"name": f"delete_{noun}", "methods": ["DELETE"]}
    add(path, delete_value, **delete, **gone, **writes)
    listed = {"name": f"list_{noun}_history", "response_model": Page[model]}
    add(f"{path}/history", list_history, **listed, **reads)
    back = {"name": f"roll_back_{noun}", "methods": ["POST"]}
    add(f"{path}/rollback", roll_back, **back, **one, **writes)
