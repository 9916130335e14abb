"""A payment and a booking begin where they are asked for, and nowhere else."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from chassis import testing
from chassis.testing import Mesh

Open = Callable[..., AbstractContextManager[Mesh]]
TABLE = Path(__file__).with_name("begins.txt").read_text().splitlines()
ROWS = [line.split(None, 1) for line in TABLE if line and line[0] != "#"]
STARTS = {
    "pay": "payment",
    "told": "payment",
    "fact": "booking",
    "book": "booking",
    "change": "booking",
    "mine": "booking",
    "cancel": "booking",
    "-": None,
}
FALSE, MISSED = 0.01, 0.03  # shares of what begins none, and of what begins one
DIALOGUE = {
    "type": "object",
    "properties": {"message": {"type": "string"}, "id": {"type": "string"}},
    "required": ["message"],
}
LED = [{"name": name, "parameters": DIALOGUE} for name in ("payment", "booking")]
OTHERS = [{"name": n, "parameters": {}} for n in ("search", "match_faqs", "hold")]
HAND_OVER = {"name": "hand_over", "parameters": {"type": "object"}}
WAITS = {"reminder": "Still open.", "left": None, "wish": "", "about": ""}
PAYING = {"action": "payment", "arguments": {"id": "t1", "locale": "fr"}} | WAITS
BOOKING = {"action": "booking", "arguments": {"id": "b1", "asked": True}} | WAITS


@pytest.fixture
def opened() -> Iterator[Open]:
    """The planner beside real embeddings, with the answer of a model or without one."""
    from services.assistant.decision_planner.app import app, models
    from services.knowledge.embedding_generation.app import app as embeddings

    models.forget()

    def start(
        complete: Any = None, *, embedded: bool = True
    ) -> AbstractContextManager[Mesh]:
        model = {"get_model": {"model": complete and "m"}, "complete": complete}
        stubs: dict[str, Any] = {"response-generation": model}
        stubs |= {"embedding-generation": embeddings} if embedded else {}
        return testing.mesh(app, upstreams=stubs)

    yield start
    models.forget()


@pytest.fixture
def mesh(opened: Open) -> Iterator[Mesh]:
    with opened() as running:
        yield running


def plan(mesh: Mesh, message: str, **rest: Any) -> Any:
    asked = {"message": message, "actions": [*LED, *OTHERS], "also": [HAND_OVER]}
    answer = mesh.post("/api/v1/plans", json=asked | rest)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(plan: Any) -> list[str]:
    return [action["name"] for action in plan["actions"]]


def begun(mesh: Mesh, message: str) -> str | None:
    led = plan(mesh, message)["dialogue"]
    return led and led["action"]


@pytest.mark.parametrize("embedded", [True, False])
def test_payments_and_bookings_begin_where_they_are_asked_for(
    opened: Open, embedded: bool
) -> None:
    with opened(embedded=embedded) as mesh:
        told = [(kind, text, begun(mesh, text)) for kind, text in ROWS]
    neither = [row for row in told if row[0] == "-"]
    either = [row for row in told if row[0] != "-"]
    false = [row for row in neither if row[2]]
    wrong = [row for row in either if row[2] not in (None, STARTS[row[0]])]
    missed = [row for row in either if row[2] is None]
    assert min(len(neither), len(either)) >= 60
    assert len(false) <= FALSE * len(neither), false
    assert wrong == []
    assert len(missed) <= MISSED * len(either), missed


def test_who_leads_a_dialogue_gets_the_message_and_who_says_it(mesh: Mesh) -> None:
    known = {"conversation_id": "c1", "timezone": "Europe/Berlin", "locale": "de"}
    done = plan(mesh, "Ich möchte 50 Euro zahlen", **known)
    assert names(done) == ["payment", "search", "match_faqs"]
    [first, *_] = done["actions"]
    assert first["arguments"] == {"message": "Ich möchte 50 Euro zahlen"} | known
    assert done["dialogue"]["before"] is None
    assert "nichts abgebucht" in done["dialogue"]["away"]


def test_a_cancel_that_says_not_of_what_is_for_the_dialogue_that_is_open(
    mesh: Mesh,
) -> None:
    assert begun(mesh, "I need to cancel") == "booking"
    kept = plan(mesh, "I need to cancel", dialogue=PAYING)["dialogue"]
    assert (kept["action"], kept["left"]) == ("payment", None)
    turned = plan(mesh, "cancel my booking please", dialogue=PAYING)["dialogue"]
    assert (turned["action"], turned["left"]["action"]) == ("booking", "payment")


def test_the_language_of_a_message_is_told_where_none_is_known(mesh: Mesh) -> None:
    [first, *_] = plan(mesh, "Ich möchte 50 Euro zahlen")["actions"]
    assert first["arguments"]["locale"] == "de"


@pytest.mark.parametrize("message", ["40 not 50", "is there parking?"])
def test_an_open_dialogue_hears_first_and_documents_are_searched_beside_it(
    mesh: Mesh, message: str
) -> None:
    done = plan(mesh, message, dialogue=PAYING)
    assert names(done) == ["payment", "search", "match_faqs"]
    arguments = done["actions"][0]["arguments"]
    assert arguments == {"message": message, "id": "t1", "locale": "fr"}
    assert done["dialogue"]["before"] == PAYING
    assert done["reply"] is None


@pytest.mark.parametrize(
    ("message", "part", "besides"),
    [
        ("Is there parking, and how do I pay?", "how do I pay?", "Is there parking"),
        (
            "How do I pay? And is there parking?",
            "How do I pay?",
            "And is there parking?",
        ),
        (
            "Habt ihr am Sonntag offen? Gibt es Parkplätze?",
            "Habt ihr am Sonntag offen?",
            "Gibt es Parkplätze?",
        ),
    ],
)
def test_of_two_questions_each_is_told_to_who_may_know(
    mesh: Mesh, message: str, part: str, besides: str
) -> None:
    done = plan(mesh, message)
    assert done["actions"][0]["arguments"]["message"] == part
    assert done["dialogue"]["besides"] == besides
    assert done["dialogue"]["only_asks"]
    assert done["question"] == message


@pytest.mark.parametrize(
    ("message", "part", "besides"),
    [
        (
            "I'd like a check-up on Friday at 11. Are you open on New Year's Eve?",
            "I'd like a check-up on Friday at 11.",
            "Are you open on New Year's Eve?",
        ),
        (
            "Einen Termin am Dienstag um 9 bitte. Habt ihr am Samstag offen?",
            "Einen Termin am Dienstag um 9 bitte.",
            "Habt ihr am Samstag offen?",
        ),
    ],
)
def test_a_day_that_is_only_asked_about_is_none_that_is_wished(
    mesh: Mesh, message: str, part: str, besides: str
) -> None:
    done = plan(mesh, message)
    assert done["actions"][0]["arguments"]["message"] == part
    assert (done["dialogue"]["besides"], done["question"]) == (besides, besides)
    assert done["dialogue"]["named"] == besides


@pytest.mark.parametrize(
    ("message", "named"),
    [
        (
            "I need an appointment on Friday. What does a filling cost?",
            "What does a filling cost?",
        ),
        ("I need an appointment on Friday. Is 3pm possible?", ""),
    ],
)
def test_what_may_belong_to_the_wish_is_not_named_as_unanswered(
    mesh: Mesh, message: str, named: str
) -> None:
    assert plan(mesh, message)["dialogue"]["named"] == named


def test_a_question_hides_no_wish_that_comes_after_it(mesh: Mesh) -> None:
    done = plan(mesh, "How do I pay? I'd like to book an appointment on Friday.")
    assert names(done)[0] == "booking"
    assert not done["dialogue"]["only_asks"]


def test_beside_a_dialogue_nothing_is_searched_for_an_ok(mesh: Mesh) -> None:
    done = plan(mesh, "ok", dialogue=PAYING, locale="fr")
    assert names(done) == ["payment"]
    assert done["dialogue"]["reply"] == "Très bien. Autre chose ?"


def test_small_talk_in_an_open_dialogue_is_answered_if_it_means_nothing_there(
    mesh: Mesh,
) -> None:
    done = plan(mesh, "thanks a lot", dialogue=PAYING)
    assert names(done)[0] == "payment"
    assert "welcome" in done["dialogue"]["reply"]


def test_another_dialogue_begins_when_it_is_asked_for(mesh: Mesh) -> None:
    done = plan(mesh, "I'd like to book an appointment tomorrow", dialogue=PAYING)
    assert names(done)[0] == "booking"
    assert done["dialogue"]["before"] is None
    assert "id" not in done["actions"][0]["arguments"]


def test_what_is_left_for_another_dialogue_is_kept(mesh: Mesh) -> None:
    done = plan(mesh, "I'd rather pay my invoice first", dialogue=BOOKING)
    assert names(done)[0] == "payment"
    assert (done["dialogue"]["before"], done["dialogue"]["left"]) == (None, BOOKING)
    paying = PAYING | {"left": BOOKING}
    done = plan(mesh, "50 euros", dialogue=paying)
    assert names(done)[0] == "payment"
    assert done["dialogue"]["before"] == paying


@pytest.mark.parametrize(
    "message", ["pay 45 euros for it", "Ich will 45 € dafür zahlen"]
)
def test_what_is_wished_for_the_sake_of_what_is_open_comes_next(
    mesh: Mesh, message: str
) -> None:
    done = plan(mesh, message, dialogue=BOOKING)
    assert names(done) == ["booking"]
    led = done["dialogue"]
    assert (led["before"], led["left"]["wish"]) == (BOOKING, message)
    assert led["left"]["action"] == "payment"
    assert led["reply"]


@pytest.mark.parametrize(
    "message",
    [
        "back to my booking please",
        "let's continue with the appointment",
        "ok, now the booking",
        "please book the appointment now",
        "zurück zu meinem Termin",
        "revenons au rendez-vous",
        "volvamos a la cita",
    ],
)
def test_what_was_left_is_gone_on_with_as_it_stood(mesh: Mesh, message: str) -> None:
    done = plan(mesh, message, dialogue=PAYING | {"left": BOOKING})
    assert names(done)[0] == "booking"
    arguments = done["actions"][0]["arguments"]
    assert (arguments["id"], arguments["resumed"]) == ("b1", True)
    assert done["dialogue"]["left"] == PAYING


def test_what_waits_for_nothing_is_not_left_but_over(mesh: Mesh) -> None:
    paid = PAYING | {"reminder": ""}
    done = plan(mesh, "I'd like to book an appointment tomorrow", dialogue=paid)
    assert (names(done)[0], done["dialogue"]["left"]) == ("booking", None)


def test_what_may_be_one_or_the_other_is_asked_about_and_the_answer_taken(
    mesh: Mesh,
) -> None:
    linked, asks = PAYING | {"reminder": ""}, "the payment, or an appointment?"
    booked = [{"role": "assistant", "text": "It is booked: Check-up, Friday."}]
    cancel = "I need to cancel"
    asked = plan(mesh, cancel, dialogue=linked, history=booked)["dialogue"]
    assert (asked["is_put_off"], asked["before"]) == (True, linked)
    assert asks in asked["reply"]
    said = [{"role": "assistant", "text": asked["reply"]}]
    for answer, action in (("the payment", "payment"), ("my appointment", "booking")):
        done = plan(mesh, answer, dialogue=linked, history=said)
        assert names(done)[0] == action
        assert done["actions"][0]["arguments"]["message"].startswith("cancel")


def test_who_cancels_where_only_one_was_spoken_of_means_that(mesh: Mesh) -> None:
    linked = PAYING | {"reminder": ""}
    paying = [{"role": "user", "text": "I want to pay for the repair"}]
    led = plan(mesh, "cancel", dialogue=linked, history=paying)["dialogue"]
    assert (led["action"], led["before"]) == ("payment", linked)


@pytest.mark.parametrize(
    ("before", "message", "action"),
    [
        ("how do I pay?", "ok 75 euro then", "payment"),
        ("was schulde ich euch?", "80 euro glaub ich", "payment"),
        ("Ich möchte die Rechnung sehen", "119,90", "payment"),
        ("how do I pay?", "75 euros is too much", None),
        ("do you have parking?", "75 euros", None),
    ],
)
def test_an_amount_goes_on_with_what_was_said_of_paying(
    mesh: Mesh, before: str, message: str, action: str | None
) -> None:
    said = [{"role": "user", "text": before}, {"role": "assistant", "text": "Well."}]
    led = plan(mesh, message, history=said)["dialogue"]
    assert (led and led["action"]) == action


@pytest.mark.parametrize(
    ("before", "message", "asked"),
    [
        ("Are you open now?", "and tomorrow?", "Are you open tomorrow?"),
        ("Habt ihr jetzt offen?", "und am Samstag?", "Habt ihr am Samstag offen?"),
    ],
)
def test_a_day_goes_on_with_when_it_is_open(
    mesh: Mesh, before: str, message: str, asked: str
) -> None:
    said = [{"role": "user", "text": before}, {"role": "assistant", "text": "Well."}]
    done = plan(mesh, message, history=said)
    assert names(done)[0] == "booking"
    assert done["actions"][0]["arguments"]["message"] == asked
    waiting = {"action": "booking", "arguments": {"id": "b"}, "reminder": "When?"}
    done = plan(mesh, message, history=said, dialogue=waiting)
    assert done["actions"][0]["arguments"]["message"] == message


@pytest.mark.parametrize(
    ("before", "message", "asked"),
    [
        ("so gegen 11", "was kostet das?", "was kostet Schnellreparatur?"),
        ("at 11 please", "does it hurt?", "does Schnellreparatur hurt?"),
        ("How much is a filling?", "how long does it take?", "how long does a filling"),
        ("at 11 please", "where are you?", "where are you?"),
    ],
)
def test_it_is_what_is_being_arranged_unless_something_else_was_asked_about(
    mesh: Mesh, before: str, message: str, asked: str
) -> None:
    said = [{"role": "user", "text": before}, {"role": "assistant", "text": "Well."}]
    open = {"action": "booking", "arguments": {}, "reminder": "Which name?"}
    open["about"] = "Schnellreparatur"
    done = plan(mesh, message, history=said, dialogue=open)
    assert done["question"].startswith(asked)


@pytest.mark.parametrize("answer", ["not now", "no", "I'll ask my wife"])
def test_a_wish_that_was_put_off_is_let_go_of(mesh: Mesh, answer: str) -> None:
    wished = PAYING | {"wish": "pay 55 euros", "reminder": "Shall I go on?"}
    done = plan(mesh, answer, dialogue=wished)["dialogue"]
    assert (done["is_put_off"], done["before"]) == (True, None)
    assert done["reply"].startswith("All right")


@pytest.mark.parametrize(
    "message",
    [
        "I want to talk to a person",
        "Ich möchte mit einem Menschen sprechen",
        "Je veux parler à une personne",
        "Quiero hablar con una persona",
    ],
)
def test_who_asks_for_a_person_leaves_the_dialogue(mesh: Mesh, message: str) -> None:
    done = plan(mesh, message, dialogue=PAYING)
    assert names(done) == ["hand_over"]
    assert done["dialogue"] is None


def test_a_yes_without_a_question_is_no_action(mesh: Mesh) -> None:
    for message in ("yes", "yes please", "ja", "oui", "sí"):
        assert plan(mesh, message)["dialogue"] is None


def test_a_card_number_is_refused_without_a_dialogue(mesh: Mesh) -> None:
    done = plan(mesh, "take it from [redacted card] then")
    assert names(done) == []
    assert "never type card details" in done["reply"]


def test_what_nobody_leads_is_a_question(mesh: Mesh) -> None:
    done = plan(mesh, "I'd like to pay 50 euros", actions=OTHERS)
    assert names(done) == ["search", "match_faqs"]
    assert done["dialogue"] is None


def test_an_action_that_leads_no_dialogue_is_never_gone_on_with(mesh: Mesh) -> None:
    other = {"action": "hold", "arguments": {"slot_id": "s"}}
    assert names(plan(mesh, "yes, blue", dialogue=other)) == ["search", "match_faqs"]


def test_a_model_may_begin_a_dialogue_but_not_speak_in_it(opened: Open) -> None:
    calls = [{"name": "payment", "arguments": {"message": "pay 999999"}}]
    with opened({"tool_calls": calls, "model": "m"}) as mesh:
        done = plan(mesh, "the usual amount, same as last month")
    assert (names(done), done["planner"]) == (["payment"], "llm")
    message = "the usual amount, same as last month"
    assert done["actions"][0]["arguments"]["message"] == message
    assert done["dialogue"]["action"] == "payment"


def test_a_model_is_not_offered_what_a_dialogue_asks_about_first(opened: Open) -> None:
    calls = [{"name": "hold", "arguments": {}}]
    with opened({"tool_calls": calls, "model": "m"}) as mesh:
        done = plan(mesh, "Where is the surgery?")
        [call] = mesh.calls("response-generation", "complete")
    assert "hold" not in names(done)
    assert b'"hold"' not in call.request.content
    assert b'"booking"' in call.request.content


def test_what_is_asked_beside_a_wish_is_the_question_that_is_looked_for(
    mesh: Mesh,
) -> None:
    done = plan(mesh, "How much is a service and can I book one for Tuesday 9am?")
    assert done["question"] == "How much is a service"
    [first, *_] = done["actions"]
    assert first["arguments"]["message"].endswith("for Tuesday 9am?")
    done = plan(mesh, "Is it possible to book for tomorrow? If not, then Monday at 9?")
    assert done["dialogue"]["besides"] == ""


UNTITLED = [
    "Zahnreinigung am Dienstag um 10",
    "détartrage mardi à 10h",
    "limpieza dental el martes a las 10",
    "pulizia martedì alle 10",
    "puppy cut on Wednesday at half past two",
]


@pytest.mark.parametrize("message", UNTITLED)
def test_what_is_offered_a_day_and_an_hour_begin_a_booking_by_any_name(
    mesh: Mesh, message: str
) -> None:
    assert plan(mesh, message)["dialogue"]["action"] == "booking"


@pytest.mark.parametrize("message", UNTITLED)
def test_a_payment_that_waits_hears_it_as_its_answer(mesh: Mesh, message: str) -> None:
    """It may be what is paid."""
    led = plan(mesh, message, dialogue=PAYING)["dialogue"]
    assert led["action"] == "payment"


@pytest.mark.parametrize(
    "message",
    [
        "The heating broke on Monday at 8",
        "Water leaking Tuesday at 9pm",
        "The door fell off Friday 10am",
        "boiler burst on Sunday at 7",
        "my key got lost on Friday at 6pm",
    ],
)
def test_what_happened_then_begins_no_booking(mesh: Mesh, message: str) -> None:
    assert plan(mesh, message)["dialogue"] is None
