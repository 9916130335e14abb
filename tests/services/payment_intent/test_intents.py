"""Intents: added up exactly, by the rules of their making."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.payment.events import PaymentConfirmed, PaymentRefunded
from contracts.payment.money import Money

PATH = "/api/v1/payment-intents"
ITEM = {"description": "Cleaning", "unit_price": 1000}


EXACT = 2**53 - 1  # the largest whole number that every reader of JSON has exactly


def test_an_amount_is_one_that_every_reader_of_json_has_exactly() -> None:
    assert Money(minor_units=EXACT, currency="EUR").minor_units == EXACT
    with pytest.raises(ValidationError):
        Money(minor_units=EXACT + 1, currency="EUR")


def create(business: Any, **given: Any) -> Any:
    asked = {"currency": "EUR", "items": [ITEM]} | given
    headers = {"Idempotency-Key": given.pop("key")} if "key" in given else {}
    asked.pop("key", None)
    return business.post(PATH, json=asked, headers=headers, roles=("customer",))


def made(business: Any, **given: Any) -> dict[str, Any]:
    answer = create(business, **given)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_an_intent_adds_up_items_discounts_fees_and_tax(business, rules):
    tax = {"name": "VAT", "basis_points": 1900, "inclusive": False}
    rules(
        fees=[
            {"name": "card fee", "basis_points": 150, "fixed": 25, "currency": "EUR"}
        ],
        tax=tax,
    )
    items = [ITEM | {"quantity": 3}, {"description": "Brush", "unit_price": 333}]
    discounts = [
        {"name": "Ten percent", "basis_points": 1000},
        {"name": "Coupon", "minor_units": 100},
    ]
    intent = made(business, items=items, discounts=discounts)
    assert intent["subtotal"] == 3333
    assert intent["discount"] == 333 + 100
    assert intent["fee"] == 25 + 44  # 1.5 % of 2900 is 43.5
    assert intent["tax"] == 551
    assert intent["total"] == 2900 + 69 + 551
    assert intent["payee"] == "Smile Dental"
    assert [line["amount"] for line in intent["lines"]] == [3000, 333]
    assert sum(line["discount"] for line in intent["lines"]) == 433


def test_discounts_are_shared_out_to_the_minor_unit(business):
    thirds = [{"description": name, "unit_price": 100} for name in "abc"]
    coupon = [{"name": "Coupon", "minor_units": 100}]
    intent = made(business, items=thirds, discounts=coupon)
    assert [line["discount"] for line in intent["lines"]] == [34, 33, 33]


@pytest.mark.parametrize(
    ("currency", "price", "total"), [("JPY", 500, 500), ("KWD", 1250, 1250)]
)
def test_currencies_without_and_with_three_decimals_are_exact(
    business, currency, price, total
):
    items = [{"description": "Tea", "unit_price": price}]
    assert made(business, currency=currency, items=items)["total"] == total


def test_a_total_that_no_card_is_charged_is_rounded_down_and_says_so(business, rules):
    rules(tax={"name": "VAT", "basis_points": 500, "inclusive": False})
    items = [{"description": "Tea", "unit_price": 1250}]
    intent = made(business, currency="KWD", items=items)
    assert (intent["tax"], intent["rounding"], intent["total"]) == (63, -3, 1310)
    assert intent["subtotal"] + intent["tax"] + intent["rounding"] == intent["total"]
    tiny = create(business, currency="KWD", items=[items[0] | {"unit_price": 5}])
    assert tiny.status_code == 400
    assert "10 minor units" in tiny.json()["message"]
    assert made(business)["rounding"] == 0


def hold(business: Any, id: str, what: str, minutes: int) -> Any:
    until = datetime(2100, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    given = {"link_id": "l1", "until": until.isoformat()}
    return business.post(f"{PATH}/{id}/{what}", json=given, roles=("service",))


def test_an_intent_that_may_be_being_paid_is_not_cancelled(business):
    id = made(business)["id"]
    for minutes in (2, 1):
        assert hold(business, id, "hold", minutes).json()["status"] == "open"
    refused = business.post(f"{PATH}/{id}/cancel")
    assert refused.status_code == 409
    assert "expire its link l1 first" in refused.json()["message"]
    hold(business, id, "let-go", 1)  # another's
    assert business.post(f"{PATH}/{id}/cancel").status_code == 409
    hold(business, id, "let-go", 2)
    assert business.post(f"{PATH}/{id}/cancel").json()["status"] == "cancelled"
    assert hold(business, id, "hold", 3).json()["status"] == "cancelled"


def test_of_who_holds_and_who_cancels_at_once_one_is_first(business):
    for _ in range(6):
        id = made(business)["id"]
        with ThreadPoolExecutor(2) as pool:
            holding = pool.submit(hold, business, id, "hold", 1)
            cancelled = business.post(f"{PATH}/{id}/cancel").status_code
        held = holding.result().json()["status"]
        assert (cancelled, held) in ((200, "cancelled"), (409, "open"))


def test_an_intent_keeps_the_rules_it_was_made_with(business, rules):
    rules(fees=[{"name": "fee", "fixed": 10, "currency": "EUR"}])
    old = made(business)
    rules(fees=[{"name": "fee", "fixed": 99, "currency": "EUR"}])
    again = business.get(f"{PATH}/{old['id']}").json()
    assert (again["fee"], again["rules_version"]) == (10, 1)
    assert made(business)["rules_version"] == 2


def test_an_intent_has_an_address_and_is_its_business_s_alone(business):
    answer = create(business)
    place = answer.headers["Location"]
    assert place == f"{PATH}/{answer.json()['id']}"
    assert business.get(place).json() == answer.json()
    assert business.get(place, tenant="another").status_code == 404
    assert business.post(f"{place}/cancel", tenant="another").status_code == 404


def test_the_same_key_is_the_same_intent_and_another_body_under_it_a_conflict(business):
    first, again = made(business, key="k1"), made(business, key="k1")
    assert first["id"] == again["id"]
    assert create(business, key="k1", currency="JPY").status_code == 409


def test_a_cancelled_intent_stays_cancelled(business):
    place = f"{PATH}/{made(business)['id']}"
    for _ in range(2):
        assert business.post(f"{place}/cancel").json()["status"] == "cancelled"
    assert business.get(place).json()["status"] == "cancelled"


def event(kind: Any, intent: Any, **more: Any) -> Any:
    about = {"payment_id": intent["id"], "intent_id": intent["id"], "link_id": "l1"}
    money = {"minor_units": intent["total"], "currency": "EUR"}
    return kind(**about | money | more)


def test_an_intent_is_paid_when_its_money_has_come_also_after_it_was_given_up(business):
    for given_up in (False, True):
        intent = made(business)
        place = f"{PATH}/{intent['id']}"
        if given_up:
            business.post(f"{place}/cancel")
        business.deliver(event(PaymentConfirmed, intent))
        assert business.get(place).json()["status"] == "paid"
        assert business.post(f"{place}/cancel").status_code == 409


def test_less_than_its_total_or_another_currency_does_not_pay_an_intent(business):
    for short in ({"minor_units": 1, "captured": 1}, {"currency": "JPY"}):
        intent = made(business)
        business.deliver(event(PaymentConfirmed, intent, **short))
        assert business.get(f"{PATH}/{intent['id']}").json()["status"] == "open"
        rest = {"minor_units": intent["total"] - 1, "captured": intent["total"]}
        business.deliver(event(PaymentConfirmed, intent, **rest))
        assert business.get(f"{PATH}/{intent['id']}").json()["status"] == "paid"


def test_who_cancels_an_intent_tells_so(business):
    id = made(business)["id"]
    business.post(f"{PATH}/{id}/cancel")
    [told] = business.published("payment-intent.cancelled")
    assert told["data"]["intent_id"] == id


def test_no_order_of_events_takes_a_refunded_intent_back(business):
    for order in permutations(("paid", "half", "all")):
        intent = made(business)
        events = {
            "paid": event(PaymentConfirmed, intent),
            "half": event(PaymentRefunded, intent, minor_units=500, refunded=500),
            "all": event(PaymentRefunded, intent, minor_units=500, refunded=1000),
        }
        for name in order:
            business.deliver(events[name])
        assert business.get(f"{PATH}/{intent['id']}").json()["status"] == "refunded"


def test_a_refund_of_a_part_leaves_an_intent_paid(business):
    intent = made(business)
    business.deliver(event(PaymentConfirmed, intent))
    business.deliver(event(PaymentRefunded, intent, minor_units=1, refunded=1))
    assert business.get(f"{PATH}/{intent['id']}").json()["status"] == "paid"


@pytest.mark.parametrize(
    "given",
    [
        {"currency": "XAU"},
        {"currency": "DEM"},
        {"items": [ITEM | {"unit_price": 0}]},
        {"discounts": [{"name": "All of it", "basis_points": 10_000}]},
        {"discounts": [{"name": "More", "minor_units": 99_999}]},
        {"discounts": [{"name": "Both", "basis_points": 1, "minor_units": 1}]},
        {"items": [ITEM | {"unit_price": 2**53 - 1, "quantity": 2}]},
        {"method": "cash"},
    ],
)
def test_what_cannot_be_paid_is_refused(business, given):
    assert create(business, **given).status_code == 400


def test_an_amount_beyond_what_can_be_paid_is_refused_with_the_largest(business):
    refused = create(business, items=[ITEM | {"unit_price": 9_999_999_999_900}])
    assert refused.status_code == 400
    assert refused.json()["additional_data"]["most"] == 99_999_999


@pytest.mark.parametrize(
    "given",
    [
        {"items": []},
        {"items": [ITEM | {"unit_price": 10.5}]},
        {"items": [ITEM | {"unit_price": -1}]},
        {"items": [ITEM | {"quantity": 0}]},
        {"total": 1},
    ],
)
def test_what_is_no_intent_is_malformed(business, given):
    assert create(business, **given).status_code == 422


def test_without_the_rules_nothing_is_priced(opened):
    with opened(payment_configuration=None) as business:
        assert create(business).status_code == 424
        assert business.published() == []


def test_the_staff_lists_intents_and_customers_do_not(business):
    made(business), made(business)
    assert len(business.get(PATH, roles=("agent",)).json()["items"]) == 2
    assert business.get(PATH, roles=("customer",)).status_code == 403


def test_a_customer_sees_and_cancels_its_own_alone(business):
    path = f"{PATH}/{made(business)['id']}"
    own, other = ({"roles": ("customer",), "subject": name} for name in ("u1", "u2"))
    assert business.get(path, **other).status_code == 404
    assert business.post(f"{path}/cancel", **other).status_code == 404
    assert business.get(path, **own).json()["subject"] == "u1"
    assert business.post(f"{path}/cancel", **own).json()["status"] == "cancelled"
    assert business.get(path, subject="clerk").status_code == 200
