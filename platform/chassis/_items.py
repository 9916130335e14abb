"""Items: the routes that every collection of addressable documents has."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from chassis import _policy
from chassis._collection import (
    Collection,
    Page,
    Paged,
    Stored,
    require_visible,
    visible,
)
from chassis._context import Caller
from chassis._route import IfMatch, tag
from contracts.infrastructure.database import Sort, Version

Delete = Callable[[str, Version | None], Awaitable[None]]
MOMENTS = ("created_at", "timestamp", "at")  # members by which the newest come first


@dataclass(frozen=True)
class Written:
    """How documents come to be by their name: from *given*, by those of *roles*.

    *key* is the document's member that holds its name. *check* raises a problem, or
    what the application has a meaning for, where *given* is not to be kept.
    """

    given: type[BaseModel]
    roles: tuple[str, ...]
    key: str
    check: Callable[[Any], object] = bool


def items(
    router: APIRouter,
    documents: Collection[Any],
    noun: str,
    *,
    view: type[BaseModel] | None = None,
    public: bool = True,
    read_roles: tuple[str, ...] = (),
    delete_roles: tuple[str, ...] | None = None,
    written: Written | None = None,
    listed: bool = False,
    list_roles: tuple[str, ...] | None = None,
    restricted: bool = False,
    read: Callable[[str], Awaitable[Stored[Any]]] | None = None,
    delete: Delete | None = None,
    action: str | None = None,
) -> None:
    """Add ``get_{noun}`` at ``/{id}``, and on demand three more.

    *delete_roles* adds ``delete_{noun}``, *written* ``put_{noun}``, *listed* a paged
    ``list_{noun}s``, for *list_roles* if not for all who may read one; the newest come
    first where documents have a moment of their own. The answer is a *view* of the
    document, the whole of it by default, with its version as ETag; deleting honours
    If-Match. *restricted* documents have ``roles`` that may read them. *read* finds a
    document to be shown, where that is not by its id alone; *delete* takes one away at
    a version, where that is more than to delete it. *action* is what plans and
    pipelines call reading one.
    """
    shown, find = view or documents.model, read or documents.read

    async def get_item(id: str, caller: Caller, answer: Response) -> Any:
        found = await find(id)
        if restricted:
            require_visible(found.value, caller.roles)
        tag(answer, found.version)
        return found.value.model_dump()

    may = {"public": public, "roles": read_roles}
    reads = _policy.policy(retry="read", action=action, **may)
    add = router.add_api_route
    if listed:
        who = read_roles if list_roles is None else list_roles
        lists = _policy.policy(retry="read", public=public, roles=who)
        _listable(router, documents, f"list_{noun}s", shown, lists, restricted)
    add("/{id}", get_item, name=f"get_{noun}", response_model=shown, **reads)
    if written is not None:
        _writable(router, documents, f"put_{noun}", written)
    if delete_roles is not None:
        writes = _policy.policy(retry="keyed", public=public, roles=delete_roles)
        _deletable(router, documents, delete, f"delete_{noun}", writes)


def _listable(
    router: APIRouter,
    documents: Collection[Any],
    name: str,
    shown: type[BaseModel],
    reads: dict[str, Any],
    restricted: bool,
) -> None:
    dated = [each for each in MOMENTS if each in documents.model.model_fields]
    order = [Sort(path=each, descending=True) for each in dated[:1]]

    async def list_items(paging: Paged, caller: Caller) -> Any:
        wanted = visible(*caller.roles) if restricted else {}
        return (await documents.page(paging, wanted, order)).model_dump()

    page = Page[shown]
    router.add_api_route("", list_items, name=name, response_model=page, **reads)


def _deletable(
    router: APIRouter,
    documents: Collection[Any],
    delete: Delete | None,
    name: str,
    policy: dict[str, Any],
) -> None:
    async def deleted(id: str, version: Version | None) -> None:
        await documents.read(id)
        documents.delete(id, version=version)

    chosen = delete or deleted

    async def delete_item(id: str, version: IfMatch) -> None:
        await chosen(id, version)

    gone = {"methods": ["DELETE"], "status_code": 204}
    router.add_api_route("/{id}", delete_item, name=name, **gone, **policy)


def _writable(
    router: APIRouter, documents: Collection[Any], name: str, written: Written
) -> None:
    async def put_item(id: str, given: Any, version: IfMatch) -> Any:
        written.check(given)
        known = given.model_dump() | {written.key: id}
        documents.put(id, documents.model.model_validate(known), version=version)
        return known

    put_item.__annotations__["given"] = written.given
    shown = {"methods": ["PUT"], "response_model": documents.model}
    writes = _policy.policy(retry="keyed", public=True, roles=written.roles)
    router.add_api_route("/{id}", put_item, name=name, **shown, **writes)
