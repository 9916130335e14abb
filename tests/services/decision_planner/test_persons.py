"""A person is fetched for who wishes for one, offered to who is angry, else neither."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis import testing
from chassis.testing import Mesh

TABLE = Path(__file__).with_name("persons.txt").read_text("utf-8").splitlines()
ROWS = [line.split(None, 1) for line in TABLE if line and line[0] != "#"]
OFFERS = ("complain", "insult", "how_person")
MISSED = 0.03  # share of the wishes, and of the complaints, that are not seen
ACTIONS = [{"name": name, "parameters": {}} for name in ("search", "booking")]
HAND_OVER = [{"name": "hand_over", "parameters": {"type": "object"}}]
WAITING = {"action": "booking", "arguments": {"id": "b"}, "reminder": "Still open."}


@pytest.fixture
def mesh() -> Iterator[Mesh]:
    """The planner without vectors: what is told here is told by the wording."""
    from services.assistant.decision_planner.app import app, models

    models.forget()
    upstreams = {"response-generation": {"get_model": {"model": None}}}
    with testing.mesh(app, upstreams=upstreams) as running:
        yield running


def plan(mesh: Mesh, message: str, **rest: Any) -> Any:
    asked = {"message": message, "actions": ACTIONS, "also": HAND_OVER}
    return mesh.post("/api/v1/plans", json=asked | rest).json()


def names(plan: Any) -> list[str]:
    return [each["name"] for each in plan["actions"]]


def after(*said: str) -> list[dict[str, str]]:
    """A history in which the customer speaks first."""
    roles = ("user", "assistant")
    return [{"role": roles[at % 2], "text": text} for at, text in enumerate(said)]


def told(mesh: Mesh, message: str) -> str:
    done = plan(mesh, message)
    if names(done) == ["hand_over"]:
        return "person"
    return "offer" if done["intent"] in OFFERS else "-"


def test_a_person_is_fetched_for_who_wishes_for_one_and_for_nobody_else(
    mesh: Mesh,
) -> None:
    found = [(kind, told(mesh, text), text) for kind, text in ROWS]
    assert min(sum(row[0] == kind for row in found) for kind in ("person", "-")) > 140
    assert [row for row in found if row[0] != "person" and row[1] == "person"] == []
    assert [row for row in found if row[0] == "-" and row[1] == "offer"] == []
    for kind in ("person", "offer"):
        rows = [row for row in found if row[0] == kind]
        missed = [row for row in rows if row[1] != kind]
        assert len(missed) <= MISSED * len(rows), missed


@pytest.mark.parametrize(
    "yes", ["yes", "Yes please", "please do", "please", "ja", "ok"]
)
def test_a_yes_to_the_offer_of_a_person_fetches_one(mesh: Mesh, yes: str) -> None:
    angry = plan(mesh, "you are useless")
    assert names(angry) == []
    said = after("you are useless", angry["reply"])
    done = plan(mesh, yes, history=said)
    assert names(done) == ["hand_over"]
    assert done["reply"].startswith("I am handing this conversation to a person")


def test_a_no_to_the_offer_leaves_the_assistant_there(mesh: Mesh) -> None:
    said = after(
        "Das ist eine Frechheit!", plan(mesh, "Das ist eine Frechheit!")["reply"]
    )
    done = plan(mesh, "nein", history=said)
    assert names(done) == []
    assert done["reply"].startswith("Alles klar.")


def test_a_yes_after_a_refusal_is_asked_about_before_anybody_comes(mesh: Mesh) -> None:
    refused = "I don't know. I can pass you to a person: just say so."
    first = plan(mesh, "yes please", history=after("Is it blue?", refused))
    assert (names(first), first["reply"][:14]) == ([], "Shall I pass t")
    said = after("Is it blue?", refused, "yes please", first["reply"])
    assert names(plan(mesh, "yes", history=said)) == ["hand_over"]


def test_an_ok_after_a_refusal_takes_note_of_it(mesh: Mesh) -> None:
    refused = "I don't know. I can pass you to a person: just say so."
    done = plan(mesh, "ok", history=after("Is it blue?", refused))
    assert done["reply"].startswith("All right.")


def test_who_wants_nobody_is_offered_nobody(mesh: Mesh) -> None:
    for message in ("I do not want to talk to a person", "no quiero hablar con nadie"):
        done = plan(mesh, message)
        assert (done["intent"], done["actions"]) == ("no_person", [])


def test_where_something_else_waits_for_a_yes_it_is_no_wish_for_a_person(
    mesh: Mesh,
) -> None:
    angry = plan(mesh, "this is ridiculous", dialogue=WAITING)
    assert angry["dialogue"]["reply"].endswith("just say so.")
    said = after("you are useless", plan(mesh, "you are useless")["reply"])
    for yes in ("yes", "please", "please do"):
        done = plan(mesh, yes, history=said, dialogue=WAITING)
        assert names(done) == ["booking"]


def test_nobody_is_promised_a_person_where_none_can_be_fetched(mesh: Mesh) -> None:
    done = plan(mesh, "I want to talk to a person", also=[])
    assert (names(done), done["reply"]) == (["search"], None)


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        ("Guten Tag", "Guten Tag!"),
        ("Tschüss", "Auf Wiedersehen!"),
        ("adiós", "¡Adiós!"),
        ("merci beaucoup !", "Je vous en prie."),
        ("THX", "You are welcome."),
        ("ok great", "All right."),
        ("cool", "All right."),
        ("sorry", "No problem."),
        ("hey there, quick question", "Hello!"),
        ("help", "I am this business's automatic assistant, not a person."),
        ("Are you a human?", "I am this business's automatic assistant"),
        ("Sind Sie ein Mensch?", "Ich bin der automatische Assistent"),
        ("are you stupid?", "I am sorry about that."),
        ("C'est scandaleux !", "J'en suis désolé. Dois-je transmettre"),
        ("stop", "All right. Nothing is open here"),
        ("manager", "Shall I pass this conversation to a person?"),
        ("please", "What would you like to know?"),
        ("bitte", "Was möchten Sie wissen?"),
        ("yes", "What would you like to know?"),
        ("How can I talk to a human?", "Shall I pass this conversation to a person?"),
    ],
)
def test_small_talk_is_answered_in_its_language(
    mesh: Mesh, message: str, begins: str
) -> None:
    done = plan(mesh, message)
    assert done["reply"].startswith(begins)
    assert (done["actions"], done["degraded"]) == ([], None)


def test_the_day_is_told_on_the_customers_clock(mesh: Mesh) -> None:
    asked = {"timezone": "Pacific/Kiritimati"}
    told = plan(mesh, "What day is it today?", **asked)["reply"]
    assert told.endswith("(Pacific/Kiritimati).")
    assert plan(mesh, "Quel jour sommes-nous ?")["reply"].endswith("(UTC).")


@pytest.mark.parametrize(
    ("message", "before", "locale", "language"),
    [
        ("Ich möchte zahlen", [], "en-US", "de"),
        ("Where are you?", after("Wo sind Sie?", "Hier."), "de-DE", "en"),
        ("10:30", after("Wann haben Sie geöffnet?", "Um 10."), "en-US", "de"),
        ("10:30", [], "fr-CA", "fr"),
        ("Danke!", [], None, "de"),
        ("10:30", [], None, ""),
        ("10:30", [], "ja-JP", ""),
    ],
)
def test_the_language_is_the_messages_else_the_conversations_else_the_locales(
    mesh: Mesh, message: str, before: Any, locale: str | None, language: str
) -> None:
    asked = {"history": before, "locale": locale}
    assert plan(mesh, message, **asked)["language"] == language
