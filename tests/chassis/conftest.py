"""A small service on real documents, under a name whose grants it borrows."""

import asyncio
import os
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from fastapi import FastAPI, Response
from pydantic import BaseModel, Field

import chassis
from chassis import testing
from docstore import testing as engines


class Note(BaseModel):
    id: str
    text: Annotated[str, Field(max_length=100)]


class Written(BaseModel):
    """The event that a note was written."""

    type: Literal["faq.saved"] = "faq.saved"
    faq_id: str
    wording: str


NOTES = chassis.collection("faqs", Note)


def writing() -> Any:
    """Routes that write notes, all of them repeatable with a key."""
    router, writes = chassis.router("/notes"), chassis.policy(retry="keyed")

    @router.post("", status_code=201, **writes)
    async def write(given: Note) -> Note:
        NOTES.put(given.id, given, version=0)
        chassis.publish(Written(faq_id=given.id, wording=given.text))
        return given

    @router.post("/pair", **writes)
    async def pair(given: Note) -> Note:
        NOTES.put("pair", given)
        NOTES.put(given.id, given, version=0)
        return given

    @router.post("/then-fail", **writes)
    async def then_fail(given: Note) -> Note:
        NOTES.put(given.id, given)
        raise chassis.Invalid("no")

    @router.post("/file", **writes)
    async def file(sent: chassis.Uploaded) -> Note:
        note = Note(id=sent.name, text=(await sent.content()).decode())
        NOTES.put(note.id, note)
        return note

    @router.put("/{id}/text", **writes)
    async def reword(id: str, given: Note) -> Note:
        NOTES.put(id, given)
        return given

    @router.post("/{id}/closing", **writes)
    async def close(id: str) -> Note:
        found = await NOTES.read(id)
        NOTES.put("closed", found.value)
        return found.value

    @router.post("/{id}/nothing-of-it", **writes)
    async def leave(id: str) -> Note:
        NOTES.put("another", note := Note(id="another", text="x"))
        return note

    @router.put("/{id}", **writes)
    async def replace(id: str, given: Note, version: chassis.IfMatch) -> Note:
        NOTES.put(id, given, version=version)
        return given

    return router


def meeting() -> Any:
    """A route that writes once two requests are in it."""
    router, met = chassis.router("/notes"), asyncio.Barrier(2)

    @router.post("/together", **chassis.policy(retry="keyed"))
    async def together(given: Note) -> Note:
        await met.wait()
        NOTES.put(given.id, given)
        return given

    return router


def reading() -> Any:
    router, reads = chassis.router("/notes"), chassis.policy(retry="read")

    @router.get("", **reads)
    async def list_notes(paging: chassis.Paged) -> chassis.Page[Note]:
        return await NOTES.page(paging)

    @router.get("/{id}", **reads)
    async def read(id: str, answer: Response) -> Note:
        found = await NOTES.read(id)
        chassis.tag(answer, found.version)
        return found.value

    return router


@chassis.on(Written, deadline=3.0)
async def copy(event: Written) -> None:
    """Append the wording to the note's copy: handled twice, it would show."""
    id = f"copy-{event.faq_id}"
    found, version = await NOTES.find_as(chassis.current().tenant or "", id)
    text = (found.text if found else "") + event.wording
    NOTES.put(id, Note(id=id, text=text), version=version)
    match event.wording:
        case "later":
            raise chassis.Later(5.0)
        case "fails":
            raise chassis.Invalid("no")
        case "hangs":
            await asyncio.sleep(60.0)


@pytest.fixture(scope="package")
def database() -> Iterator[FastAPI]:
    """The application of database-operations, which runs for all of these tests."""
    with engines.postgres(*engines.TEST) as engine:
        os.environ.setdefault("DATABASE_URL", engine.url)
        from services.infrastructure.database_operations import app as module

        module.database.dsn, module.database.bus = engine.url, None
        with testing.standing(module.app):
            yield module.app


@pytest.fixture
def notes(database: FastAPI) -> Iterator[testing.Mesh]:
    app = chassis.create_app("faq-management", writing(), meeting(), reading(), copy)
    upstreams: dict[str, Any] = {"database-operations": database}
    with testing.mesh(app, upstreams=upstreams) as running:
        yield running
