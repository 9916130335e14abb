"""An event is handled at least once and takes effect once."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import chassis
from chassis import testing


class Written(BaseModel):
    """As the consumer under test reads it."""

    type: str = "faq.saved"
    faq_id: str
    wording: str | None


def copied(notes: testing.Mesh, id: str = "a") -> str | None:
    answer = notes.get(f"/notes/copy-{id}")
    return answer.json()["text"] if answer.status_code == 200 else None


def test_an_event_takes_effect_once_however_often_it_comes(
    notes: testing.Mesh,
) -> None:
    event = Written(faq_id="a", wording="x")
    for _ in range(3):
        notes.deliver(event, id="e-1")
    assert copied(notes) == "x"
    notes.deliver(event, id="e-2")
    assert copied(notes) == "xx"


def test_an_event_that_is_published_twice_takes_effect_once(
    notes: testing.Mesh,
) -> None:
    event = Written(faq_id="a", wording="x")
    for _ in range(2):
        notes.deliver(event, id="e-1", is_first=True)
    assert copied(notes) == "x"


def test_nobody_looks_for_the_mark_of_a_first_delivery(notes: testing.Mesh) -> None:
    notes.deliver(Written(faq_id="a", wording="x"), id="e-1", is_first=True)
    read = notes.calls("database-operations", "read")
    assert not [call for call in read if "journal" in call.request.url.path]


def test_deliveries_at_once_take_effect_once(notes: testing.Mesh) -> None:
    event = Written(faq_id="a", wording="x")

    def deliver(_: int) -> None:
        notes.deliver(event, id="e-1")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver, range(4)))
    assert copied(notes) == "x"


@pytest.mark.parametrize(
    ("wording", "failure"),
    [
        ("later", chassis.Later),
        ("fails", chassis.Invalid),
        ("hangs", TimeoutError),
        (None, ValidationError),
    ],
)
def test_a_handler_that_fails_leaves_no_trace_and_the_event_comes_again(
    notes: testing.Mesh, wording: str | None, failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        notes.deliver(Written(faq_id="a", wording=wording), id="e-1")
    assert copied(notes) is None
    notes.deliver(Written(faq_id="a", wording="x"), id="e-1")
    assert copied(notes) == "x"


def test_an_event_acts_for_its_own_tenant(notes: testing.Mesh) -> None:
    notes.deliver(Written(faq_id="a", wording="x"))
    assert copied(notes) == "x"
    notes.tenant = "t-another"
    assert copied(notes) is None


def test_an_event_acts_as_the_service_and_not_as_a_user(notes: testing.Mesh) -> None:
    notes.deliver(Written(faq_id="a", wording="x"), id="e-9")
    from chassis import _context

    call = notes.calls("database-operations", "transact")[-1]
    context = _context.from_headers(call.request.headers)
    assert context.is_service
    assert (context.actor, context.tenant) == ("faq-management", notes.tenant)


def test_effect_and_mark_are_one_transaction(notes: testing.Mesh) -> None:
    notes.deliver(Written(faq_id="a", wording="x"), id="e-1")
    [call] = notes.calls("database-operations", "transact")
    changes: list[dict[str, Any]] = json.loads(call.request.content)["changes"]
    assert [change["collection"] for change in changes] == [
        "faqs",
        "journal-faq-management",
    ]
