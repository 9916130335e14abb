"""One live link per intent, which nobody can guess and which comes to an end."""

import string
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import itsdangerous
import pytest

from contracts.payment.events import IntentCancelled, LinkExpires


def test_a_link_has_the_amount_and_the_payee_of_its_intent(shop: Any) -> None:
    intent = shop.intents.add(total=500, currency="JPY")
    answer = shop.link(intent)
    assert answer.status_code == 201, answer.text
    link = answer.json()
    assert link["amount"] == {"minor_units": 500, "currency": "JPY"}
    assert (link["payee"], link["status"]) == ("Bright & Co", "live")
    assert link["payment_id"] == link["intent_id"] == intent
    assert answer.headers["Location"] == f"/api/v1/payment-links/{link['id']}"
    assert not {"page", "page_url", "asked"} & set(link)
    assert shop.show(link) == link


def test_the_payment_of_a_link_is_pending_until_somebody_tries(shop: Any) -> None:
    link = shop.link(shop.intents.add(total=500, currency="JPY")).json()
    found = shop.payment(link).json()
    assert found["status"] == "pending"
    assert (found["amount"], found["currency"]) == (500, "JPY")
    assert (found["id"], found["link_id"]) == (link["intent_id"], link["id"])
    path = f"/api/v1/payments/{link['payment_id']}"
    assert shop.payments.get(path, tenant="t-stranger").status_code == 404
    assert shop.refund(link["intent_id"]).status_code == 409


def test_a_link_is_its_customers_and_the_staffs_wherever_its_page_is_anybodys(
    shop: Any,
) -> None:
    link = shop.link(shop.intents.add(subject="u1"), roles=("agent",)).json()
    path = f"/api/v1/payment-links/{link['id']}"
    codes = [
        shop.links.get(path, roles=roles, subject=subject).status_code
        for roles, subject in (
            (("customer",), "u1"),
            (("customer",), "u2"),
            (("customer",), None),
            (("agent",), "desk"),
        )
    ]
    assert codes == [200, 404, 404, 200]
    assert shop.visit(link).status_code == 200


def test_an_amount_cannot_be_asked_for(shop: Any) -> None:
    asked = {"intent_id": shop.intents.add(), "amount": 1}
    assert shop.links.post("/api/v1/payment-links", json=asked).status_code == 422


def test_an_intent_has_one_live_link_however_many_ask_at_once(shop: Any) -> None:
    intent = shop.intents.add()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop.link(intent), range(8)))
    assert {each.status_code for each in answers} == {201}
    assert len({each.json()["id"] for each in answers}) == 1
    assert len({each.json()["url"] for each in answers}) == 1
    assert shop.link(intent).json()["id"] == answers[0].json()["id"]


def test_the_same_key_and_body_give_the_same_link_and_another_body_is_409(
    shop: Any,
) -> None:
    one, other = shop.intents.add(), shop.intents.add()
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    first, again = shop.link(one, headers=headers), shop.link(one, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert shop.link(other, headers=headers).status_code == 409


@pytest.mark.parametrize("status", ["paid", "cancelled", "refunded"])
def test_an_intent_that_is_not_open_has_no_link(status: str, shop: Any) -> None:
    assert shop.link(shop.intents.add(status=status)).status_code == 409


def test_an_unknown_intent_has_no_link(shop: Any) -> None:
    assert shop.link("no-such-intent").status_code == 404


def test_an_address_cannot_be_guessed_or_altered(shop: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    path = shop.path(link)
    head, _, signature = path.rpartition(".")  # the first character is all signature
    altered = f"{head}.{'b' if signature[0] == 'a' else 'a'}{signature[1:]}"
    # Its last letter has two bits to spare, and decoding passes over what is no letter.
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    spare = signature[:-1] + letters[letters.index(signature[-1]) ^ 1]
    longer = [f"{head}.{each}" for each in (spare, f"{signature}=", f"{signature}!")]
    for wrong in (altered, *longer, "/pay/x", "/pay/" + "A" * 80, f"/pay/{link['id']}"):
        shown = shop.links.get(wrong, tenant=None)
        assert shown.status_code == 404
        assert "There is no such payment link" in shown.text
        assert shown.headers["Cache-Control"] == "no-store"
        sent = shop.links.post(wrong, content=b"number=4242", tenant=None)
        assert sent.status_code == 404


def test_an_address_signed_with_the_former_secret_still_leads_there(shop: Any) -> None:
    import psp

    link = shop.link(shop.intents.add()).json()
    old = psp.Addresses("", "an-old-one-for-tests").of(shop.links.tenant, link["id"])
    assert shop.links.get(old, tenant=None).status_code == 200
    stranger = psp.Addresses("", "another").of(shop.links.tenant, link["id"])
    assert shop.links.get(stranger, tenant=None).status_code == 404


@pytest.mark.parametrize("given", ["the-one,", ",the-one"])
def test_no_comma_makes_a_secret_of_nothing(given: str) -> None:
    import psp

    link = itsdangerous.URLSafeSerializer("", salt="link").dumps(["t", "l1"])
    with pytest.raises(psp.NoLink):
        psp.Addresses("", given).read(link)


def test_visits_are_counted(shop: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: shop.visit(link), range(3)))
    found = shop.show(link)
    assert found["visits"] == 3
    assert found["visited_at"] is not None


def test_a_link_expires_by_itself_and_the_next_one_is_another(shop: Any) -> None:
    intent = shop.intents.add()
    link = shop.link(intent).json()
    [event] = shop.links.published("payment-link.expires")
    ends = datetime.fromisoformat(event["deliver_at"])
    assert ends == datetime.fromisoformat(link["expires_at"])
    assert ends - datetime.fromisoformat(link["created_at"]) > timedelta(minutes=30)
    shop.links.deliver(LinkExpires(link_id=link["id"]))
    assert shop.show(link)["status"] == "expired"
    following = shop.link(intent).json()
    assert following["id"] != link["id"]
    assert following["status"] == "live"


def test_a_link_can_be_ended_and_then_takes_no_card(shop: Any, message: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    path = f"/api/v1/payment-links/{link['id']}/expire"
    other = {"subject": "u2", "roles": ("customer",)}
    assert shop.links.post(path, **other).status_code == 404
    ended = shop.links.post(path, subject="u1", roles=("customer",))
    assert (ended.status_code, ended.json()["status"]) == (200, "expired")
    assert shop.send(link, number="4242424242424242").status_code == 303
    assert message(shop.visit(link)) == "This link has expired."
    assert shop.payment(link).json()["status"] == "pending"


def test_the_link_of_a_cancelled_intent_takes_no_card(shop: Any, message: Any) -> None:
    intent = shop.intents.add()
    link = shop.link(intent).json()
    shop.links.deliver(IntentCancelled(intent_id=intent))
    assert shop.show(link)["status"] == "expired"
    assert shop.send(link, number="4242424242424242").status_code == 303
    assert shop.payment(link).json()["status"] == "pending"


@pytest.mark.parametrize("number", ["4242424242424242", "4000002500003155"])
def test_nothing_is_taken_after_an_intent_is_cancelled(
    shop: Any, message: Any, number: str
) -> None:
    """Even before the link has heard of it."""
    intent = shop.intents.add()
    link = shop.link(intent).json()
    shop.intents.known[intent]["status"] = "cancelled"
    assert shop.send(link, number=number).status_code == 303
    assert message(shop.visit(link)) == "This link has expired."
    assert shop.payment(link).json()["status"] == "pending"
    assert shop.show(link)["status"] == "expired"


def test_nothing_is_taken_while_nobody_knows_if_the_intent_is_open(shop: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    intents = shop.links.wire.upstreams.pop("payment-intent")
    assert "cannot be confirmed now" in shop.send(link, number="4242424242424242").text
    assert shop.payment(link).json()["status"] == "pending"
    shop.links.wire.upstreams["payment-intent"] = intents
    assert "It is paid" in shop.send(link, number="4242424242424242").text


def test_who_pays_and_who_ends_a_link_at_once_agree(shop: Any) -> None:
    for _ in range(8):
        link = shop.link(shop.intents.add()).json()
        path = f"/api/v1/payment-links/{link['id']}/expire"
        with ThreadPoolExecutor(2) as pool:
            paying = pool.submit(shop.send, link, number="4242424242424242")
            ended = pool.submit(shop.links.post, path).result()
        is_paid = "It is paid" in paying.result().text
        assert (ended.status_code, is_paid) in ((200, False), (409, True))
        assert (shop.payment(link).json()["status"] == "confirmed") == is_paid
        assert shop.links.post(path).status_code == ended.status_code


def test_who_pays_and_who_cancels_the_intent_at_once_agree(
    shop: Any, real_intents: Any
) -> None:
    """Cancelled means that nothing is charged, before and after."""
    for _ in range(8):
        item = {"description": "Cleaning", "unit_price": 4_900}
        wanted = {"currency": "EUR", "items": [item]}
        intent = real_intents.post("/api/v1/payment-intents", json=wanted).json()
        link = shop.link(intent["id"]).json()
        path = f"/api/v1/payment-intents/{intent['id']}/cancel"
        with ThreadPoolExecutor(2) as pool:
            paying = pool.submit(shop.send, link, number="4242424242424242")
            cancelled = pool.submit(real_intents.post, path).result()
        is_paid = "It is paid" in paying.result().text
        assert (cancelled.status_code, is_paid) in ((200, False), (409, True))
        assert (shop.payment(link).json()["status"] == "confirmed") == is_paid
        assert real_intents.post(path).status_code == cancelled.status_code


def test_a_declined_try_frees_the_intent_but_not_what_another_holds(shop: Any) -> None:
    intent = shop.intents.add()
    link = shop.link(intent).json()
    assert "declined" in shop.send(link, number="4000000000000002").text
    assert shop.intents.known[intent]["hold"] is None
    upstreams = shop.links.wire.upstreams
    confirmation = upstreams.pop("payment-confirmation")
    assert "cannot be confirmed now" in shop.send(link, number="4242424242424242").text
    upstreams["payment-confirmation"] = confirmation
    assert shop.intents.known[intent]["hold"]["link_id"] == link["id"]


def test_a_link_is_not_ended_while_nobody_knows_if_it_is_paid(shop: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    path = f"/api/v1/payment-links/{link['id']}/expire"
    upstreams = shop.links.wire.upstreams
    confirmation = upstreams.pop("payment-confirmation")
    assert "cannot be confirmed now" in shop.send(link, number="4242424242424242").text
    assert shop.links.post(path).status_code == 409
    upstreams["payment-confirmation"] = confirmation
    assert "declined" in shop.send(link, number="4000000000000002").text
    assert shop.links.post(path).json()["status"] == "expired"
    assert shop.send(link, number="4242424242424242").status_code == 303
    assert shop.payment(link).json()["status"] == "failed"


def test_a_link_of_another_business_is_not_there(shop: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    path = f"/api/v1/payment-links/{link['id']}"
    assert shop.links.get(path, tenant="t-somebody-else").status_code == 404
    ended = shop.links.post(f"{path}/expire", tenant="t-somebody-else")
    assert ended.status_code == 404
