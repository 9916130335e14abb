"""A customer books inside the chat: through all of its services, as they are."""

from typing import Any

import pytest

Chat = Any
CUSTOMER: dict[str, Any] = {"roles": ("customer",), "subject": "c1"}


def asked_to_confirm(chat: Chat) -> str:
    """The conversation up to the last question, which is returned."""
    chat.say("I'd like to book a check-up tomorrow at 15:00")
    chat.say("Ann Lee")
    return chat.say("no e-mail please")["answer"]


def test_a_booking_is_made_after_a_yes_to_date_zone_and_offset(chat: Chat) -> None:
    first = chat.say("I'd like to book a check-up tomorrow at 15:00")
    assert "at 15:00 (Europe/Berlin, UTC+0" in first["answer"]
    assert (first["citations"], first["abstained"]) == ([], False)
    assert first["actions"][0]["name"] == "booking"
    assert "e-mail" in chat.say("Ann Lee")["answer"]
    question = chat.say("ann@example.com")["answer"]
    assert question.startswith("Shall I book Check-up for Ann Lee: ")
    assert chat.booked() == []
    last = chat.say("yes")
    assert "It is booked" in last["answer"]
    assert last["dialogue"] is None
    [booking] = chat.booked()
    assert (booking["status"], booking["customer"]["name"]) == ("confirmed", "Ann Lee")
    assert booking["conversation_id"] == chat.id


def test_a_customer_elsewhere_is_told_both_clocks(chat: Chat) -> None:
    asked = "I'd like to book a check-up tomorrow at 15:00"
    first = chat.say(asked, timezone="Asia/Kolkata")["answer"]
    assert "at 15:00 (Europe/Berlin, UTC+0" in first
    assert "(Asia/Kolkata, UTC+05:30)" in first
    # The zone is remembered by the dialogue.
    assert "(Asia/Kolkata, UTC+05:30)" in chat.say("11:00 instead")["answer"]


@pytest.mark.parametrize("zone", ["Mars/Base", "", "UTC+2", "../etc/passwd"])
def test_a_zone_that_is_none_is_refused(chat: Chat, zone: str) -> None:
    asked = {"message": "hello", "timezone": zone}
    refused = chat.mesh.post("/v1/api/chat", json=asked, **CUSTOMER)
    assert refused.status_code == 422
    assert "timezone" in refused.json()["message"]


def test_a_question_in_between_is_answered_and_what_is_open_is_said(chat: Chat) -> None:
    chat.say("I'd like to book a check-up tomorrow at 15:00")
    aside = chat.say("how much is a crown?")
    assert aside["answer"].endswith(
        "Your booking is still open: tell me the name for it."
    )
    assert aside["dialogue"]["action"] == "booking"
    assert "e-mail" in chat.say("Ann Lee")["answer"]


def test_a_yes_without_a_question_books_nothing(chat: Chat) -> None:
    answer = chat.say("yes")
    assert answer["dialogue"] is None
    assert "booking" not in [each["name"] for each in answer["actions"]]
    assert chat.booked() == []


def test_what_cannot_be_booked_is_said_and_the_documents_are_not_asked(
    chat: Chat,
) -> None:
    app = chat.mesh.wire.upstreams.pop("schedule-optimization")
    away = chat.say("I'd like to book a check-up tomorrow at 15:00")
    assert away["answer"].startswith("I cannot book or change appointments")
    assert (away["citations"], away["dialogue"]) == ([], None)
    chat.mesh.wire.upstreams["schedule-optimization"] = app
    assert "is free" in chat.say("book a check-up tomorrow at 15:00")["answer"]


def test_a_booking_goes_on_when_its_service_is_back(chat: Chat) -> None:
    assert asked_to_confirm(chat).startswith("Shall I book")
    gone = chat.mesh.wire.upstreams.pop("booking-management")
    assert "do not count on it yet" in chat.say("yes")["answer"]
    chat.mesh.wire.upstreams["booking-management"] = gone
    assert "It is booked" in chat.say("yes")["answer"]
    assert len(chat.booked()) == 1


def test_while_the_planner_is_away_the_dialogue_goes_on(chat: Chat) -> None:
    assert asked_to_confirm(chat).startswith("Shall I book")
    del chat.mesh.wire.upstreams["decision-planner"]
    last = chat.say("yes")
    assert "It is booked" in last["answer"]
    assert "decision-planner" in last["degraded"]
    assert len(chat.booked()) == 1


def test_a_message_that_is_sent_twice_books_once(chat: Chat) -> None:
    assert asked_to_confirm(chat).startswith("Shall I book")
    asked = {"message": "yes", "conversation_id": chat.id}
    head = {"Idempotency-Key": "the-yes"}
    said = [
        chat.mesh.post("/v1/api/chat", json=asked, headers=head, **CUSTOMER).json()
        for _ in range(2)
    ]
    assert said[0] == said[1]
    assert len(chat.booked()) == 1


def test_a_card_that_is_typed_is_refused_and_kept_nowhere(chat: Chat) -> None:
    chat.say("I'd like to book a check-up tomorrow at 15:00")
    answer = chat.say("my card is 4242 4242 4242 4242")
    assert answer["answer"].startswith("Please never type card details here")
    assert "Your booking is still open" in answer["answer"]
    path = f"/api/v1/conversations/{chat.id}/messages"
    assert "4242 4242" not in chat.mesh.get(path, **CUSTOMER).text
    sent = [call.request.content for call in chat.mesh.wire.calls]
    assert not any(b"4242" in content for content in sent)


def test_a_message_alone_begins_a_dialogue_as_well(chat: Chat) -> None:
    executor = chat.of("action-executor")
    asked = {"message": "I'd like to book a check-up tomorrow at 15:00"}
    done = executor.post("/pipeline", json=asked, **CUSTOMER).json()
    assert "is free" in done["output"]["answer"]["answer"]
    assert done["output"]["answer"]["dialogue"]["action"] == "booking"
