"""With Stripe: one page, one charge, one refund, whatever fails in between."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis import testing
from contracts.payment.events import LinkExpires, PaymentFailed
from psp import testing as fake


def sold(shop: Any, **intent: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """An intent, its link and the payment at Stripe, of which nothing is told yet."""
    id = shop.intents.add(**intent)
    link = shop.link(id).json()
    return id, link, shop.pay(link)


def test_a_link_leads_to_stripes_page_with_the_intents_amount(stripe_shop: Any) -> None:
    link = stripe_shop.link(stripe_shop.intents.add(total=4_900)).json()
    assert link["provider"] == "stripe"
    [session] = stripe_shop.stripe.every("checkout.session")
    assert (session["amount_total"], session["currency"]) == (4_900, "eur")
    assert session["metadata"]["intent_id"] == link["intent_id"]
    there = stripe_shop.visit(link)
    assert (there.status_code, there.headers["Location"]) == (303, session["url"])
    assert stripe_shop.show(link)["visits"] == 1
    back = stripe_shop.links.get(stripe_shop.path({"url": session["back"]}))
    assert "being confirmed" in back.text


def test_our_own_page_takes_no_card_where_stripe_is_paid_with(stripe_shop: Any) -> None:
    link = stripe_shop.link(stripe_shop.intents.add()).json()
    sent = stripe_shop.send(link, number="4242424242424242")
    assert sent.status_code == 303
    assert stripe_shop.payment(link).json()["status"] == "pending"


def test_amounts_are_those_that_stripe_writes(stripe_shop: Any) -> None:
    for total, currency, written in [(500, "JPY", 500), (500, "ISK", 50_000)]:
        _, link, payment = sold(stripe_shop, total=total, currency=currency)
        assert payment["amount"] == written
        stripe_shop.tell()
        assert stripe_shop.payment(link).json()["captured"] == total


def test_an_amount_that_stripe_refuses_is_told(stripe_shop: Any) -> None:
    small = stripe_shop.link(stripe_shop.intents.add(total=10))
    assert small.status_code == 409
    assert "too small" in small.json()["message"]
    intent = stripe_shop.intents.add(total=1_001, currency="KWD")
    assert stripe_shop.link(intent).status_code == 400
    assert stripe_shop.intents.known[intent]["hold"] is None


def test_a_page_whose_answer_is_lost_is_not_opened_twice(stripe_shop: Any) -> None:
    intent, stripe_shop.stripe.lost = stripe_shop.intents.add(), 1
    assert stripe_shop.link(intent).status_code == 424
    assert stripe_shop.link(intent).status_code == 201
    assert len(stripe_shop.stripe.every("checkout.session")) == 1


def test_a_page_whose_answer_is_no_json_is_not_opened_twice(stripe_shop: Any) -> None:
    intent, stripe_shop.stripe.garbled = stripe_shop.intents.add(), 1
    assert stripe_shop.link(intent).status_code == 424
    assert stripe_shop.link(intent).status_code == 201
    assert len(stripe_shop.stripe.every("checkout.session")) == 1


def test_a_rate_limit_opens_no_breaker_and_promises_nothing(stripe_shop: Any) -> None:
    intent, stripe_shop.stripe.limited = stripe_shop.intents.add(), 12
    limited = [stripe_shop.link(intent) for _ in range(12)]
    assert {each.status_code for each in limited} == {424}
    assert "CIRCUIT_OPEN" not in {each.json()["error_code"] for each in limited}
    assert not stripe_shop.stripe.every("checkout.session")
    assert stripe_shop.link(intent).status_code == 201


def test_a_refund_whose_answer_is_no_json_is_made_once(stripe_shop: Any) -> None:
    intent, link, _ = sold(stripe_shop, total=10_000)
    stripe_shop.tell()
    stripe_shop.stripe.garbled = 1
    assert stripe_shop.refund(intent, "k").json()["status"] == "pending"
    stripe_shop.send_refunds()
    assert len(stripe_shop.stripe.every("refund")) == 1
    assert stripe_shop.payment(link).json()["refunded"] == 10_000
    page = stripe_shop.payments.get(f"/api/v1/payments/{intent}/refunds").json()
    [listed] = page["items"]
    assert (listed["minor_units"], listed["status"]) == (10_000, "succeeded")


def test_a_crash_between_the_call_and_the_commit_makes_one_charge(
    stripe_shop: Any,
) -> None:
    intent, upstreams = stripe_shop.intents.add(), stripe_shop.links.wire.upstreams
    database = upstreams["database-operations"]
    stripe_shop.stripe.meanwhile = lambda: upstreams.pop("database-operations")
    assert stripe_shop.link(intent).status_code == 424
    upstreams["database-operations"] = database
    link = stripe_shop.link(intent).json()
    stripe_shop.pay(link)
    assert len(stripe_shop.stripe.every("checkout.session")) == 1
    assert len(stripe_shop.stripe.every("charge")) == 1


def test_who_ask_at_once_get_one_page(stripe_shop: Any) -> None:
    intent = stripe_shop.intents.add()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: stripe_shop.link(intent), range(4)))
    assert {each.status_code for each in answers} == {201}
    assert len({each.json()["url"] for each in answers}) == 1
    assert len(stripe_shop.stripe.every("checkout.session")) == 1


def test_a_link_that_ends_is_closed_at_stripe_too(stripe_shop: Any) -> None:
    link = stripe_shop.link(stripe_shop.intents.add()).json()
    stripe_shop.links.deliver(LinkExpires(link_id=link["id"]))
    [session] = stripe_shop.stripe.every("checkout.session")
    assert session["status"] == "expired"
    assert stripe_shop.show(link)["status"] == "expired"
    stripe_shop.tell()
    found = stripe_shop.payment(link).json()
    assert (found["status"], found["failure"]) == ("failed", "expired")


def test_a_link_that_is_being_paid_is_not_ended(stripe_shop: Any) -> None:
    intent, link, _ = sold(stripe_shop)
    path = f"/api/v1/payment-links/{link['id']}/expire"
    assert stripe_shop.links.post(path).status_code == 409
    stripe_shop.links.deliver(LinkExpires(link_id=link["id"]))
    assert stripe_shop.show(link)["status"] == "live"
    stripe_shop.tell()
    stripe_shop.pump()
    assert stripe_shop.show(link)["status"] == "paid"
    assert stripe_shop.link(intent).status_code == 409


def test_who_pays_and_who_ends_a_link_at_once_agree(stripe_shop: Any) -> None:
    stripe = stripe_shop.stripe

    def pay(session: dict[str, Any]) -> bool:
        try:
            return bool(stripe.pay(session))
        except fake.No:
            return False

    for _ in range(6):
        link = stripe_shop.link(stripe_shop.intents.add()).json()
        session = stripe.every("checkout.session")[-1]
        path = f"/api/v1/payment-links/{link['id']}/expire"
        with ThreadPoolExecutor(2) as pool:
            ending = pool.submit(stripe_shop.links.post, path)
            paying = pool.submit(pay, session)
        ended, is_paid = ending.result().status_code, paying.result()
        assert (ended, is_paid) in ((200, False), (409, True))
        stripe_shop.tell()
        captured = stripe_shop.payment(link).json()["captured"]
        assert bool(captured) == is_paid
        assert stripe_shop.visit(link).status_code == (200 if ended == 200 else 303)


def test_an_intent_that_can_be_paid_at_stripe_is_held_until_its_link_has_ended(
    stripe_shop: Any,
) -> None:
    intent = stripe_shop.intents.add()
    link = stripe_shop.link(intent).json()
    known = stripe_shop.intents.known[intent]
    until = datetime.fromisoformat(known["hold"]["until"])
    assert until == datetime.fromisoformat(link["expires_at"])
    path = f"/api/v1/payment-links/{link['id']}/expire"
    assert stripe_shop.links.post(path).status_code == 200
    assert known["hold"] is None


def test_no_page_is_opened_for_an_intent_that_was_cancelled_meanwhile(
    stripe_shop: Any,
) -> None:
    intent, stripe_shop.stripe.failing = stripe_shop.intents.add(), 2
    assert stripe_shop.link(intent).status_code == 424
    stripe_shop.intents.known[intent]["status"] = "cancelled"
    assert stripe_shop.link(intent).status_code == 409
    assert stripe_shop.stripe.every("checkout.session") == []


def test_a_link_that_ends_while_its_page_is_opened_has_no_page(
    stripe_shop: Any,
) -> None:
    def end() -> None:
        [made] = stripe_shop.links.published("payment-link.expires")
        path = f"/api/v1/payment-links/{made['data']['link_id']}/expire"
        assert stripe_shop.links.post(path).status_code == 200

    intent = stripe_shop.intents.add()
    stripe_shop.stripe.meanwhile = end
    assert stripe_shop.link(intent).status_code == 409
    [session] = stripe_shop.stripe.every("checkout.session")
    assert session["status"] == "expired"
    assert stripe_shop.intents.known[intent]["hold"] is None


def test_a_link_whose_end_was_cut_off_is_ended_by_the_next_try(
    stripe_shop: Any,
) -> None:
    link = stripe_shop.link(stripe_shop.intents.add()).json()
    upstreams = stripe_shop.links.wire.upstreams
    database = upstreams["database-operations"]
    stripe_shop.stripe.meanwhile = lambda: upstreams.pop("database-operations")
    path = f"/api/v1/payment-links/{link['id']}/expire"
    assert stripe_shop.links.post(path).status_code == 424
    upstreams["database-operations"] = database
    assert stripe_shop.show(link)["status"] == "live"
    assert stripe_shop.links.post(path).json()["status"] == "expired"


def test_while_stripe_is_down_nothing_is_promised_and_it_recovers_alone(
    stripe_shop: Any,
) -> None:
    intent, stripe_shop.stripe.failing = stripe_shop.intents.add(), 10**6

    def refused() -> str:
        answer = stripe_shop.link(intent)
        assert answer.status_code == 424
        return str(answer.json()["error_code"])

    assert testing.until(lambda: refused() == "CIRCUIT_OPEN")
    assert not stripe_shop.stripe.every("checkout.session")
    stripe_shop.stripe.failing = 0
    made = testing.until(lambda: stripe_shop.link(intent).status_code == 201)
    assert made


@given(order=st.permutations(range(9)))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_stripe_tells_of_a_payment_ends_alike_in_any_order(
    order: list[int], stripe_shop: Any
) -> None:
    _, link, payment = sold(stripe_shop, total=10_000)
    stripe_shop.stripe.refund(payment["id"], 2_000, {})
    stripe_shop.stripe.refund(payment["id"], 1_500, {})
    stripe_shop.stripe.dispute(payment["id"])
    news = stripe_shop.stripe.events[stripe_shop.told :]
    stripe_shop.told = len(stripe_shop.stripe.events)
    shuffled = [news[place] for place in order if place < len(news)]
    stripe_shop.tell(*shuffled)
    found = stripe_shop.payment(link).json()
    assert (found["status"], found["link_id"]) == ("disputed", link["id"])
    assert (found["captured"], found["refunded"]) == (10_000, 3_500)


def test_a_refund_goes_through_once_for_its_key(stripe_shop: Any) -> None:
    intent, link, _ = sold(stripe_shop, total=10_000)
    stripe_shop.tell()
    key = uuid.uuid4().hex
    first = stripe_shop.refund(intent, key, minor_units=3_000, reason="too long")
    again = stripe_shop.refund(intent, key, minor_units=3_000, reason="too long")
    assert first.status_code == 201, first.text
    assert first.json()["status"] == "succeeded"
    assert again.json() == first.json()
    assert stripe_shop.refund(intent, key, minor_units=1).status_code == 409
    assert len(stripe_shop.stripe.every("refund")) == 1
    found = stripe_shop.payment(link).json()
    assert (found["status"], found["refunded"]) == ("partially_refunded", 3_000)
    gone = {name: first.json()[name] for name in ("id", "minor_units", "status")}
    assert found["refunds"] == [gone]
    stripe_shop.tell()
    assert stripe_shop.payment(link).json()["refunds"] == [gone]
    assert stripe_shop.payment(link).json()["refunded"] == 3_000
    assert len(stripe_shop.payments.published("payment.refunded")) == 1
    rest = stripe_shop.refund(intent)
    assert rest.json()["minor_units"] == 7_000
    assert stripe_shop.payment(link).json()["status"] == "refunded"
    assert stripe_shop.refund(intent).status_code == 409


def test_partial_refunds_at_once_never_exceed_what_was_captured(
    stripe_shop: Any,
) -> None:
    intent, link, _ = sold(stripe_shop, total=10_000)
    stripe_shop.tell()
    with ThreadPoolExecutor(4) as pool:
        work = [
            pool.submit(stripe_shop.refund, intent, minor_units=4_000) for _ in range(4)
        ]
        answers = [each.result() for each in work]
    assert sorted(each.status_code for each in answers) == [201, 201, 409, 409]
    assert len(stripe_shop.stripe.every("refund")) == 2
    assert stripe_shop.payment(link).json()["refunded"] == 8_000


@pytest.mark.parametrize("how", ["the answer is lost", "the database goes away"])
def test_a_refund_that_was_cut_off_is_made_once(how: str, stripe_shop: Any) -> None:
    intent, link, _ = sold(stripe_shop, total=10_000)
    stripe_shop.tell()
    upstreams = stripe_shop.links.wire.upstreams
    database = upstreams["database-operations"]
    if how == "the answer is lost":
        stripe_shop.stripe.lost = 1
    else:
        stripe_shop.stripe.meanwhile = lambda: upstreams.pop("database-operations")
    key = uuid.uuid4().hex
    first = stripe_shop.refund(intent, key, minor_units=6_000)
    assert first.status_code == (201 if how == "the answer is lost" else 424)
    upstreams["database-operations"] = database
    assert stripe_shop.refund(intent, minor_units=6_000).status_code == 409
    assert stripe_shop.refund(intent, key, minor_units=6_000).status_code == 201
    stripe_shop.send_refunds()
    assert len(stripe_shop.stripe.every("refund")) == 1
    assert stripe_shop.payment(link).json()["refunded"] == 6_000


def test_a_refund_while_stripe_is_away_is_promised_and_made_later(
    stripe_shop: Any,
) -> None:
    intent, link, _ = sold(stripe_shop, total=10_000)
    stripe_shop.tell()
    stripe_shop.stripe.failing = 1
    key = uuid.uuid4().hex
    answer = stripe_shop.refund(intent, key, minor_units=6_000)
    assert (answer.status_code, answer.json()["status"]) == (201, "pending")
    place = answer.headers["Location"]
    assert stripe_shop.payments.get(place).json()["status"] == "pending"
    [due] = stripe_shop.payments.published("payment.refund-due")
    assert due["data"]["payment_id"] == intent
    assert datetime.fromisoformat(due["deliver_at"]) > datetime.now(UTC)
    for _ in range(2):
        stripe_shop.send_refunds()
    assert len(stripe_shop.stripe.every("refund")) == 1
    found = stripe_shop.payments.get(place).json()
    assert (found["status"], found["minor_units"]) == ("succeeded", 6_000)
    assert stripe_shop.payment(link).json()["refunded"] == 6_000
    assert len(stripe_shop.payments.published("payment.refunded")) == 1
    assert stripe_shop.payments.get(f"{place}x").status_code == 404


def test_a_promised_refund_that_stripe_refuses_in_the_end_is_taken_back(
    stripe_shop: Any,
) -> None:
    intent, link, payment = sold(stripe_shop, total=10_000)
    stripe_shop.tell()
    stripe_shop.stripe.failing = 1
    place = stripe_shop.refund(intent, minor_units=6_000).headers["Location"]
    stripe_shop.stripe.refund(payment["id"], 8_000, {})
    stripe_shop.send_refunds()
    assert stripe_shop.payments.get(place).json()["status"] == "failed"
    assert stripe_shop.payment(link).json()["refunded"] == 8_000
    assert stripe_shop.refund(intent).json()["minor_units"] == 2_000


def test_a_refund_that_stripe_has_no_amount_for_is_taken_back(stripe_shop: Any) -> None:
    intent, link, _ = sold(stripe_shop, total=10_000, currency="KWD")
    stripe_shop.tell()
    assert stripe_shop.refund(intent, minor_units=1_001).status_code == 400
    assert stripe_shop.refund(intent).json()["minor_units"] == 10_000
    assert stripe_shop.payment(link).json()["status"] == "refunded"


def test_what_is_refunded_at_stripe_by_hand_is_never_sent_again(
    stripe_shop: Any,
) -> None:
    _, _, payment = sold(stripe_shop, total=10_000)
    by_hand = stripe_shop.stripe.refund(payment["id"], 1_000, {})
    by_hand["status"] = "pending"
    stripe_shop.tell(("refund.updated", by_hand))
    assert not stripe_shop.payments.published("payment.refund-due")


def test_a_refund_that_stripe_refuses_is_taken_back(stripe_shop: Any) -> None:
    intent, link, payment = sold(stripe_shop, total=10_000)
    stripe_shop.tell()
    by_hand = stripe_shop.stripe.refund(payment["id"], 8_000, {})
    refused = stripe_shop.refund(intent, minor_units=5_000)
    assert refused.status_code == 409
    assert stripe_shop.payment(link).json()["refunded"] == 0
    stripe_shop.tell()
    assert stripe_shop.payment(link).json()["refunded"] == by_hand["amount"]
    assert stripe_shop.refund(intent, minor_units=2_000).status_code == 201
    assert stripe_shop.payment(link).json()["status"] == "refunded"


def test_what_was_missed_is_found_by_asking_stripe(stripe_shop: Any) -> None:
    intent, link, payment = sold(stripe_shop, total=10_000)
    stripe_shop.stripe.refund(payment["id"], 1_000, {})
    assert stripe_shop.payment(link).json()["status"] == "pending"
    path = f"/api/v1/payments/{intent}/reconcile"
    assert stripe_shop.payments.post(path, roles=("customer",)).status_code == 403
    found = stripe_shop.payments.post(path).json()
    assert (found["captured"], found["refunded"]) == (10_000, 1_000)
    stripe_shop.stripe.dispute(payment["id"])
    assert stripe_shop.payments.post(path).json()["status"] == "disputed"
    count = len(stripe_shop.payments.published())
    stripe_shop.tell()
    assert len(stripe_shop.payments.published()) == count


def test_a_promised_refund_that_was_never_sent_is_sent_by_reconciling(
    stripe_shop: Any,
) -> None:
    intent, _, _ = sold(stripe_shop, total=10_000)
    stripe_shop.tell()
    stripe_shop.stripe.failing = 1
    assert stripe_shop.refund(intent, minor_units=6_000).json()["status"] == "pending"
    path = f"/api/v1/payments/{intent}/reconcile"
    for _ in range(2):
        found = stripe_shop.payments.post(path).json()
        assert (found["status"], found["refunded"]) == ("partially_refunded", 6_000)
    assert len(stripe_shop.stripe.every("refund")) == 1


def test_another_business_reconciles_nothing_of_this_one(stripe_shop: Any) -> None:
    intent, _, payment = sold(stripe_shop)
    path = f"/api/v1/payments/{intent}/reconcile"
    answer = stripe_shop.payments.post(path, tenant="t-somebody-else")
    assert answer.status_code == 404
    stripe_shop.tell()
    for id in (intent, payment["id"]):
        path = f"/api/v1/payments/{id}"
        there = stripe_shop.payments.get(path, tenant="t-somebody-else")
        assert there.status_code == 404


def test_what_is_disputed_is_not_given_back_twice(stripe_shop: Any) -> None:
    """The bank takes it back by itself; if the business wins, it may be refunded."""
    intent, link, payment = sold(stripe_shop, total=10_000)
    stripe_shop.tell()
    dispute = stripe_shop.stripe.dispute(payment["id"])
    stripe_shop.tell()
    for minor_units in (4_000, 10_000):
        refused = stripe_shop.refund(intent, minor_units=minor_units)
        assert refused.status_code == 409
        assert "charged back" in refused.json()["message"]
    found = stripe_shop.payment(link).json()
    assert (found["status"], found["refunded"]) == ("disputed", 0)
    dispute["status"] = "won"
    stripe_shop.tell(("charge.dispute.closed", dispute))
    assert stripe_shop.payment(link).json()["status"] == "confirmed"
    assert stripe_shop.refund(intent).json()["minor_units"] == 10_000
    assert len(stripe_shop.stripe.every("refund")) == 1


def test_a_dispute_while_a_refund_waits_takes_the_promise_back(
    stripe_shop: Any,
) -> None:
    intent, link, payment = sold(stripe_shop, total=10_000)
    stripe_shop.tell()
    stripe_shop.stripe.failing = 1
    assert stripe_shop.refund(intent).json()["status"] == "pending"
    stripe_shop.stripe.dispute(payment["id"])
    stripe_shop.send_refunds()
    found = stripe_shop.payment(link).json()
    assert (found["status"], found["refunded"]) == ("disputed", 0)
    assert [each["status"] for each in found["refunds"]] == ["failed"]
    assert not stripe_shop.stripe.every("refund")


def test_who_comes_back_from_a_declined_card_is_not_thanked(
    stripe_shop: Any, message: Any
) -> None:
    link = stripe_shop.link(stripe_shop.intents.add()).json()
    stripe_shop.links.deliver(
        PaymentFailed(
            payment_id=link["payment_id"],
            intent_id=link["intent_id"],
            link_id=link["id"],
            minor_units=4_900,
            currency="EUR",
            reason="generic_decline",
        )
    )
    back = f"{stripe_shop.path(link)}?paid=true"
    page = stripe_shop.links.get(back, tenant=None)
    assert "not confirmed" in message(page)
    assert "Thank you" not in page.text
    assert stripe_shop.visit(link).status_code == 303


def test_money_that_comes_for_a_link_that_has_ended_is_counted_and_shown(
    stripe_shop: Any,
) -> None:
    """Stripe takes none; should it say that it did, nobody is left unaware."""
    intent, link, _ = sold(stripe_shop)
    [session] = stripe_shop.stripe.every("checkout.session")
    session["status"] = "open"
    path = f"/api/v1/payment-links/{link['id']}/expire"
    assert stripe_shop.links.post(path).json()["status"] == "expired"
    stripe_shop.tell()
    stripe_shop.pump()
    assert stripe_shop.show(link)["status"] == "paid"
    assert stripe_shop.payment(link).json()["captured"] == 4_900
    assert stripe_shop.link(intent).status_code == 409
    assert stripe_shop.refund(intent).json()["minor_units"] == 4_900
