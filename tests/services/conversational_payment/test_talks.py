"""What is kept, who may see it, that nothing is made twice, and what the chat gets."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response

from chassis import testing
from contracts.assistant.events import ConversationRemoved

PATH = "/api/v1/payment-conversations"
PAY = "I want to pay 50 euros for the crown"
CARDS = [
    "4242 4242 4242 4242",
    "4242424242424242",
    "4242-4242-4242-4241",
    "my card is 5555 5555 5555 4444 exp 12/29 cvv 987",
    "CVC 987",
]


def sent(till: Any) -> str:
    """Everything that left the service, to whomever."""
    calls = till.talks.wire.calls
    return " ".join(
        f"{each.request.url} {each.request.headers} {each.request.content!r}"
        for each in calls
    )


@pytest.mark.parametrize("card", CARDS)
def test_card_data_goes_nowhere(
    card: str, till: Any, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    id = till.begin()["id"]
    till.say(id, PAY)
    said = till.say(id, card)
    assert said["redacted"] == "[redacted card]"
    assert "never" in said["reply"]
    stored = till.talks.get(f"{PATH}/{id}").text
    logged = caplog.text + "".join(capfd.readouterr())
    assert "[redacted card]" in stored
    for piece in (card, card.replace(" ", ""), "4242 42", "555 4444", "12/29"):
        assert piece not in said["reply"] + stored + logged + sent(till)


def test_other_secrets_are_kept_out_of_the_history(till: Any) -> None:
    id = till.begin()["id"]
    said = till.say(id, "my password: hunter2, pay 50 euros for the crown")
    assert "hunter2" not in said["redacted"]
    assert "hunter2" not in till.talks.get(f"{PATH}/{id}").text
    assert "hunter2" not in sent(till)


def test_the_confirming_question_and_the_charge_include_the_fees(till: Any) -> None:
    till.charge(fees=[{"name": "Card", "fixed": 150, "currency": "EUR"}])
    id = till.begin()["id"]
    asked = till.say(id, PAY)
    assert "51.50 EUR (fifty-one and 50/100 euros), that is 50.00" in asked["reply"]
    assert asked["amount"]["minor_units"] == 5_000
    linked = till.say(id, "yes")
    known = till.links.get(f"/api/v1/payment-links/{linked['link_id']}").json()
    assert known["amount"] == {"minor_units": 5_150, "currency": "EUR"}
    assert till.say(id, "no, 40 not 50")["total"]["minor_units"] == 4_150


def test_a_total_is_told_with_all_that_makes_it(till: Any) -> None:
    fee = {"name": "Card", "fixed": 175, "currency": "EUR"}
    tax = {"name": "VAT", "basis_points": 2_300, "inclusive": False, "on_fees": True}
    till.charge(fees=[fee], tax=tax)
    id = till.begin()["id"]
    parts = "100.00 + 1.75 (Card) + 23.40 (VAT) = 125.15 EUR"
    for said in ("I want to pay 100 euros for a tour", "no, 100 euros", "why 125?"):
        assert parts in till.say(id, said)["reply"]
    assert (
        "100.00 + 100.00 + 1.75 (Card)"
        in till.say(id, "and 100 euros for Ann")["reply"]
    )
    till.charge(tax=tax | {"inclusive": True})
    till.say(id, "no, 100 euros")
    assert "18.70 EUR of tax (VAT)" in till.say(id, "is that with VAT?")["reply"]


def test_what_no_card_is_charged_is_rounded_before_it_is_agreed_on(till: Any) -> None:
    tax = {"name": "VAT", "basis_points": 500, "inclusive": False}
    till.charge(currencies=["EUR", "KWD"], tax=tax)
    for said, told in (("1.25", "1.310 KWD"), ("1.234", "1.290 KWD")):
        id = till.begin()["id"]
        assert told in till.say(id, f"I want to pay {said} KWD for tea")["reply"]
        assert told in till.say(id, "yes")["reply"]
    till.charge(currencies=["EUR", "KWD"])
    id = till.begin()["id"]
    asked = till.say(id, "I want to pay 1.234 KWD for tea")["reply"]
    assert "1.230 KWD" in asked
    assert "1.234 − 0.004 (let off: cards cannot be charged it) = 1.230 KWD" in asked


def test_a_repeated_turn_has_the_first_answer_and_makes_nothing_twice(
    till: Any,
) -> None:
    id = till.begin()["id"]
    till.say(id, PAY)
    headers = {"Idempotency-Key": "k-1"}
    first = till.say(id, "yes", headers=headers)
    assert till.say(id, "yes", headers=headers) == first
    assert len(till.talks.calls("payment-link", "create_link")) == 1


def test_an_answer_that_is_lost_after_the_link_was_made_leads_to_the_same_link(
    till: Any,
) -> None:
    id = till.begin()["id"]
    till.say(id, PAY)
    upstreams, lossy = till.talks.wire.upstreams, FastAPI()
    real = upstreams["payment-link"]

    @lossy.middleware("http")
    async def lose(request: Request, proceed: Any) -> Response:
        answer = await proceed(request)
        assert answer.status_code == 201
        return Response(status_code=503)

    lossy.mount("/", real)
    upstreams["payment-link"] = lossy
    assert "Nothing is charged unless you pay" in till.say(id, "yes")["reply"]
    upstreams["payment-link"] = real
    till.say(id, "yes")
    linked = till.say(id, "yes")
    assert linked["state"] == "linked"
    assert len(till.made("payment-link", "create_link")) == 1
    stored = till.talks.calls("database-operations", "transact")
    new = [each for each in stored if b"payment-link.expires" in each.request.content]
    assert len(new) == 1


def test_two_who_say_yes_at_once_get_one_link(till: Any) -> None:
    id = till.begin()["id"]
    till.say(id, PAY)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: till.post(id, "yes"), range(2)))
    assert {each.status_code for each in answers} <= {200, 409}
    # Who loses may have been the one that made it: then the next yes is told of it.
    later = [till.say(id, "yes") for _ in range(2)]
    linked = [one.json() for one in answers if one.status_code == 200] + later
    assert len({each["url"] for each in linked if each["url"]}) == 1
    assert later[-1]["state"] == "linked"


def test_a_customer_sees_its_own_talks_only(till: Any) -> None:
    customer = {"roles": ("customer",)}
    id = till.talks.post(PATH, json={}, subject="ann", **customer).json()["id"]
    assert till.post(id, PAY, subject="bob", **customer).status_code == 404
    assert till.post(id, PAY, subject="ann", **customer).status_code == 200
    assert till.post(id, "yes", subject="cara", roles=("agent",)).status_code == 200
    assert till.talks.get(f"{PATH}/{id}", subject="ann", **customer).status_code == 403
    other = {"tenant": "t-somebody-else"}
    assert till.post(id, "yes", **other).status_code == 404


def test_a_chat_has_one_open_talk(till: Any) -> None:
    first = till.begin(conversation_id="c-1")
    again = till.talks.post(PATH, json={"conversation_id": "c-1"})
    assert again.status_code == 409
    till.say(first["id"], "cancel")
    assert till.begin(conversation_id="c-1")["id"] != first["id"]


def test_the_first_question_is_in_the_language_of_the_locale(till: Any) -> None:
    assert till.begin(locale="de-AT")["reply"].startswith("Wie viel")
    assert till.begin(locale="ja")["reply"].startswith("How much")


def test_a_talk_that_is_given_a_currency_needs_none_said(till: Any) -> None:
    id = till.begin(currency="GBP")["id"]
    assert "50.00 GBP (fifty British pounds)" in till.say(id, "pay 50 for tea")["reply"]


@pytest.mark.parametrize(
    "given",
    [{"message": ""}, {"message": "x" * 4001}, {}, {"message": "x", "card": "1"}],
)
def test_what_is_no_message_is_malformed(given: dict[str, str], till: Any) -> None:
    id = till.begin()["id"]
    assert till.talks.post(f"{PATH}/{id}/messages", json=given).status_code == 422


def test_an_old_expiry_ends_nothing(till: Any) -> None:
    id = till.begin()["id"]
    till.say(id, "50 euros")
    news = till.talks.published("payment-talk.expires")
    kind = till.talks.app.state.consumers[0].event
    till.talks.deliver(kind(**news[0]["data"]))
    assert till.say(id, "the crown")["state"] == "confirming"
    said = datetime.fromisoformat(till.talks.get(f"{PATH}/{id}").json()["updated_at"])
    last = till.talks.published("payment-talk.expires")[-1]
    assert datetime.fromisoformat(last["deliver_at"]) == said + timedelta(minutes=30)


def test_the_chat_is_led_to_a_link(till: Any) -> None:
    begun = till.turn(PAY, conversation_id="c-1")
    assert "50.00 EUR (fifty euros) to Brightwater Dental" in begun["reply"]
    assert (begun["handled"], begun["dialogue"]["action"]) == (True, "payment")
    ended = till.turn("yes", conversation_id="c-1", **begun["dialogue"]["arguments"])
    assert "https://pay.example/pay/" in ended["reply"]


def test_the_chat_that_lost_its_place_finds_the_open_talk_again(till: Any) -> None:
    begun = till.turn(PAY, conversation_id="c-1")
    again = till.turn("make it 40 euros", conversation_id="c-1")
    assert again["dialogue"] == begun["dialogue"]
    assert "40.00 EUR" in again["reply"]
    json = {"message": PAY, "conversation_id": "c-1"}
    stranger = till.talks.post(f"{PATH}/turns", json=json, subject="bob", roles=())
    assert stranger.status_code == 409


def test_another_matter_is_not_handled_and_the_talk_stays_open(till: Any) -> None:
    begun = till.turn(PAY, conversation_id="c-1")
    here = begun["dialogue"]["arguments"]
    aside = till.turn("what are your opening hours?", conversation_id="c-1", **here)
    assert (aside["handled"], aside["dialogue"]) == (False, begun["dialogue"])
    assert "still open" in aside["reply"]
    asked = till.turn("yes", conversation_id="c-1", **here)
    assert "Is that right?" in asked["reply"]


def test_who_comes_back_from_another_dialogue_is_asked_again(till: Any) -> None:
    begun = till.turn(PAY, conversation_id="c-1")["dialogue"]
    assert "still open" in begun["reminder"]
    here = {"conversation_id": "c-1", "resumed": True} | begun["arguments"]
    for message in ("yes", "back to my payment please", "back to my payment"):
        again = till.turn(message, **here)
        assert again["handled"]
        assert again["reply"].startswith("You would pay")
    assert not till.turn("what are your opening hours?", **here)["handled"]
    assert till.made("payment-link", "create_link") == set()
    till.turn("back to my payment please", **here)
    paid = till.turn("yes", conversation_id="c-1", **begun["arguments"])
    assert "https://pay.example/pay/" in paid["reply"]
    assert paid["dialogue"]["reminder"] == ""


def test_another_matter_begins_no_talk(till: Any) -> None:
    before = len(till.talks.calls("database-operations", "transact"))
    aside = till.turn("what are your opening hours?", conversation_id="c-1")
    assert (aside["reply"], aside["handled"], aside["dialogue"]) == ("", False, None)
    made = till.talks.calls("database-operations", "transact")[before:]
    assert not any(b"payment-talks" in each.request.content for each in made)


def test_a_link_lets_go_of_the_chat_when_the_topic_changes(till: Any) -> None:
    here = till.turn(PAY, conversation_id="c-1")["dialogue"]["arguments"]
    linked = till.turn("yes", conversation_id="c-1", **here)
    assert linked["dialogue"]["arguments"] == here
    aside = till.turn("do you have parking?", conversation_id="c-1", **here)
    assert (aside["handled"], aside["dialogue"]) == (False, None)
    assert aside["reply"] == ""


def test_without_a_payment_there_is_none_to_stop(till: Any) -> None:
    stopped = till.turn("do not charge me", conversation_id="c-1")
    assert (stopped["handled"], stopped["dialogue"]) == (True, None)
    assert stopped["reply"] == "There is no open payment here that I could stop."


@pytest.mark.parametrize("end", ["cancel", "never mind"])
def test_the_chat_is_told_when_it_ended(end: str, till: Any) -> None:
    here = till.turn(PAY, conversation_id="c-1")["dialogue"]["arguments"]
    ended = till.turn(end, conversation_id="c-1", **here)
    assert (ended["handled"], ended["dialogue"]) == (True, None)
    assert "nothing was charged" in ended["reply"]


def test_the_chats_card_data_is_refused_too(till: Any) -> None:
    refused = till.turn(f"pay 50 euros with {CARDS[0]}", conversation_id="c-1")
    assert refused["handled"]
    assert "never" in refused["reply"]
    assert "4242 4242" not in sent(till)


def test_what_the_chat_takes_for_a_payment_begins_one(till: Any) -> None:
    begun = till.turn("please send me a link", conversation_id="c-1")
    assert begun["handled"]
    assert begun["reply"].startswith("How much")


def test_very_long_messages_of_the_chat_are_read(till: Any) -> None:
    assert till.turn("x" * 8_000)["reply"].startswith("How much")


def test_nothing_is_told_while_the_database_is_away(till: Any) -> None:
    id = till.begin()["id"]
    till.leave("database-operations")
    answer = till.post(id, PAY)
    assert answer.status_code in (424, 503)
    till.come_back()
    assert testing.until(lambda: till.post(id, PAY).status_code == 200)


def test_the_chat_is_told_what_became_of_its_payments_and_of_no_others(
    till: Any,
) -> None:
    here = till.turn(PAY, conversation_id="c-1")["dialogue"]["arguments"]
    url = till.turn("yes", conversation_id="c-1", **here)["reply"].split()[-1]
    till.pay(url)
    asked = "did my payment go through?"
    paid = till.turn(asked, conversation_id="c-1")
    assert "50.00 EUR (fifty euros) to Brightwater Dental" in paid["reply"]
    assert "has been made" in paid["reply"]
    assert (paid["handled"], paid["dialogue"]) == (True, None)
    other = till.turn(asked, conversation_id="c-2")
    assert other["reply"].startswith("No payment has been made in this conversation")
    stranger = till.turn(asked, conversation_id="c-1", subject="bob")
    assert stranger["reply"].startswith("No payment has been made")


def test_asking_for_money_back_is_told_who_gives_it_and_opens_nothing(
    till: Any,
) -> None:
    told = till.turn("I want my money back", conversation_id="c-1")
    assert "the staff does" in told["reply"]
    assert (told["handled"], told["dialogue"]) == (True, None)
    assert till.turn(PAY, conversation_id="c-1")["dialogue"] is not None


def test_what_was_said_goes_with_its_conversation_and_what_was_made_stays(
    till: Any,
) -> None:
    here = till.turn(PAY, conversation_id="c-1")["dialogue"]["arguments"]
    till.turn("yes", conversation_id="c-1", **here)
    other = till.turn(PAY, conversation_id="c-2")["dialogue"]["arguments"]
    for _ in "twice":
        till.talks.deliver(ConversationRemoved(conversation_id="c-1"))
    assert till.talks.get(f"{PATH}/{here['id']}").status_code == 404
    assert till.talks.get(f"{PATH}/{other['id']}").status_code == 200
    [link] = till.links.get("/api/v1/payment-links").json()["items"]
    assert link["status"] == "live"
    till.expire()
    assert till.talks.get(f"{PATH}/{other['id']}").json()["state"] == "abandoned"


@pytest.mark.parametrize(
    ("currencies", "said", "told"),
    [
        (["EUR"], "I want to pay 38 for the cleaning", "38.00 EUR"),
        (["EUR"], "I want to pay 19,90 for a filling", "19.90 EUR"),
        (["USD"], "I want to pay $59 for the crown", "59.00 USD"),
        (["JPY", "USD"], "I want to pay 59 bucks for the crown", "59.00 USD"),
        (["GBP", "EUR"], "I want to pay 38 for the cleaning", "Which currency"),
        (["USD", "EUR"], "I want to pay $59 for the crown", "Which currency"),
        (["GBP"], "I want to pay $59 for the crown", "not taken here"),
    ],
)
def test_the_currency_is_asked_for_where_the_business_takes_another_one_as_well(
    currencies: list[str], said: str, told: str, till: Any
) -> None:
    till.charge(default_currency=currencies[-1], currencies=currencies, limits={})
    assert told in till.say(till.begin()["id"], said)["reply"]


@pytest.mark.parametrize("asks", ["and now the rest", "die andere Hälfte bitte"])
def test_the_rest_of_what_was_paid_in_part_gets_a_link_of_its_own(
    asks: str, till: Any
) -> None:
    """After a yes, as every payment does; the part's link stays, and of the rest
    nothing is left."""
    here: dict[str, Any] = {"conversation_id": "c9", "locale": "en"}

    def say(message: str) -> dict[str, Any]:
        said = till.turn(message, **here)
        here["id"] = said["dialogue"]["arguments"]["id"]
        return said

    say("I want to pay 120 euros for the crown")
    say("only a third of it now")
    part = say("yes")["reply"].split("https://")[1]
    asked = say(asks)
    assert "80.00 EUR" in asked["reply"]
    assert "crown" in asked["reply"]
    assert "https://" not in asked["reply"]
    whole = say("yes")["reply"]
    assert "80.00 EUR" in whole
    assert part not in whole
    assert len(till.made("payment-link", "create_link")) == 2
    assert not till.made("payment-link", "expire")
    till.turn("and now the rest", **here)
    assert len(till.made("payment-link", "create_link")) == 2
