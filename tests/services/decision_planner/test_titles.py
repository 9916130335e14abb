"""A booking begins where what is offered is named, and not where it is asked about."""

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chassis import testing
from chassis.testing import Mesh

TABLE = Path(__file__).with_name("titles.txt").read_text(encoding="utf-8").splitlines()
ROWS = [line.split(None, 1) for line in TABLE if line and line[0] != "#"]
STARTS = {"-": None, "pay": "payment"}
TITLES = [
    "Haircut",
    "Massage",
    "Bike fitting",
    "Table for two",
    "Yoga class",
    "Class 7",
    "Refund check",
    "No-show training",
    "10 o'clock class",
    "Monday yoga",
    "Deep tissue massage (60 min)",
    "Haarschnitt",
    "Ölwechsel",
    "Coupe femme",
    "Consulta",
    "Knipbeurt",
]
HOURS = {"mon": [{"opens": "09:00", "closes": "17:00"}]}
ACTIONS = [{"name": name} for name in ("payment", "booking", "search", "match_faqs")]


def offer(title: str) -> dict[str, Any]:
    told = {"name": "n", "version": 1, "timezone": "Europe/Dublin", "duration": 30}
    return told | {"title": title, "hours": HOURS}


@pytest.fixture(scope="module")
def mesh() -> Iterator[Mesh]:
    from services.assistant.decision_planner.app import app, models, offered
    from services.knowledge.embedding_generation.app import app as embeddings

    models.forget()
    offered.forget()
    page = {"items": [offer(each) for each in TITLES]}
    stubs = {
        "response-generation": {"get_model": {"model": None}},
        "embedding-generation": embeddings,
        "slot-management": {"list_offers": page},
    }
    with testing.mesh(app, upstreams=stubs) as running:
        yield running
    models.forget()
    offered.forget()


def begun(mesh: Mesh, message: str, **rest: Any) -> tuple[str | None, str]:
    asked = {"message": message, "actions": ACTIONS} | rest
    done = mesh.post("/api/v1/plans", json=asked).json()
    led = done["dialogue"]
    return led and led["action"], done["intent"]


@pytest.mark.parametrize("row", [pytest.param(row, id=row[1]) for row in ROWS])
def test_what_is_offered_is_booked_where_it_is_wished_for(
    mesh: Mesh, row: list[str]
) -> None:
    kind, message = row
    action, intent = begun(mesh, message)
    assert action == STARTS.get(kind, "booking")
    if action == "booking":
        of_kind = {"change": intent, "mine": "mine", "fact": "facts"}
        assert intent == of_kind.get(kind, "book")


@pytest.mark.parametrize(
    ("before", "action"),
    [("How much is a haircut?", None), ("Hello there", "booking")],
)
def test_a_title_alone_goes_on_with_the_question_before_it(
    mesh: Mesh, before: str, action: str | None
) -> None:
    said = [{"role": "user", "text": before}, {"role": "assistant", "text": "20."}]
    assert begun(mesh, "bike fitting", history=said)[0] == action


def test_offers_are_asked_for_once_in_a_while_and_not_for_questions(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    still = SimpleNamespace(monotonic=lambda: now)
    monkeypatch.setattr("chassis._remembered.time", still)
    begun(mesh, "Haircut on Tuesday at 10 please")
    before = len(mesh.calls("slot-management", "list_offers"))
    begun(mesh, "Haircut on Tuesday at 10 please")
    begun(mesh, "What does it cost to have a wheel repaired that was bent and broken?")
    assert len(mesh.calls("slot-management", "list_offers")) == before


@pytest.mark.parametrize(
    ("reminder", "action"), [("Still open.", "payment"), ("", "booking")]
)
def test_a_title_and_a_time_are_heard_by_what_waits_for_an_answer(
    mesh: Mesh, reminder: str, action: str
) -> None:
    open = {"action": "payment", "arguments": {"id": "t1"}, "reminder": reminder}
    said = "massage with Anna on wednesday at 3 and the oil that she used for it"
    assert begun(mesh, said, dialogue=open)[0] == action


@pytest.mark.parametrize(
    "said",
    ["massage", "for the haircut", "it's for the Haarschnitt bitte", "a massage"],
)
def test_a_title_alone_answers_what_waits(mesh: Mesh, said: str) -> None:
    """It is what the payment is for, and no other wish."""
    open = {"action": "payment", "arguments": {"id": "t1"}, "reminder": "Still open."}
    assert begun(mesh, said, dialogue=open)[0] == "payment"


def planned(mesh: Mesh, message: str) -> dict[str, Any]:
    asked = {"message": message, "actions": ACTIONS}
    return dict(mesh.post("/api/v1/plans", json=asked).json())


@pytest.mark.parametrize(
    ("message", "first", "then"),
    [
        (
            "book a massage on Monday at 10 and a haircut on Tuesday at 11",
            "book a massage on Monday at 10",
            "a haircut on Tuesday at 11",
        ),
        (
            "Book a bike fitting on Monday at 9, then book a massage on Friday at 3pm",
            "Book a bike fitting on Monday at 9",
            "book a massage on Friday at 3pm",
        ),
    ],
)
def test_of_two_bookings_the_second_is_put_off_in_its_own_words(
    mesh: Mesh, message: str, first: str, then: str
) -> None:
    """No time of one is taken for the other's, and a yes begins the second."""
    plan = planned(mesh, message)
    led, [turn, *_] = plan["dialogue"], plan["actions"]
    assert (turn["name"], turn["arguments"]["message"]) == ("booking", first)
    assert led["left"] == {
        "action": "booking",
        "arguments": {},
        "about": "",
        "left": None,
        "reminder": led["left"]["reminder"],
        "wish": then,
    }
    assert then in led["left"]["reminder"]
    assert then in led["note"]
    again = planned_again(mesh, "yes", led["left"])
    assert again["arguments"]["message"] == then


def planned_again(mesh: Mesh, message: str, open: dict[str, Any]) -> dict[str, Any]:
    asked = {"message": message, "actions": ACTIONS, "dialogue": open}
    return dict(mesh.post("/api/v1/plans", json=asked).json()["actions"][0])


@pytest.mark.parametrize(
    "message",
    [
        "book a massage on Monday at 10 and on Tuesday at 11",
        "can I book a haircut on Monday or on Tuesday?",
    ],
)
def test_one_thing_at_two_times_is_no_second_booking(mesh: Mesh, message: str) -> None:
    assert planned(mesh, message)["dialogue"]["left"] is None
