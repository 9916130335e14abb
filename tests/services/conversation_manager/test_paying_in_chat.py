"""A customer pays inside the chat: through all of its services, as they are."""

import re
from typing import Any

import pytest

Chat = Any
CUSTOMER: dict[str, Any] = {"roles": ("customer",), "subject": "c1"}
CARD = "4242 4242 4242 4242"


def asked_to_confirm(chat: Chat) -> str:
    """The conversation up to the question that names it all, which is returned."""
    chat.say("I'd like to pay 50 euros")
    return chat.say("invoice 2231")["answer"]


def test_a_link_comes_after_a_yes_to_amount_currency_and_payee(chat: Chat) -> None:
    first = chat.say("I'd like to pay 50 euros")
    assert first["actions"][0]["name"] == "payment"
    assert first["citations"] == []
    question = chat.say("invoice 2231")["answer"]
    assert "50.00 EUR" in question
    assert "Brightwater" in question
    assert chat.linked() == 0
    assert "https://pay.example/" in chat.say("yes")["answer"]
    assert chat.linked() == 1


def test_a_correction_and_a_change_of_topic_are_survived(chat: Chat) -> None:
    asked_to_confirm(chat)
    assert "40.00 EUR" in chat.say("no, 40 not 50")["answer"]
    aside = chat.say("when are you open on Sundays?")
    assert aside["dialogue"]["action"] == "payment"
    assert "open" in aside["answer"].rpartition("\n\n")[2]
    again = chat.say("yes")["answer"]
    assert "40.00 EUR" in again
    assert chat.linked() == 0
    assert "https://pay.example/" in chat.say("yes")["answer"]


@pytest.mark.parametrize("between", ["thanks", "when are you open on Sundays?", ""])
@pytest.mark.parametrize(
    "wish", ["cancel the payment", "do not charge me", "ich will nicht mehr zahlen"]
)
def test_a_link_is_cancelled_whatever_was_said_since(
    chat: Chat, between: str, wish: str
) -> None:
    asked_to_confirm(chat)
    chat.say("yes")
    if between:
        chat.say(between)
    chat.say(wish)
    assert chat.links() == ["expired"]


@pytest.mark.parametrize(
    "question",
    [
        "how do I cancel a payment?",
        "how much is a check-up?",
        "can I pay by card?",
        "what happens if I cancel my appointment?",
    ],
)
def test_a_question_begins_no_payment_and_no_booking(chat: Chat, question: str) -> None:
    answer = chat.say(question)
    assert answer["dialogue"] is None
    assert {each["name"] for each in answer["actions"]} == {"search", "match_faqs"}


def test_while_payments_are_away_that_is_said_and_nothing_from_documents(
    chat: Chat,
) -> None:
    gone = chat.mesh.wire.upstreams.pop("conversational-payment")
    away = chat.say("I'd like to pay 50 euros")
    assert away["answer"].startswith("I cannot take payments at the moment. Nothing is")
    assert (away["citations"], away["abstained"]) == ([], False)
    chat.mesh.wire.upstreams["conversational-payment"] = gone
    assert chat.say("I'd like to pay 50 euros")["dialogue"]["action"] == "payment"


@pytest.mark.parametrize("is_open", [True, False])
def test_a_card_that_is_typed_is_refused_and_goes_nowhere(
    chat: Chat, is_open: bool
) -> None:
    if is_open:
        asked_to_confirm(chat)
    answer = chat.say(f"take it from {CARD}, cvc 123")
    assert "card details" in answer["answer"]
    path = f"/api/v1/conversations/{chat.id}"
    kept = chat.mesh.get(path, **CUSTOMER).text
    kept += chat.mesh.get(f"{path}/messages", **CUSTOMER).text
    kept += "".join(repr(each.request.content) for each in chat.mesh.wire.calls)
    assert not re.search(r"4242\D{0,3}4242", kept)
    assert "cvc 123" not in kept
    assert chat.linked() == 0


def test_a_booking_may_follow_upon_a_payment_and_the_other_way_round(
    chat: Chat,
) -> None:
    chat.say("I'd like to pay 50 euros")
    asked = chat.say("I want to book a check-up tomorrow at 15:00")
    assert asked["dialogue"]["action"] == "booking"
    assert chat.say("I'd like to pay 20 euros")["dialogue"]["action"] == "payment"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("I want to talk to a human", "I am handing this conversation to a person"),
        ("Ich möchte mit einem Menschen sprechen", "Ich übergebe diese Unterhaltung"),
    ],
)
def test_a_payment_is_open_still_when_a_person_has_handed_the_talk_back(
    chat: Chat, asked: str, told: str
) -> None:
    asked_to_confirm(chat)
    answer = chat.say(asked)
    assert answer["handed_over"]
    assert answer["answer"].startswith(told)
    assert "nothing has been charged" in answer["answer"]
    assert chat.say("hello?")["answer"] == ""  # a person answers
    path = f"/api/v1/conversations/{chat.id}/state"
    assert chat.mesh.put(path, json={"state": "open"}).status_code == 200
    assert "50.00 EUR" in chat.say("yes")["answer"]
    assert chat.linked() == 0
    assert "https://pay.example/" in chat.say("yes")["answer"]


def test_who_asks_if_it_is_paid_begins_no_other_payment(chat: Chat) -> None:
    asked_to_confirm(chat)
    chat.say("yes")
    answer = chat.say("did I pay?")
    assert "has not been made yet" in answer["answer"]


BOTH = "book a check-up on Friday 11 December at 9 and pay 55 euros for it"


def booked(chat: Chat, first: str) -> str:
    """The answer to a yes that books what *first* asks for."""
    answer = chat.say(first)["answer"]
    assert answer.startswith("One after the other: first the appointment, then the pay")
    assert "11 December 2026 at 09:00" in answer
    for said in ("Ann Lee", "no"):
        chat.say(said)
    return str(chat.say("yes")["answer"])


def test_of_a_booking_and_a_payment_in_one_message_neither_is_forgotten(
    chat: Chat,
) -> None:
    answer = booked(chat, BOTH)
    assert "It is booked" in answer
    assert answer.endswith("now? Please answer yes or no.")
    assert "pay 55 euros for it" in answer
    assert chat.linked() == 0
    aside = chat.say("when are you open on Sundays?")["answer"]
    assert "pay 55 euros for it" in aside
    assert chat.say("yes")["answer"] == "What is the payment for?"
    assert "55.00 EUR" in chat.say("the check-up")["answer"]
    assert "https://pay.example/" in chat.say("yes")["answer"]
    assert len(chat.booked()) == chat.linked() == 1


def test_what_was_put_off_is_dropped_on_a_no(chat: Chat) -> None:
    booked(chat, BOTH)
    assert chat.say("no")["dialogue"] is None
    assert chat.say("yes")["dialogue"] is None
    assert chat.linked() == 0


def test_a_payment_that_comes_first_in_a_message_comes_first(chat: Chat) -> None:
    asked = chat.say(
        "Ich möchte 55 Euro für die Krone zahlen und am 11. Dezember um 9 Uhr einen "
        "Termin für einen Check-up buchen"
    )
    assert "zuerst die Zahlung, danach der Termin" in asked["answer"]
    assert "55,00 EUR" in asked["answer"]
    answer = chat.say("ja")["answer"]
    assert "https://pay.example/" in answer
    assert "Termin für einen Check-up buchen" in answer
    assert "11. Dezember 2026 um 09:00" in chat.say("ja")["answer"]


@pytest.mark.parametrize(
    "message",
    [
        "I want to pay 50 euros for the crown and the bridge",
        "I want to pay 50 euros and then I have to go",
        "please book a check-up on Friday 11 December at 9, and how do I pay?",
        "what happens if I book a check-up and pay 50 euros?",
    ],
)
def test_what_wants_one_thing_is_not_parted(chat: Chat, message: str) -> None:
    answer = chat.say(message)
    assert "One after the other" not in answer["answer"]
    assert answer["dialogue"] is None or answer["dialogue"]["left"] is None


def test_a_bare_cancel_asks_which_where_a_link_waits_and_bookings_may(
    chat: Chat,
) -> None:
    chat.say("my last appointment was great")
    asked_to_confirm(chat)
    assert "https://" in chat.say("yes")["answer"]
    asked = chat.say("I need to cancel")
    assert asked["answer"] == "What shall I cancel: the payment, or an appointment?"
    ended = chat.say("the payment please")
    assert ended["answer"].startswith("I have stopped this: the link is no longer")
    assert ended["dialogue"] is None


def test_a_bare_cancel_ends_the_link_where_nothing_else_was_spoken_of(
    chat: Chat,
) -> None:
    asked_to_confirm(chat)
    assert "https://" in chat.say("yes")["answer"]
    ended = chat.say("cancel")
    assert ended["answer"].startswith("I have stopped this: the link is no longer")
    assert ended["dialogue"] is None
