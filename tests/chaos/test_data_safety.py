"""What was acknowledged is kept, whichever process ends in the middle of it."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, Event
from typing import Any

import pytest

from chassis.testing import until
from filigree.demo.api import Api, Refused

SENDERS = 2
# Seconds between two uploads of a sender: one at every moment of a death and a start,
# and not so many that the test is spent on reading them.
PACE = 0.15
WITHIN = 100.0  # seconds until every document has ended


def notice() -> dict[str, str]:
    """A document that nobody has sent before."""
    word = uuid.uuid4().hex
    return {"name": f"{word}.txt", "text": f"The code of the day is {word}."}


def send(api: Api) -> str | None:
    """The id of an upload that was answered with 202, None when it was refused."""
    try:
        return api.call("POST", "/api/v1/documents", json=notice())["id"]
    except Refused:
        return None


def accepted_while(mesh: Any, act: Callable[[], None]) -> list[str]:
    """Uploads that were accepted before *act*, and while it ran."""
    acted = Event()
    begun = Barrier(SENDERS + 1)

    def sending(_: int) -> list[str | None]:
        api = mesh.api()
        sent = [send(api)]
        begun.wait(30)
        while not acted.wait(PACE):
            sent.append(send(api))
        return sent

    with ThreadPoolExecutor(SENDERS) as pool:
        running = [pool.submit(sending, n) for n in range(SENDERS)]
        try:
            begun.wait(30)
            act()
        finally:
            acted.set()
        ids = [id for each in running for id in each.result() if id]
    assert len(ids) >= SENDERS
    return ids


def ended(api: Api, ids: list[str]) -> list[str]:
    """How each document ended; a refusal on the way is asked again."""
    left = dict.fromkeys(ids, "processing")

    def all_ended() -> bool:
        for id in [id for id, status in left.items() if status == "processing"]:
            with suppress(Refused):
                left[id] = api.call("GET", f"/api/v1/documents/{id}")["status"]
        return "processing" not in left.values()

    # Many are asked about, by who is to read them.
    until(all_ended, WITHIN, every=0.5)
    return list(left.values())


@pytest.mark.parametrize(
    "name",
    [
        *("nats", "postgres", "database-operations"),
        *("document-processing", "embedding-generation", "api-gateway"),
    ],
)
def test_every_upload_that_was_accepted_becomes_ready(mesh: Any, name: str) -> None:
    ids = accepted_while(mesh, lambda: mesh.kill(name))
    assert set(ended(mesh.api(), ids)) == {"ready"}
