"""What the provider tells: believed when it is signed, and counted once."""

import itertools
import json
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import psp
from chassis import testing

PATH = "/api/v1/webhooks/stripe"
STATE = ("status", "captured", "refunded", "failure", "amount", "currency", "link_id")


def types(mesh: testing.Mesh) -> list[str]:
    return [each["type"] for each in mesh.published()]


def test_a_payment_that_succeeded_is_confirmed(
    mesh: testing.Mesh, story: Any, send: Any, payment: Any
) -> None:
    answer = send("payment_intent.succeeded", story.intent_of("succeeded"))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"received": True, "duplicate": False}
    found = payment()
    assert found["status"] == "confirmed"
    assert (found["captured"], found["currency"]) == (10_000, "EUR")
    assert found["provider_id"] == story.payment
    assert found["link_id"] == "l-1"
    [event] = mesh.published("payment.confirmed")
    assert event["data"]["minor_units"] == 10_000
    assert event["data"]["intent_id"] == story.intent


@pytest.mark.parametrize("secret", ["whsec_old", "whsec_new"])
def test_both_secrets_count_while_one_is_rolled(
    secret: str, story: Any, send: Any
) -> None:
    thing = story.intent_of("succeeded")
    assert send("payment_intent.succeeded", thing, secret=secret).status_code == 200


@pytest.mark.parametrize(
    "how",
    [
        *("forged", "stale", "of the future", "altered", "moved in time"),
        *("of no scheme", "empty"),
    ],
)
def test_what_is_not_signed_is_refused_and_writes_nothing(
    how: str, mesh: testing.Mesh, story: Any, forged: Any
) -> None:
    body, header = forged(how, story.intent_of("succeeded"))
    headers = {"Stripe-Signature": header}
    answer = mesh.post(PATH, content=body, headers=headers, tenant=None)
    assert answer.status_code == 400
    assert not mesh.calls("database-operations")
    assert mesh.get(f"/api/v1/payments/{story.intent}").status_code == 404


def test_a_provider_without_a_secret_is_believed_nothing(
    mesh: testing.Mesh, story: Any
) -> None:
    body = json.dumps({"data": {"object": story.intent_of("succeeded")}}).encode()
    headers = {"Stripe-Signature": psp.sign(body, "", int(time.time()))}
    for provider in ("stripe", "local"):
        path = f"/api/v1/webhooks/{provider}"
        answer = mesh.post(path, content=body, headers=headers, tenant=None)
        assert answer.status_code == 400


def test_a_provider_that_there_is_none_of_is_not_found(mesh: testing.Mesh) -> None:
    answer = mesh.post("/api/v1/webhooks/paypal", content=b"{}", tenant=None)
    assert answer.status_code == 404
    assert "no provider paypal: stripe" in answer.json()["message"]


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"created": 1}', b"not json"])
def test_a_signed_body_that_is_no_event_is_refused(
    body: bytes, mesh: testing.Mesh
) -> None:
    headers = {"Stripe-Signature": psp.sign(body, "whsec_new", int(time.time()))}
    answer = mesh.post(PATH, content=body, headers=headers, tenant=None)
    assert answer.status_code == 400


def test_an_event_about_no_payment_of_ours_is_taken_and_left(
    mesh: testing.Mesh, story: Any, send: Any
) -> None:
    customer = {"object": "customer", "id": "cus_1"}
    foreign = story.intent_of("succeeded") | {"metadata": {}}
    assert send("customer.created", customer).status_code == 200
    assert send("payment_intent.succeeded", foreign).status_code == 200
    assert not mesh.published()


def test_one_event_delivered_three_times_at_once_changes_state_once(
    mesh: testing.Mesh, story: Any, send: Any, payment: Any
) -> None:
    thing = story.intent_of("succeeded")
    with ThreadPoolExecutor(3) as pool:
        work = [
            pool.submit(send, "payment_intent.succeeded", thing, 1_800_000_000)
            for _ in range(3)
        ]
        answers = [each.result() for each in work]
    assert [each.status_code for each in answers] == [200] * 3
    assert sorted(each.json()["duplicate"] for each in answers) == [False, True, True]
    assert payment()["captured"] == 10_000
    assert types(mesh) == ["payment.confirmed"]


def course(story: Any) -> list[tuple[str, dict[str, Any], int]]:
    """A whole life: declined, authenticated, paid, refunded, one refund fails."""
    asked = story.intent_of("requires_action")
    return [
        ("payment_intent.created", story.intent_of("requires_payment_method"), 100),
        ("payment_intent.payment_failed", story.declined(), 110),
        ("payment_intent.requires_action", asked, 120),
        ("payment_intent.succeeded", story.intent_of("succeeded"), 130),
        ("checkout.session.completed", story.session(), 131),
        ("charge.succeeded", story.charge(), 130),
        ("charge.refunded", story.charge(refunded=2_500), 140),
        ("refund.created", story.refund("re_1", 2_500, "succeeded"), 140),
        ("charge.refunded", story.charge(refunded=4_000), 150),
        ("refund.created", story.refund("re_2", 1_500, "succeeded"), 150),
        ("refund.failed", story.refund("re_2", 1_500, "failed"), 160),
        ("charge.dispute.created", story.dispute("needs_response"), 170),
        ("charge.dispute.closed", story.dispute("won"), 180),
    ]


@given(order=st.permutations(range(13)), repeats=st.lists(st.integers(0, 12)))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_order_of_a_payments_events_ends_alike(
    order: list[int], repeats: list[int], mesh: testing.Mesh, story: Any, send: Any
) -> None:
    one = type(story)(mesh.tenant)
    told = course(one)
    before = len(mesh.published())
    for place in (*order, *repeats[:4]):
        type_, thing, at = told[place]
        assert send(type_, thing, at).status_code == 200
    found = mesh.get(f"/api/v1/payments/{one.intent}").json()
    assert [found[name] for name in STATE] == [
        *("partially_refunded", 10_000, 2_500, None, 10_000, "EUR", "l-1")
    ]
    said = [each["type"] for each in mesh.published()[before:]]
    assert said.count("payment.confirmed") == 1


@pytest.mark.parametrize("dispute", ["needs_response", "under_review", "lost"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_dispute_counts_even_if_it_is_told_before_anything_else(
    dispute: str, is_first: bool, mesh: testing.Mesh, story: Any, send: Any
) -> None:
    paid = ("payment_intent.succeeded", story.intent_of("succeeded"))
    told = [("charge.dispute.created", story.dispute(dispute)), paid]
    for each in told if is_first else told[::-1]:
        assert send(*each).status_code == 200
    found = mesh.get(f"/api/v1/payments/{story.intent}").json()
    assert (found["status"], found["captured"]) == ("disputed", 10_000)
    assert types(mesh).count("payment.disputed") == 1


def test_every_order_of_failure_and_success_ends_paid_and_never_goes_back(
    mesh: testing.Mesh, story: Any, send: Any
) -> None:
    for order in itertools.permutations(range(3)):
        one = type(story)(mesh.tenant)
        told = [
            ("payment_intent.requires_action", one.intent_of("requires_action"), 100),
            ("payment_intent.payment_failed", one.declined(), 110),
            ("payment_intent.succeeded", one.intent_of("succeeded"), 120),
        ]
        was_paid = False
        for place in order:
            send(*told[place])
            found = mesh.get(f"/api/v1/payments/{one.intent}").json()
            was_paid = was_paid or place == 2
            assert (found["status"] == "confirmed") is was_paid


def test_a_decline_is_told_with_its_reason_and_another_try_may_follow(
    mesh: testing.Mesh, story: Any, send: Any, payment: Callable[[], Any]
) -> None:
    send("payment_intent.payment_failed", story.declined("lost_card"), 100)
    assert (payment()["status"], payment()["failure"]) == ("failed", "lost_card")
    [event] = mesh.published("payment.failed")
    assert event["data"]["reason"] == "lost_card"
    asked = story.intent_of("requires_action")
    send("payment_intent.requires_action", asked, 110)
    assert payment()["status"] == "requires_action"
    send("payment_intent.succeeded", story.intent_of("succeeded"), 120)
    assert (payment()["status"], payment()["failure"]) == ("confirmed", None)


@pytest.mark.parametrize(
    ("currency", "said", "minor"),
    [("jpy", 500, 500), ("kwd", 1_000, 1_000), ("isk", 50_000, 500), ("mga", 5, 500)],
)
def test_amounts_are_iso_minor_units_whatever_stripe_writes(
    currency: str, said: int, minor: int, mesh: testing.Mesh, story: Any, send: Any
) -> None:
    story.currency, story.amount = currency, said
    send("payment_intent.succeeded", story.intent_of("succeeded"))
    found = mesh.get(f"/api/v1/payments/{story.intent}").json()
    assert (found["captured"], found["currency"]) == (minor, currency.upper())


def test_a_payment_is_found_by_the_providers_id_too(
    mesh: testing.Mesh, story: Any, send: Any
) -> None:
    send("payment_intent.succeeded", story.intent_of("succeeded"))
    assert mesh.get(f"/api/v1/payments/{story.payment}").json()["id"] == story.intent
    listed = mesh.get("/api/v1/payments").json()["items"]
    assert [each["id"] for each in listed] == [story.intent]


def test_nobody_sees_a_payment_of_another_business(
    mesh: testing.Mesh, story: Any, send: Any
) -> None:
    send("payment_intent.succeeded", story.intent_of("succeeded"))
    stranger = f"t-{uuid.uuid4().hex[:12]}"
    for id in (story.intent, story.payment):
        path = f"/api/v1/payments/{id}"
        assert mesh.get(path, tenant=stranger).status_code == 404
    assert mesh.get("/api/v1/payments", tenant=stranger).json()["items"] == []


def test_a_customer_reads_no_payments_and_gives_nothing_back(
    mesh: testing.Mesh, story: Any, send: Any
) -> None:
    send("payment_intent.succeeded", story.intent_of("succeeded"))
    path = f"/api/v1/payments/{story.intent}"
    for each in ("/api/v1/payments", path):
        assert mesh.get(each, roles=("customer",)).status_code == 403
        assert mesh.get(each, roles=("agent",)).status_code == 200
    for roles in (("customer",), ("agent",)):
        assert mesh.post(f"{path}/refunds", json={}, roles=roles).status_code == 403


def test_an_event_that_is_sent_again_later_and_signed_anew_changes_nothing(
    mesh: testing.Mesh, story: Any
) -> None:
    about = {
        "id": "evt_1",
        "created": 1_800_000_000,
        "type": "payment_intent.succeeded",
    }
    about["data"] = {"object": story.intent_of("succeeded")}
    body, now = json.dumps(about).encode(), int(time.time())
    for age, is_known in ((290, False), (100, True), (0, True)):
        signed = psp.sign(body, "whsec_new", now - age)
        headers = {"Stripe-Signature": f"{signed},v1={'0' * 64},v0=abc"}
        answer = mesh.post(PATH, content=body, headers=headers, tenant=None)
        assert answer.json() == {"received": True, "duplicate": is_known}
    assert types(mesh) == ["payment.confirmed"]


def test_a_refund_that_is_told_before_its_payment_is_counted_once_it_is(
    mesh: testing.Mesh, story: Any, send: Any, payment: Any
) -> None:
    assert send("refund.created", story.refund("re_1", 2_500, "succeeded")).is_success
    assert mesh.get(f"/api/v1/payments/{story.intent}").status_code == 404
    assert types(mesh) == []
    send("charge.refunded", story.charge(refunded=2_500))
    send("payment_intent.succeeded", story.intent_of("succeeded"))
    found = payment()
    assert (found["status"], found["captured"]) == ("partially_refunded", 10_000)
    assert found["refunded"] == 2_500
    assert sorted(types(mesh)) == ["payment.confirmed", "payment.refunded"]
