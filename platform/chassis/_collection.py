"""Collections: typed documents in database-operations, for the current tenant.

Reads happen at once; writes join the unit of work and commit with the answer.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, ValidationError

from chassis import _context, _unit, errors
from contracts.infrastructure import database

M = TypeVar("M", bound=BaseModel)
DATABASE = _unit.DATABASE
EVERYONE = "*"
ALL_SEEING = {"owner", "admin", "service"}


@dataclass(frozen=True, slots=True)
class Stored(Generic[M]):
    """A document with the version it was read at (its ETag)."""

    id: str
    version: int
    value: M

    def at(self, seen: database.Version | None) -> database.Version:
        """The version to write at: what was read, if the caller may have *seen* it."""
        is_it = seen is None or database.is_at(seen, self.version)
        return self.version if is_it else seen


class Page(BaseModel, Generic[M]):
    """One page of a list; ``cursor`` asks for the next, None on the last."""

    items: list[M]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """The caller's place in a list."""

    limit: int
    cursor: str | None

    def of(self, known: Sequence[M], key: Callable[[M], str]) -> Page[M]:
        """Their page of a list that is all at hand, whose items have a *key* each;
        Invalid for a cursor that is none of its keys."""
        keys = [key(each) for each in known]
        if self.cursor is not None and self.cursor not in keys:
            raise errors.Invalid("that is no cursor of this list")
        start = keys.index(self.cursor) + 1 if self.cursor is not None else 0
        end = start + self.limit
        more = keys[end - 1] if end < len(keys) else None
        return Page(items=list(known[start:end]), cursor=more)


async def _paging(
    limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: str | None = None
) -> Paging:
    return Paging(limit, cursor or None)


Paged = Annotated[Paging, Depends(_paging)]


@dataclass(frozen=True, slots=True)
class Collection(Generic[M]):
    """Documents of one collection as *model*. Obtained from ``chassis.collection``."""

    name: str
    model: type[M]

    async def read(self, id: str, default: M | None = None) -> Stored[M]:
        """The document and its version; *default* at version 0, or NotFound."""
        try:
            found = await DATABASE.call(
                "read", database.Document, collection=self.name, id=id
            )
        except errors.NotFound as exc:
            if default is not None:
                _unit.looked_at(id, 0)
                return Stored(id, 0, default)
            raise errors.NotFound(f"{self.name} has no {id}") from exc
        _unit.looked_at(id, found.version)
        return Stored(id, found.version, self.model.model_validate(found.body))

    async def own(self, id: str) -> Stored[M]:
        """A document whose ``subject`` the caller is; staff and services see all.

        NotFound for another's: who guesses ids is told nothing.
        """
        found = await self.read(id)
        if not _context.current().owns(getattr(found.value, "subject", None)):
            raise errors.NotFound(f"{self.name} has no {id}")
        return found

    async def get(self, id: str) -> M:
        """The document; NotFound."""
        return (await self.read(id)).value

    async def find(self, id: str) -> M | None:
        """The document, or None."""
        try:
            return await self.get(id)
        except errors.NotFound:
            return None

    def put(
        self,
        id: str,
        value: M,
        *,
        version: database.Version | None = None,
        unique: Sequence[str] = (),
        ttl: float | None = None,
        index: database.Index | None = None,
    ) -> None:
        """Write the whole document.

        ``version`` None replaces whatever is there, 0 only creates, -1 only replaces,
        another replaces just that version, or one of several (Stale otherwise). Two
        live documents with a ``unique`` key in common: Conflict. ``ttl`` is in seconds.
        """
        document = _fit(
            database.Write,
            body=value.model_dump(mode="json"),
            unique=list(unique),
            ttl=ttl,
            index=index,
        )
        self._change("put", id, version, document=document)

    async def keep(self, values: Mapping[str, M], seconds: float) -> None:
        """Write these at once, all or none, for so many seconds."""
        for id, value in values.items():
            self.put(id, value, ttl=seconds)
        await _unit.commit()

    def patch(
        self,
        id: str,
        body: dict[str, Any],
        *,
        version: database.Version | None = None,
        index: database.Index | None = None,
    ) -> None:
        """Merge *body* into the document (RFC 7396); NotFound when it is not there."""
        change = database.Patch(body=body, index=index)
        self._change("patch", id, version, patch=change)

    def delete(self, id: str, *, version: database.Version | None = None) -> None:
        """Delete the document, if it is there."""
        self._change("delete", id, version)

    def expect(self, id: str, version: int) -> None:
        """Commit only while the document is at *version* (0: while it is absent)."""
        self._change("assert", id, version)

    def delete_all(self, filter: dict[str, Any]) -> None:
        """Delete every document that *filter* matches."""
        self._change("delete-all", "-", None, filter=filter)

    def _change(
        self, op: str, id: str, version: database.Version | None, **rest: Any
    ) -> None:
        given = {k: v for k, v in rest.items() if v is not None}
        about = {"op": op, "collection": self.name, "id": id, "version": version}
        _unit.unit().changes.append(_fit(database.Change, **about, **given))

    async def query(
        self, filter: dict[str, Any] | None = None, **query: Any
    ) -> database.Page:
        """A page of documents or groups, as ``contracts…database.Query`` says."""
        asked = database.Query(filter=filter or {}, **query)
        return await DATABASE.call(
            "query", database.Page, json=asked, collection=self.name
        )

    async def page(
        self,
        paging: Paging,
        filter: dict[str, Any] | None = None,
        sort: Sequence[database.Sort] = (),
    ) -> Page[M]:
        """The caller's page of the documents that match."""
        found = await self.query(
            filter, sort=list(sort), limit=paging.limit, cursor=paging.cursor
        )
        items = [self.model.model_validate(item.body) for item in found.items]
        return Page[self.model](items=items, cursor=found.cursor)

    async def matching(
        self,
        filter: dict[str, Any] | None = None,
        sort: Sequence[database.Sort] = (),
        limit: int = 1000,
    ) -> list[M]:
        """At most *limit* documents that match, in one page."""
        found = await self.query(filter, sort=list(sort), limit=limit)
        return [self.model.model_validate(item.body) for item in found.items]

    async def each(
        self, filter: dict[str, Any] | None = None, sort: Sequence[database.Sort] = ()
    ) -> AsyncIterator[Stored[M]]:
        """Every document that matches, page after page."""
        cursor = None
        while True:
            found = await self.query(filter, sort=list(sort), limit=500, cursor=cursor)
            for item in found.items:
                value = self.model.model_validate(item.body)
                yield Stored(item.id, item.version, value)
            cursor = found.cursor
            if cursor is None:
                return

    async def count(self, filter: dict[str, Any] | None = None) -> int:
        """How many documents match."""
        return (await self.query(filter, limit=1, count=True)).count or 0

    async def tally(
        self, path: str, filter: dict[str, Any] | None = None, of: str | None = None
    ) -> dict[str, int | float]:
        """How many documents match, by what they have at *path*.

        With *of*, the sum of the numbers there instead: exact where it is whole, else
        the nearest float. At most 1,000 groups.
        """
        measure = database.Measure(function="sum" if of else "count", path=of)
        found = await self.query(filter, group=[path], measures={"of": measure})
        groups = found.groups or []
        return {str(g.keys[0]): g.measures["of"] or 0 for g in groups}

    async def inherited(self, filter: dict[str, Any] | None = None) -> list[M]:
        """Every document that matches: the platform's, then the tenant's own."""
        caller, found = _context.current(), []
        for tenant in dict.fromkeys((_context.PLATFORM, caller.tenant or "")):
            # Detached: what is read for one request may be kept for later ones.
            with _unit.detached(tenant, caller.subject, caller.roles):
                found += [each.value async for each in self.each(filter)]
        return found

    def watch(self, told: Callable[[str], None]) -> None:
        """Have *told* called, with the tenant, whenever this process changed it."""
        _unit.watch(self.name, told)

    async def search(self, **search: Any) -> database.Found:
        """Text and vector search, as ``contracts…database.Search`` says."""
        asked = database.Search(**search)
        return await DATABASE.call(
            "search", database.Found, json=asked, collection=self.name
        )

    async def find_as(self, tenant: str, id: str) -> tuple[M | None, int]:
        """A document of *tenant* and its version; (None, 0) when there is none."""
        with _unit.acting_for(tenant):
            try:
                found = await self.read(id)
            except errors.NotFound:
                return None, 0
        return found.value, found.version

    async def matching_as(
        self, tenant: str, filter: dict[str, Any], limit: int
    ) -> list[M]:
        """At most *limit* documents of *tenant* that match."""
        with _unit.acting_for(tenant):
            return await self.matching(filter, limit=limit)

    async def put_as(
        self, tenant: str, id: str, value: M, version: int, *, ttl: float | None = None
    ) -> bool:
        """Write a document of *tenant* at once; False when it is not at *version*."""
        with _unit.acting_for(tenant):
            self.put(id, value, version=version, ttl=ttl)
            try:
                await _unit.commit()
            except errors.Stale:
                return False
        return True

    async def delete_as(self, tenant: str, id: str) -> None:
        """Delete a document of *tenant* at once, if it is there."""
        with _unit.acting_for(tenant):
            self.delete(id)
            await _unit.commit()

    async def put_blob(
        self, id: str, content: AsyncIterator[bytes] | bytes, media_type: str
    ) -> None:
        """Store *content* at once: a blob is not part of the unit of work."""
        await DATABASE.call(
            "put_blob",
            content=content,
            headers={"Content-Type": media_type},
            collection=self.name,
            id=id,
        )

    async def blob(self, id: str) -> AsyncIterator[bytes]:
        """A blob's bytes, piece by piece; NotFound."""
        async for piece in DATABASE.download("get_blob", collection=self.name, id=id):
            yield piece


def _fit(model: type[M], **members: Any) -> M:
    """What is to be stored; Invalid where a name that it is made of is too long."""
    try:
        return model.model_validate(members)
    except ValidationError as exc:
        faults = exc.errors()
        if any(fault["type"] != "string_too_long" for fault in faults):
            raise
        most = faults[0]["ctx"]["max_length"]
        raise errors.Invalid(f"a name has at most {most} characters") from exc


def visible(*roles: str) -> dict[str, Any]:
    """A filter for the documents whose ``roles`` admit a caller with *roles*.

    A document that admits everybody has the role ``*``; owners, administrators and
    services see all.
    """
    if ALL_SEEING & set(roles):
        return {}
    return {"any": [{"roles": {"contains": role}} for role in (EVERYONE, *roles)]}


def require_visible(document: Any, roles: Sequence[str]) -> None:
    """NotFound, as if it were not there, unless *roles* may read the document."""
    if not ALL_SEEING & set(roles) and not {EVERYONE, *roles} & set(document.roles):
        raise errors.NotFound("there is no such document")


def given(**values: Any) -> dict[str, Any]:
    """A filter for equality with those values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def collection(name: str, model: type[M]) -> Collection[M]:
    """The collection of that name; it must be declared under ``collections``."""
    return Collection(name, model)
