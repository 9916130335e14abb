"""What counts against a file, who may read it, and what is ordered again."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

import stored_documents
from contracts.knowledge.documents import Document, Standing
from ingest import Files, Library, News, _life, _passages, _reading
from ingest import read as read_file

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROLES = some.lists(some.sampled_from(["*", "owner", "agent", "customer"]), unique=True)


class Gone(Exception):
    """There is no such thing."""


class Away(Exception):
    """The store does not answer."""


class Records:
    """A collection that remembers what it was told to write."""

    def __init__(self) -> None:
        self.written: list[Any] = []
        self.deleted: list[Any] = []
        self.versions: list[int] = []
        self.held: Any = None

    async def read(self, id: str) -> Any:
        return self.held

    async def find(self, id: str) -> None:
        return None

    def patch(self, id: str, body: dict[str, Any], *, version: int) -> None:
        self.written.append(body)
        self.versions.append(version)

    def put(self, id: str, value: Any, **how: Any) -> None:
        self.written.append(value)

    def delete(self, id: str) -> None:
        self.deleted.append(id)

    def delete_all(self, filter: dict[str, Any]) -> None:
        self.deleted.append(filter)


def files(held: bytes | Exception) -> Files:
    """One file: its content, or what asking for it raises."""

    async def fetch(id: str) -> AsyncIterator[bytes]:
        if isinstance(held, Exception):
            raise held
        yield held

    async def store(id: str, content: AsyncIterator[bytes], media_type: str) -> None:
        raise AssertionError("nothing is stored here")

    return Files(store, fetch)


class Desk:
    """A library on fakes, with what it wrote and published."""

    def __init__(self, held: bytes | Exception = b"", until: int = 100) -> None:
        self.until = until
        self.documents, self.chunks, self.published = Records(), Records(), []
        self.contents, self.commits, self.told = Records(), [], []
        failures = {"NotFound": Gone, "UpstreamFailed": Away, "Stale": Gone}
        platform = SimpleNamespace(**failures, commit=self.commit, now=lambda: NOW)
        names = ("received", "overdue", "lost", "described", "removed")
        news = News(**{name: self._tells(name) for name in names})
        others = self.chunks, self.contents, files(held), platform, news
        self.library = Library(Records(), self.documents, *others)

    async def commit(self) -> list[int]:
        """Note how much was written by now; the store is gone after *until* times."""
        if len(self.commits) == self.until:
            raise Away
        self.commits.append((len(self.chunks.written), len(self.contents.written)))
        return [len(self.commits) + 1]

    def _tells(self, name: str) -> Any:
        def tell(document: Document) -> None:
            self.published.append(name)
            self.told.append((name, document.revision))

        return tell

    @property
    def last(self) -> dict[str, Any]:
        return self.documents.written[-1]


def stored(age: timedelta = timedelta(), **more: Any) -> Any:
    dated = {"created_at": NOW, "updated_at": NOW - age}
    document = Document(id="d", name="notice.txt", **dated, **more)
    return SimpleNamespace(id="d", version=1, value=document)


def read(desk: Desk, found: Any) -> int | None:
    desk.documents.held = found
    return asyncio.run(read_file(desk.library, found))


def test_a_file_that_cannot_be_fetched_now_has_used_up_no_attempt() -> None:
    desk = Desk(Away())
    with pytest.raises(Away):
        read(desk, stored())
    assert desk.documents.written == []


def test_an_attempt_counts_before_the_file_is_read() -> None:
    desk = Desk(b"The code is 7.")
    assert read(desk, stored(attempts=1)) == 1
    begun, _, done = desk.documents.written
    assert (begun["attempts"], begun["updated_at"]) == (2, NOW)
    assert done["stage"] == "embedding"


def test_a_file_that_ends_every_attempt_fails_with_a_reason() -> None:
    desk = Desk(b"The code is 7.")
    assert read(desk, stored(attempts=_reading.ATTEMPTS)) is None
    assert desk.last["status"] == "failed"
    assert "cut short" in desk.last["reason"]
    assert desk.chunks.written == []


def test_an_attempt_that_the_store_or_a_full_disk_ended_does_not_count() -> None:
    desk = Desk(b"The code is 7.", until=1)
    with pytest.raises(Away):
        read(desk, stored(attempts=1))
    assert desk.documents.written[0]["attempts"] == 2
    assert desk.last == {"attempts": 1}


def test_a_document_without_its_file_fails_with_a_reason() -> None:
    desk = Desk(Gone())
    assert read(desk, stored()) is None
    assert (desk.last["status"], desk.last["reason"]) == ("failed", "its file is gone")


def test_a_document_whose_base_was_deleted_meanwhile_goes_with_it() -> None:
    desk = Desk(b"The code is 7.")
    assert read(desk, stored(knowledge_base_id="gone")) is None
    assert (desk.documents.deleted, desk.published) == (["d"], ["removed"])
    assert (desk.chunks.written, desk.contents.written) == ([], [])


@pytest.mark.parametrize("stage", ["received", "extracting"])
def test_what_nobody_reads_any_more_is_ordered_again(stage: str) -> None:
    desk = Desk()
    desk.library.look(stored(_life.ABANDONED + timedelta(seconds=1), stage=stage))
    assert desk.published == ["received", "overdue"]
    assert desk.last == {"updated_at": NOW}


@pytest.mark.parametrize("stage", ["received", "extracting"])
def test_what_may_still_be_read_is_looked_at_again(stage: str) -> None:
    desk = Desk()
    desk.library.look(stored(_life.ABANDONED, stage=stage))
    assert (desk.published, desk.documents.written) == (["overdue"], [])


def test_what_waits_for_its_vectors_is_ready_by_its_words() -> None:
    desk = Desk()
    desk.library.look(stored(timedelta(days=1), stage="embedding"))
    assert (desk.published, desk.last["status"]) == ([], "ready")


def test_a_long_document_is_stored_a_bounded_part_at_a_time() -> None:
    rows = "".join(f"Boat {n},{n * 7} euros\n" for n in range(12_000))
    desk = Desk(f"name,price\n{rows}".encode())
    count = read(desk, stored())
    assert count == len(desk.chunks.written) > 400
    texts = [part.text for part in desk.contents.written]
    assert len(texts) > 3
    assert max(map(len, texts)) <= _reading.AT_ONCE
    steps = [0, *(chunks for chunks, _ in desk.commits), count]
    stored_at_once = [b - a for a, b in itertools.pairwise(steps)]
    assert max(stored_at_once) * _passages.OVERHEAD <= _reading.AT_ONCE
    [whole] = {"".join(texts)[c.start : c.end] == c.text for c in desk.chunks.written}
    assert whole
    moved = [change["progress"] for change in desk.documents.written]
    assert len(moved) == len(set(moved)) > 8
    assert moved == sorted(moved)
    assert (desk.last["stage"], desk.last["chunks"]) == ("embedding", count)


def test_each_part_is_stored_at_the_version_that_the_one_before_left() -> None:
    rows = "".join(f"Boat {n},{n * 7} euros\n" for n in range(6_000))
    desk = Desk(f"name,price\n{rows}".encode())
    read(desk, stored())
    assert desk.documents.versions == list(range(1, len(desk.commits) + 2))


def test_what_an_attempt_before_left_is_gone_first() -> None:
    desk = Desk(b"The code is 7.")
    read(desk, stored(attempts=2))
    assert {"document_id": "d"} in desk.chunks.deleted
    assert {"document_id": "d"} in desk.contents.deleted


def replacing(**more: Any) -> Any:
    """A stored document that replaces what it said at revision 1."""
    standing = Standing(revision=1, name="notice.txt", sha256="old", chunks=3)
    return stored(revision=2, standing=standing, **more)


def changed(desk: Desk) -> list[dict[str, Any]]:
    """What was written of the document, as changes."""
    each = desk.documents.written
    return [c if isinstance(c, dict) else c.model_dump() for c in each]


def test_what_stands_does_so_until_all_of_its_replacement_is_stored() -> None:
    rows = "".join(f"Boat {n},{n * 7} euros\n" for n in range(6_000)).encode()
    whole, killed = Desk(rows), Desk(rows, until=3)
    with pytest.raises(Away):
        read(killed, replacing(attempts=1))
    read(whole, replacing(attempts=1))
    before, last = changed(killed), changed(whole)[-1]
    assert len(before) == 5
    assert not any("standing" in each for each in before)
    assert killed.told == []
    assert (last["standing"], last["attempts"]) == (None, 0)
    assert whole.told == [("removed", 1)]


def test_of_a_replacement_that_is_refused_no_part_stays() -> None:
    desk = Desk(b"The code is 7.")
    assert read(desk, replacing(attempts=_reading.ATTEMPTS)) is None
    assert {"document_id": "d"} in desk.chunks.deleted
    assert {"document_id": "d"} in desk.contents.deleted
    assert (desk.told[0], desk.last.revision) == (("removed", 2), 1)


@given(ROLES, ROLES, some.sampled_from(["owner", "agent", "customer"]))
def test_the_stricter_readers_are_those_that_both_admit(
    some_roles: list[str], others: list[str], reader: str
) -> None:
    def admits(roles: list[str]) -> bool:
        return bool({"*", reader} & set(roles))

    both = admits(some_roles) and admits(others)
    assert admits(stored_documents.strictest(some_roles, others)) == both
