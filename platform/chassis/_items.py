"""Items: the routes that every collection of addressable documents has."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from chassis import _policy
from chassis._collection import Collection, Page, Paged, require_visible, visible
from chassis._context import Caller
from chassis._route import IfMatch, tag


def items(
    router: APIRouter,
    documents: Collection[Any],
    noun: str,
    *,
    view: type[BaseModel] | None = None,
    public: bool = True,
    read_roles: tuple[str, ...] = (),
    delete_roles: tuple[str, ...] | None = None,
    listed: bool = False,
    restricted: bool = False,
) -> None:
    """Add ``get_{noun}`` at ``/{id}``, and on demand two more.

    *delete_roles* adds ``delete_{noun}``, *listed* a paged ``list_{noun}s``. The answer
    is a *view* of the document, the whole of it by default, with its version as ETag;
    deleting honours If-Match. *restricted* documents have ``roles`` that may read them.
    """
    shown = view or documents.model

    async def get_item(id: str, caller: Caller, answer: Response) -> Any:
        found = await documents.read(id)
        if restricted:
            require_visible(found.value, caller.roles)
        tag(answer, found.version)
        return found.value.model_dump()

    async def delete_item(id: str, version: IfMatch) -> None:
        await documents.read(id)
        documents.delete(id, version=version)

    async def list_items(paging: Paged, caller: Caller) -> Any:
        wanted = visible(*caller.roles) if restricted else {}
        return (await documents.page(paging, wanted)).model_dump()

    reads = _policy.policy(retry="read", public=public, roles=read_roles)
    add = router.add_api_route
    if listed:
        add("", list_items, name=f"list_{noun}s", response_model=Page[shown], **reads)
    add("/{id}", get_item, name=f"get_{noun}", response_model=shown, **reads)
    if delete_roles is not None:
        writes = _policy.policy(retry="keyed", public=public, roles=delete_roles)
        name, gone = f"delete_{noun}", {"methods": ["DELETE"], "status_code": 204}
        add("/{id}", delete_item, name=name, **gone, **writes)
