"""What counts against a file, who may read it, and what is ordered again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from contracts.knowledge.documents import Document
from ingest import Files, Intake, News, _life, _read

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROLES = some.lists(some.sampled_from(["*", "owner", "agent", "customer"]), unique=True)


class Gone(Exception):
    """There is no such thing."""


class Away(Exception):
    """The store does not answer."""


class Records:
    """A collection that remembers what it was told to write."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []

    async def find(self, id: str) -> None:
        return None

    def patch(self, id: str, body: dict[str, Any], *, version: int) -> None:
        self.written.append(body)

    def put(self, id: str, value: Any, **how: Any) -> None:
        self.written.append(value)


def files(held: bytes | Exception) -> Files:
    """One file: its content, or what asking for it raises."""

    async def fetch(id: str) -> AsyncIterator[bytes]:
        if isinstance(held, Exception):
            raise held
        yield held

    async def store(id: str, content: AsyncIterator[bytes], media_type: str) -> None:
        raise AssertionError("nothing is stored here")

    return Files(store, fetch)


async def commit() -> list[int]:
    return [2]


class Desk:
    """An intake on fakes, with what it wrote and published."""

    def __init__(self, held: bytes | Exception = b"") -> None:
        self.documents, self.chunks, self.published = Records(), Records(), []
        platform = SimpleNamespace(NotFound=Gone, commit=commit, now=lambda: NOW)
        names = ("received", "overdue", "described", "removed")
        news = News(**{name: self._tells(name) for name in names})
        others = self.chunks, Records(), files(held), platform, news
        self.intake = Intake(Records(), self.documents, *others)

    def _tells(self, name: str) -> Any:
        return lambda document: self.published.append(name)

    @property
    def last(self) -> dict[str, Any]:
        return self.documents.written[-1]


def stored(age: timedelta = timedelta(), **more: Any) -> Any:
    dated = {"created_at": NOW, "updated_at": NOW - age}
    document = Document(id="d", name="notice.txt", **dated, **more)
    return SimpleNamespace(id="d", version=1, value=document)


def read(desk: Desk, found: Any) -> int | None:
    return asyncio.run(desk.intake.read(found))


def test_a_file_that_cannot_be_fetched_now_has_used_up_no_attempt() -> None:
    desk = Desk(Away())
    with pytest.raises(Away):
        read(desk, stored())
    assert desk.documents.written == []


def test_an_attempt_counts_before_the_file_is_read() -> None:
    desk = Desk(b"The code is 7.")
    assert read(desk, stored(attempts=1)) == 1
    begun, done = desk.documents.written
    assert (begun["attempts"], begun["updated_at"]) == (2, NOW)
    assert done["stage"] == "embedding"


def test_a_file_that_ends_every_attempt_fails_with_a_reason() -> None:
    desk = Desk(b"The code is 7.")
    assert read(desk, stored(attempts=_read.ATTEMPTS)) is None
    assert desk.last["status"] == "failed"
    assert "cut short" in desk.last["reason"]
    assert desk.chunks.written == []


def test_a_document_without_its_file_fails_with_a_reason() -> None:
    desk = Desk(Gone())
    assert read(desk, stored()) is None
    assert (desk.last["status"], desk.last["reason"]) == ("failed", "its file is gone")


@pytest.mark.parametrize("stage", ["received", "extracting"])
def test_what_nobody_reads_any_more_is_ordered_again(stage: str) -> None:
    desk = Desk()
    desk.intake.look(stored(_life.ABANDONED + timedelta(seconds=1), stage=stage))
    assert desk.published == ["received", "overdue"]
    assert desk.last == {"updated_at": NOW}


@pytest.mark.parametrize("stage", ["received", "extracting"])
def test_what_may_still_be_read_is_looked_at_again(stage: str) -> None:
    desk = Desk()
    desk.intake.look(stored(_life.ABANDONED, stage=stage))
    assert (desk.published, desk.documents.written) == (["overdue"], [])


def test_what_waits_for_its_vectors_is_ready_by_its_words() -> None:
    desk = Desk()
    desk.intake.look(stored(timedelta(days=1), stage="embedding"))
    assert (desk.published, desk.last["status"]) == ([], "ready")


@given(ROLES, ROLES, some.sampled_from(["owner", "agent", "customer"]))
def test_the_stricter_readers_are_those_that_both_admit(
    some_roles: list[str], others: list[str], reader: str
) -> None:
    def admits(roles: list[str]) -> bool:
        return bool({"*", reader} & set(roles))

    both = admits(some_roles) and admits(others)
    assert admits(_life.strictest(some_roles, others)) == both
