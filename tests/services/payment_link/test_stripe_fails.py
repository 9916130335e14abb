"""Whatever fails on the way to Stripe or back: told, charged once, and over by itself.

Each row is one failure, of everything that Stripe is asked while it lasts.
"""

from collections.abc import Callable
from typing import Any

import pytest

from chassis import testing

# What fails, the status that who asks for a link is told, and whether it may be that
# Stripe has done what it was asked.
FAILURES = [
    ("refused", 424, "not done"),
    ("reset", 424, "not done"),
    ("silent", 424, "not done"),
    ("409", 424, "not done"),
    ("429", 424, "not done"),
    ("429, later", 424, "not done"),
    ("500", 424, "not done"),
    ("503", 424, "not done"),
    ("401", 424, "not done"),
    ("403", 424, "not done"),
    ("a page", 424, "not done"),
    ("a loop", 424, "not done"),
    ("huge", 424, "not done"),
    ("no JSON object", 424, "not done"),
    ("null", 424, "not done"),
    ("another shape", 424, "not done"),
    ("an empty object", 424, "not done"),
    ("nothing", 424, "not done"),
    ("lost", 424, "done"),
    ("half", 424, "done"),
    ("torn", 424, "done"),
    ("stalls", 424, "done"),
    ("drips", 424, "done"),
]
NAMES = [name for name, *_ in FAILURES]


def recovered(shop: Any, intent: str) -> dict[str, Any]:
    """The link, once the breaker and what was asked to be waited for are over."""
    answers: list[Any] = []

    def is_made() -> bool:
        answers.append(shop.link(intent))
        return bool(answers[-1].status_code == 201)

    assert testing.until(is_made), answers[-1].text
    return dict(answers[-1].json())


@pytest.mark.parametrize(("how", "status", "work"), FAILURES, ids=NAMES)
def test_a_link_is_one_page_and_one_charge(
    how: str, status: int, work: str, troubled: Any
) -> None:
    intent = troubled.intents.add()
    with troubled.trouble.fails(how):
        failed = troubled.link(intent)
    assert failed.status_code == status, failed.text
    assert failed.json()["error"] != "internal_error", failed.text
    assert "sk_test" not in failed.text
    made = len(troubled.stripe.every("checkout.session"))
    assert made == (1 if work == "done" else 0)
    link = recovered(troubled, intent)
    troubled.pay(link)
    troubled.tell()
    assert len(troubled.stripe.every("checkout.session")) == 1
    assert len(troubled.stripe.every("charge")) == 1
    assert troubled.payment(link).json()["captured"] == 4_900


@pytest.mark.parametrize(("how", "status", "work"), FAILURES, ids=NAMES)
def test_a_refund_is_promised_and_made_once(
    how: str, status: int, work: str, troubled: Any
) -> None:
    intent = troubled.intents.add(total=10_000)
    link = troubled.link(intent).json()
    troubled.pay(link)
    troubled.tell()
    with troubled.trouble.fails(how):
        for _ in range(2):
            asked = troubled.refund(intent, "k", minor_units=6_000)
            assert asked.status_code == 201, asked.text
            assert asked.json()["status"] == "pending"
        assert troubled.refund(intent, minor_units=6_000).status_code == 409
    made = len(troubled.stripe.every("refund"))
    assert made == (1 if work == "done" else 0)

    def is_made() -> bool:
        path = f"/api/v1/payments/{intent}/reconcile"
        return bool(troubled.payments.post(path).status_code == 200)

    assert testing.until(is_made)
    troubled.tell()
    assert len(troubled.stripe.every("refund")) == 1
    assert troubled.payment(link).json()["refunded"] == 6_000
    page = troubled.payments.get(f"/api/v1/payments/{intent}/refunds").json()
    [listed] = page["items"]
    assert (listed["minor_units"], listed["status"]) == (6_000, "succeeded")


SESSION = {"id": "cs_x", "object": "checkout.session", "status": "open"}
SESSION |= {"url": "https://checkout.example/cs_x", "amount_total": 4_900}
REFUND = {"id": "re_x", "object": "refund", "status": "succeeded", "currency": "eur"}
REFUND |= {"amount": 6_000, "payment_intent": "pi_x", "metadata": {}}
Answer = Callable[..., bytes]


@pytest.mark.parametrize(
    "wrong",
    [
        {"metadata": {"link_id": "another's"}},
        {"amount_total": 1},
        {"url": "javascript:alert(1)"},
        {"url": None, "status": "expired"},
        {"object": "payment_link"},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_a_page_of_another_sale_is_nobodys_link(
    wrong: dict[str, Any], troubled: Any, answering: Answer
) -> None:
    intent = troubled.intents.add(total=4_900)
    with troubled.trouble.fails("503"):
        troubled.link(intent)
    [link] = troubled.links.get("/api/v1/payment-links").json()["items"]
    ours = {"tenant": troubled.links.tenant, "intent_id": intent, "link_id": link["id"]}
    with troubled.trouble.fails(answering(SESSION | {"metadata": ours} | wrong)):
        assert troubled.link(intent).status_code == 424
    assert "<form" not in troubled.visit(link).text
    assert troubled.send(link, number="4242424242424242").status_code == 303
    assert not troubled.stripe.every("charge")
    assert recovered(troubled, intent)["id"] == link["id"]


def test_an_answer_about_another_refund_gives_nothing_back(
    troubled: Any, answering: Answer
) -> None:
    intent = troubled.intents.add(total=10_000)
    link = troubled.link(intent).json()
    payment = troubled.pay(link)["id"]
    troubled.tell()
    for wrong in (REFUND, REFUND | {"payment_intent": payment}):
        with troubled.trouble.fails(answering(wrong)):
            asked = troubled.refund(intent, "k", minor_units=6_000)
            assert asked.json()["status"] == "pending"
    assert troubled.payment(link).json()["refunded"] == 0
    assert not troubled.stripe.every("refund")
    troubled.send_refunds()
    assert troubled.payment(link).json()["refunded"] == 6_000
    assert len(troubled.stripe.every("refund")) == 1


@pytest.mark.parametrize("address", ["a name that is none", "no certificate"])
def test_an_address_that_cannot_be_reached_is_told_and_charges_nothing(
    address: str, unreachable: Callable[[Any], Any]
) -> None:
    def before(url: str) -> str:
        there = {"a name that is none": "http://no.such.invalid"}
        return there.get(address, url.replace("http:", "https:"))

    with unreachable(before) as shop:
        intent = shop.intents.add()
        failed = shop.link(intent)
        assert (failed.status_code, failed.json()["error"]) == (
            *(424, "external_service_error"),
        )
        assert not shop.stripe.things
