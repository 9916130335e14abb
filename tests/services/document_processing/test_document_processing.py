"""Documents: taken once, read within bounds, seen by those who may, gone for good."""

import asyncio
import io
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

import chassis
import extraction
from contracts.knowledge.events import DocumentOverdue, DocumentReceived
from docstore import testing
from ingest import _reading
from services.knowledge.document_processing import app as service

PATH = "/api/v1/documents"
BASE = "/api/v1/knowledge-bases/default"
TEXT = "# Fees\n\nThe annual fee of the rowing club is 240 euros.\n"
NEW = "# Fees\n\nThe annual fee of the rowing club is 310 euros.\n"


class Dying(FastAPI):
    """A store that is gone after *calls* to a path: as if its caller had died."""

    def __init__(self, store: FastAPI, method: str, part: str, calls: int = 1) -> None:
        super().__init__()
        self.store, self.method, self.part, self.left = store, method, part, calls

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not self.left:
            raise ConnectionError
        await self.store(scope, receive, send)
        self.left -= scope["method"] == self.method and self.part in scope["path"]


@contextmanager
def dying(library: Any, *when: Any) -> Iterator[None]:
    """Until the end of the block the store dies, as ``Dying`` says."""
    stores = library.documents.wire.upstreams
    store = stores["database-operations"]
    stores["database-operations"] = Dying(store, *when)
    yield
    stores["database-operations"] = store


def upload(library: Any, text: str = TEXT, **fields: Any) -> Any:
    given = {"name": "fees.md", "text": text} | fields
    return library.documents.post(PATH, json=given)


def state(library: Any, id: str) -> dict[str, Any]:
    return library.documents.get(f"{PATH}/{id}").json()


def about(id: str, revision: int = 1) -> dict[str, Any]:
    return {"document_id": id, "knowledge_base_id": "default", "revision": revision}


def test_a_file_is_processing_and_then_ready_and_found(library: Any) -> None:
    accepted = upload(library)
    assert (accepted.status_code, accepted.json()["status"]) == (202, "processing")
    library.pump()
    known = state(library, accepted.json()["id"])
    assert (known["status"], known["chunks"], known["progress"]) == ("ready", 1, 1.0)
    assert "240" in library.found("annual fee")[0]["text"]


def test_multipart_is_taken_with_its_fields(library: Any) -> None:
    file = {"file": ("fees.md", TEXT.encode(), "text/markdown")}
    form = {"title": "Club", "tags": '["money"]'}
    accepted = library.documents.post(PATH, files=file, data=form).json()
    assert (accepted["name"], accepted["title"]) == ("fees.md", "Club")
    assert accepted["tags"] == ["money"]


def test_the_same_bytes_twice_are_one_document(library: Any) -> None:
    first = library.add(TEXT)
    assert upload(library).json()["id"] == first
    assert len(library.documents.get(PATH).json()["items"]) == 1


def test_documents_are_listed_by_status_and_an_unknown_one_is_refused(
    library: Any,
) -> None:
    id = library.add(TEXT)
    ready = library.documents.get(PATH, params={"status": "ready"}).json()["items"]
    assert [item["id"] for item in ready] == [id]
    failed = library.documents.get(PATH, params={"status": "failed"})
    assert failed.json()["items"] == []
    unknown = library.documents.get(PATH, params={"status": "done"})
    assert unknown.status_code == 400
    assert "query/status" in unknown.json()["message"]


def test_the_same_bytes_at_once_are_one_document_for_everybody(library: Any) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: upload(library), range(6)))
    assert [answer.status_code for answer in answers] == [202] * 6
    assert len({answer.json()["id"] for answer in answers}) == 1
    library.pump()
    [listed] = library.documents.get(PATH).json()["items"]
    assert listed["status"] == "ready"
    stored = library.documents.calls("database-operations", "put_blob")
    erased = library.documents.calls("database-operations", "delete_blob")
    assert len(stored) - len(erased) == 1


def test_the_same_bytes_for_fewer_readers_are_at_once_for_those_alone(
    library: Any,
) -> None:
    id = library.add(TEXT)
    assert library.found("annual fee")
    again = upload(library, roles=["agent"]).json()
    assert (again["id"], again["roles"]) == (id, ["agent"])
    assert library.found("annual fee") == []
    assert library.found("annual fee", roles=("agent",))
    assert len(library.documents.published("document.described")) == 1


def test_the_same_bytes_for_more_readers_are_not_opened_to_them(library: Any) -> None:
    id = library.add(TEXT, roles=["agent"])
    assert upload(library).json()["roles"] == ["agent"]
    assert library.documents.get(f"{PATH}/{id}", roles=("customer",)).status_code == 404


def test_fewer_readers_count_for_a_document_that_is_still_read(library: Any) -> None:
    upload(library)
    upload(library, roles=["agent"])
    library.pump()
    assert library.found("annual fee") == []
    assert library.found("annual fee", roles=("agent",))


def test_a_failed_file_may_be_sent_again(library: Any) -> None:
    first = upload(library, "   ").json()["id"]
    library.pump()
    again = upload(library, "   ").json()
    assert again["id"] != first
    assert again["status"] == "processing"
    assert library.documents.get(f"{PATH}/{first}").status_code == 404


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\nnothing of a PDF", b"\x00\x01\x02\x03" * 64, b" \n "],
)
def test_a_hostile_file_fails_with_a_reason(library: Any, content: bytes) -> None:
    sent = {"file": ("prices.pdf", content, "application/pdf")}
    id = library.documents.post(PATH, files=sent).json()["id"]
    library.pump()
    known = state(library, id)
    assert known["status"] == "failed"
    assert known["reason"]
    assert library.documents.get(f"{PATH}/{id}/chunks").json()["items"] == []


def test_pages_that_nobody_recognised_are_told(library: Any) -> None:
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    page.drawString(70, 700, "Below is the contract, signed by all tenants.")
    page.showPage()
    page.drawInlineImage(Image.new("L", (9, 9)), 0, 0, *A4)
    page.save()
    sent = {"file": ("contract.pdf", out.getvalue(), "application/pdf")}
    id = library.documents.post(PATH, files=sent).json()["id"]
    library.pump()
    known = state(library, id)
    assert (known["status"], known["unread_pages"]) == ("ready", [2])


def replaced(library: Any, id: str, text: str | bytes = NEW) -> dict[str, Any]:
    """A document right after it was sent another content."""
    content = text if isinstance(text, bytes) else text.encode()
    file = {"file": ("fees2.md", content, "text/markdown")}
    answer = library.documents.put(f"{PATH}/{id}", files=file)
    assert answer.status_code == 202, answer.text
    return answer.json()


def said(library: Any, id: str) -> str:
    return library.documents.get(f"{PATH}/{id}/content").json()["text"]


def erased(library: Any) -> list[str]:
    """The files that were deleted; to delete one again is nothing."""
    calls = library.documents.calls("database-operations", "delete_blob")
    names = [str(call.request.url).rpartition("/")[2] for call in calls]
    return list(dict.fromkeys(names))


BROKEN = b"%PDF-1.4 broken"


def test_the_old_text_is_gone_at_once_and_its_file_when_the_new_is_read(
    library: Any,
) -> None:
    id = library.add(TEXT)
    sent = replaced(library, id)
    assert (sent["status"], sent["revision"]) == ("processing", 2)
    assert (sent["standing"]["revision"], sent["standing"]["chunks"]) == (1, 1)
    assert library.found("annual fee") == []
    assert library.documents.get(f"{PATH}/{id}/content").status_code == 404
    assert erased(library) == []
    library.documents.deliver(DocumentReceived(**about(id, 2)))
    assert "310" in library.found("annual fee")[0]["text"]
    library.pump()
    known = state(library, id)
    assert (known["status"], known["standing"], known["name"]) == (
        "ready",
        None,
        "fees2.md",
    )
    assert "310" in said(library, id)
    assert erased(library) == [f"{id}-1"]


def test_a_kill_while_the_new_is_stored_costs_neither_file_nor_text(
    library: Any,
) -> None:
    id = library.add(TEXT)
    long = "\n\n".join(f"Boat {n} has the number {n * 7}." for n in range(8_000))
    replaced(library, id, long)
    with (
        dying(library, "POST", "/transactions/", 3),
        pytest.raises(chassis.UpstreamFailed),
    ):
        library.documents.deliver(DocumentReceived(**about(id, 2)))
    known = state(library, id)
    assert known["standing"]["revision"] == 1
    assert known["progress"] > 0.3
    library.pump()
    assert erased(library) == [f"{id}-1"]
    known = state(library, id)
    assert (known["status"], known["standing"], known["attempts"]) == ("ready", None, 0)
    assert said(library, id) == long


@pytest.fixture
def apart(documents_url: str, ended_database: FastAPI) -> Iterator[str]:
    """The address of a database that the ``library`` after it has for itself."""

    async def order(statement: str) -> None:
        db = await asyncpg.connect(documents_url)
        await db.execute(statement)
        await db.close()

    service = sys.modules["services.infrastructure.database_operations.app"]
    asyncio.run(order("CREATE DATABASE apart"))
    service.database.dsn = documents_url.replace("/postgres?", "/apart?")
    yield service.database.dsn
    service.database.dsn = documents_url
    asyncio.run(order("DROP DATABASE apart WITH (FORCE)"))


@pytest.mark.skipif(
    not testing.FULL.is_char_device(),
    reason=f"this system has no {testing.FULL}, so that no disk can be full",
)
def test_a_full_disk_is_told_and_what_was_taken_before_is_read_once_there_is_room(
    apart: str, library: Any
) -> None:
    with testing.full(asyncio.run(testing.file_of(apart, "parts"))):
        refused = upload(library)
        assert (refused.status_code, refused.json()["error"]) == (424, "storage_error")
        assert library.documents.get(PATH).json()["items"] == []
    with testing.full(asyncio.run(testing.file_of(apart, "entries"))):
        id = upload(library).json()["id"]
        for _ in range(_reading.ATTEMPTS + 2):
            with pytest.raises(chassis.NoRoom, match="disk is full"):
                library.documents.deliver(DocumentReceived(**about(id)))
        known = state(library, id)
        assert (known["status"], known["attempts"]) == ("processing", 0)
    asyncio.run(testing.file_of(apart, "entries"))
    library.pump()
    assert state(library, id)["status"] == "ready"


@pytest.mark.parametrize("text", [BROKEN, b" \n ", b"\x00\x01\x02\x03" * 64])
def test_a_replacement_that_cannot_be_read_changes_nothing_and_says_why(
    library: Any, text: bytes
) -> None:
    id = library.add(TEXT)
    before, chunks = state(library, id), library.found("annual fee")
    replaced(library, id, text)
    library.pump()
    known = state(library, id)
    assert known["refused"]["reason"] in known["reason"]
    assert known["refused"]["name"] == "fees2.md"
    changed = {"refused", "reason", "attempts", "updated_at", "promised"}
    assert {k: v for k, v in known.items() if k not in changed} == {
        k: v for k, v in before.items() if k not in changed
    }
    assert library.found("annual fee") == chunks
    assert "240" in said(library, id)
    assert erased(library) == [f"{id}-2"]


def test_after_a_refused_replacement_another_may_be_sent(library: Any) -> None:
    id = library.add(TEXT)
    for _ in range(2):
        replaced(library, id, BROKEN)
        library.pump()
    assert state(library, id)["refused"]["revision"] == 3
    assert replaced(library, id)["revision"] == 4
    library.pump()
    known = state(library, id)
    assert (known["status"], known["reason"]) == ("ready", None)
    assert (known["refused"], known["attempts"]) == (None, 0)
    assert "310" in library.found("annual fee")[0]["text"]
    assert sorted(erased(library)) == [f"{id}-{n}" for n in (1, 2, 3)]


def test_of_two_replacements_the_last_counts(library: Any) -> None:
    id = library.add(TEXT)
    replaced(library, id, BROKEN)
    assert replaced(library, id)["standing"]["revision"] == 1
    library.pump()
    assert "310" in said(library, id)
    assert "240 euros" not in str(library.found("annual fee"))
    assert sorted(erased(library)) == [f"{id}-{n}" for n in (1, 2)]


def test_of_replacements_at_once_one_counts_and_no_file_of_another_stays(
    library: Any,
) -> None:
    id = library.add(TEXT)
    texts = [TEXT.replace("240", f"{n}00") for n in range(1, 6)]
    with ThreadPoolExecutor(5) as pool:
        sent = list(pool.map(lambda text: replaced(library, id, text), texts))
    assert len({each["revision"] for each in sent}) == 5
    library.pump()
    known = state(library, id)
    assert (known["status"], known["refused"]) == ("ready", None)
    [kept] = [t for t in texts if sha256(t.encode()).hexdigest() == known["sha256"]]
    assert kept.split("\n")[2] in said(library, id)
    stored = library.documents.calls("database-operations", "put_blob")
    files = {str(call.request.url).rpartition("/")[2] for call in stored}
    assert files - {*erased(library)} == {f"{id}-{known['revision']}"}


def test_what_stands_cannot_be_taken_by_another_document(library: Any) -> None:
    id = library.add(TEXT)
    replaced(library, id, BROKEN)
    assert upload(library).json()["id"] == id
    library.pump()
    assert upload(library).json()["id"] == id
    replaced(library, id)
    library.pump()
    assert upload(library).json()["id"] != id


def test_a_document_is_deleted_with_its_replacement(library: Any) -> None:
    id = library.add(TEXT)
    replaced(library, id)
    assert library.documents.delete(f"{PATH}/{id}").status_code == 204
    assert library.found("annual fee") == []
    library.pump()
    assert library.found("annual fee") == []
    assert sorted(erased(library)) == [f"{id}-{n}" for n in (1, 2)]


def test_a_base_is_deleted_with_replacements(library: Any) -> None:
    id = library.add(TEXT)
    replaced(library, id)
    library.bases.delete("/api/v1/knowledge-bases/default")
    library.pump()
    assert library.found("annual fee") == []
    assert sorted(erased(library)) == [f"{id}-{n}" for n in (1, 2)]


def test_fewer_readers_count_for_what_stands_as_well(library: Any) -> None:
    id = library.add(TEXT)
    replaced(library, id, BROKEN)
    upload(library, TEXT, roles=["agent"])
    library.pump()
    assert (state(library, id)["roles"], library.found("annual fee")) == (["agent"], [])
    assert library.found("annual fee", roles=("agent",))


def test_replacing_by_the_same_bytes_changes_nothing(library: Any) -> None:
    id = library.add(TEXT)
    body = {"name": "fees.md", "text": TEXT}
    kept = library.documents.put(f"{PATH}/{id}", json=body).json()
    assert (kept["status"], kept["revision"]) == ("ready", 1)


@pytest.mark.parametrize(("roles", "named"), [(["*"], True), (["owner"], False)])
def test_replacing_by_another_documents_bytes_is_a_conflict_that_names_it(
    library: Any, roles: list[str], named: bool
) -> None:
    upload(library, NEW, title="Fees of 2027", roles=roles)
    id = upload(library).json()["id"]
    answer = library.documents.put(f"{PATH}/{id}", json={"name": "f.md", "text": NEW})
    assert answer.status_code == 409
    message = answer.json()["message"]
    assert "another document is this very file" in message
    assert ("Fees of 2027" in message) is named


def test_the_order_to_read_a_replaced_revision_is_void(library: Any) -> None:
    id = upload(library).json()["id"]
    library.documents.put(f"{PATH}/{id}", json={"name": "f.md", "text": NEW})
    library.documents.deliver(DocumentReceived(**about(id)))
    assert state(library, id)["stage"] == "received"
    library.pump()
    assert "240 euros" not in str(library.found("annual fee"))
    assert state(library, id)["status"] == "ready"


def test_what_is_deleted_is_gone_with_its_file(library: Any) -> None:
    id = library.add(TEXT)
    assert library.documents.delete(f"{PATH}/{id}").status_code == 204
    assert library.found("annual fee") == []
    for path in ("", "/content", "/chunks"):
        assert library.documents.get(f"{PATH}/{id}{path}").status_code == 404
    library.pump()
    [erased] = library.documents.calls("database-operations", "delete_blob")
    assert (erased.status, f"{id}-1" in str(erased.request.url)) == (204, True)


def test_a_document_deleted_while_it_is_read_stays_deleted(library: Any) -> None:
    id = upload(library).json()["id"]
    library.documents.delete(f"{PATH}/{id}")
    library.pump()
    assert library.found("annual fee") == []


def test_spans_count_in_the_content_and_headings_are_a_tree(library: Any) -> None:
    id = library.add("# Club\n\n## Fees\n\nIt costs 240 euros. Boats are extra.\n")
    content = library.documents.get(f"{PATH}/{id}/content").json()
    chunks = library.documents.get(f"{PATH}/{id}/chunks").json()["items"]
    assert content["hierarchy"][0]["children"][0]["title"] == "Fees"
    for chunk in chunks:
        assert content["text"][chunk["start"] : chunk["end"]] == chunk["text"]


def test_what_a_document_says_has_the_title_that_it_was_given_since(
    library: Any,
) -> None:
    id = library.add(TEXT)
    content = f"{PATH}/{id}/content"
    assert library.documents.get(content).json()["title"] == "Fees"
    renamed = library.bases.patch(f"{BASE}/documents/{id}", json={"title": "Prices"})
    assert renamed.status_code == 204
    assert library.documents.get(content).json()["title"] == "Prices"


def test_a_long_document_is_stored_in_parts_and_shown_whole(library: Any) -> None:
    lines = [f"Boat {n} has the number {n * 7}." for n in range(16_000)]
    id = library.add("\n\n".join(lines))
    known = state(library, id)
    assert (known["status"], known["progress"]) == ("ready", 1.0)
    content = library.documents.get(f"{PATH}/{id}/content").json()["text"]
    assert len(content) > 4 * extraction.PIECE
    assert content.split("\n\n") == lines
    assert "112000" not in str(library.found("number 111993", k=1))
    assert "111993" in library.found("Boat 15999", k=1)[0]["text"]
    library.documents.delete(f"{PATH}/{id}")
    assert library.documents.get(f"{PATH}/{id}/content").status_code == 404
    assert library.found("Boat 15999") == []
    again = library.add(TEXT)
    assert "15999" not in library.documents.get(f"{PATH}/{again}/content").text


def test_a_base_decides_how_long_its_chunks_are(library: Any) -> None:
    settings = {"chunk_tokens": 32, "chunk_overlap": 0}
    given = {"name": "Short", "settings": settings}
    base = library.bases.post("/api/v1/knowledge-bases", json=given).json()["id"]
    text = " ".join(f"Boat number {n} is kept in shed {n}." for n in range(40))
    short, usual = library.add(text, knowledge_base_id=base), library.add(text)
    assert state(library, short)["chunks"] > 2 * state(library, usual)["chunks"]


def test_a_base_that_is_not_there_takes_no_document(library: Any) -> None:
    assert upload(library, knowledge_base_id="nowhere").status_code == 404


@pytest.mark.parametrize("path", ["", "/content", "/chunks"])
def test_a_staff_document_is_not_there_for_a_customer(library: Any, path: str) -> None:
    id = library.add(TEXT, roles=["agent"])
    own = f"{PATH}/{id}{path}"
    assert library.documents.get(own, roles=("agent",)).status_code == 200
    assert library.documents.get(own, roles=("customer",)).status_code == 404
    assert library.documents.get(own, tenant="another").status_code == 404


def test_lists_and_searches_leave_out_what_a_reader_may_not_see(library: Any) -> None:
    library.add(TEXT, roles=["owner"])
    listed = library.documents.get(PATH, roles=("agent",)).json()["items"]
    assert (listed, library.found("annual fee", roles=("agent",))) == ([], [])
    assert library.found("annual fee", roles=("owner",))


@pytest.mark.parametrize("path", [PATH, f"{BASE}/documents", f"{BASE}/statistics"])
def test_a_customer_is_shown_no_list_of_files(library: Any, path: str) -> None:
    library.add(TEXT)
    member = library.bases if path.startswith(BASE) else library.documents
    assert member.get(path, roles=("agent",)).status_code == 200
    assert member.get(path, roles=("customer",)).status_code == 403


def test_a_file_whose_document_never_came_is_deleted_and_no_other(
    library: Any,
) -> None:
    kept = library.add(TEXT)
    sent = library.documents.calls("database-operations", "put_blob")
    with dying(library, "PUT", "/blobs/"):
        assert upload(library, NEW).status_code >= 400
    library.pump(delayed=True)
    stored = library.documents.calls("database-operations", "put_blob")
    erased = library.documents.calls("database-operations", "delete_blob")
    assert len(stored) - len(sent) == len(erased) == 1
    assert library.documents.get(f"{PATH}/{kept}").json()["status"] == "ready"


def test_an_agent_cannot_replace_or_delete_what_owners_alone_may_read(
    library: Any,
) -> None:
    id = library.add(TEXT, roles=["owner"])
    own, agent = f"{PATH}/{id}", {"roles": ("agent",)}
    assert library.documents.delete(own, **agent).status_code == 404
    body = {"name": "x.md", "text": NEW}
    assert library.documents.put(own, json=body, **agent).status_code == 404
    assert state(library, id)["revision"] == 1


def test_a_customer_may_not_upload(library: Any) -> None:
    sent = library.documents.post(PATH, json={"text": TEXT}, roles=("customer",))
    assert sent.status_code == 403


def test_without_vectors_a_document_is_ready_by_words_and_says_so(
    library: Any,
) -> None:
    id = upload(library).json()["id"]
    library.pump(without=["document.processed"])
    assert state(library, id)["status"] == "processing"
    library.documents.deliver(DocumentOverdue(**about(id)))
    known = state(library, id)
    assert (known["status"], "words" in known["reason"]) == ("ready", True)
    reindexed = library.bases.post("/api/v1/knowledge-bases/default/reindex")
    assert reindexed.json() == {"documents": 1}
    library.pump()
    assert state(library, id)["reason"] is None


def test_a_document_that_is_still_read_is_looked_at_again(library: Any) -> None:
    id = upload(library).json()["id"]
    library.documents.deliver(DocumentOverdue(**about(id)))
    assert state(library, id)["status"] == "processing"
    assert len(library.documents.published("document.overdue")) == 2


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"name": "x"}, 422),
        ({"text": TEXT, "knowledge_base_id": "NOT AN ID"}, 422),
        ({"text": TEXT, "roles": []}, 422),
        ({"text": TEXT, "tags": ["t"] * 51}, 422),
        ({"text": TEXT, "roles": "owner"}, 422),
        ({"text": TEXT, "role": ["owner"]}, 422),
    ],
)
def test_a_malformed_upload_is_refused(
    library: Any, sent: dict[str, Any], status: int
) -> None:
    assert library.documents.post(PATH, json=sent).status_code == status


def test_a_deletion_takes_the_document_before_its_texts(library: Any) -> None:
    """Who stores a text does so beside its document: he is refused, or seen here."""
    id = library.add(TEXT)
    assert library.documents.delete(f"{PATH}/{id}").status_code == 204
    sent = library.documents.calls("database-operations", "transact")[-1]
    changes = json.loads(sent.request.content)["changes"]
    assert [changes[0][name] for name in ("collection", "op")] == [
        "documents",
        "delete",
    ]
    assert {"chunks", "contents"} == {each["collection"] for each in changes[1:]}


def test_a_reader_that_there_is_not_is_told_which_there_are(library: Any) -> None:
    form = {"files": {"file": ("a.txt", TEXT)}, "data": {"roles": ["agent", "sales"]}}
    refused = library.documents.post(PATH, **form)
    [fault] = refused.json()["additional_data"]["errors"]
    assert (refused.status_code, fault["place"]) == (422, "body/roles/1")
    for role in ("*", "owner", "admin", "agent", "customer"):
        assert f"'{role}'" in fault["message"]


def test_a_replacement_that_names_readers_is_refused_and_not_taken_without(
    library: Any,
) -> None:
    id = upload(library).json()["id"]
    sent = {"files": {"file": ("a.txt", "New")}, "data": {"roles": "agent"}}
    assert library.documents.put(f"{PATH}/{id}", **sent).status_code == 422
    assert state(library, id)["revision"] == 1


def test_an_upload_that_is_repeated_with_its_key_has_its_first_answer(
    library: Any,
) -> None:
    key = {"headers": {"Idempotency-Key": "k1"}, "json": {"text": TEXT}}
    first, second = (library.documents.post(PATH, **key) for _ in range(2))
    assert first.json() == second.json()
    assert len(library.documents.published("document.received")) == 1


def test_a_tenants_slow_files_delay_nobody_elses(library: Any, begun: Any) -> None:
    """However many one sent before: one of them is read, and besides it the others'."""
    event = DocumentReceived(**about("x"))
    sent = ["slow"] * 20 + ["a", "a", "a", "b"]
    order = begun(library.documents, service.process, event, sent)
    assert order == ["slow", "a", "a", "b", "a"]
