"""Rules: checked when they are made, never changed, and applied by their version."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from chassis.testing import Mesh, mesh
from contracts.infrastructure.events import BusinessRegistered
from services.payment.payment_configuration.app import app

PATH, QUOTE = "/api/v1/payment-configuration", "/api/v1/fees/quote"
RULES: dict[str, Any] = {
    "payee": "Smile Dental",
    "default_currency": "EUR",
    "currencies": ["EUR", "JPY", "KWD"],
    "methods": ["card", "transfer"],
    "fees": [{"name": "card fee", "methods": ["card"], "basis_points": 150}],
}


@pytest.fixture
def business(database: Any) -> Iterator[Mesh]:
    with mesh(app, upstreams={"database-operations": database}) as running:
        yield running


def put(business: Mesh, **changes: Any) -> Any:
    return business.put(PATH, json=RULES | changes)


def quote(
    business: Mesh, amount: int = 1000, currency: str = "EUR", **more: Any
) -> Any:
    asked = {"amount": {"minor_units": amount, "currency": currency}} | more
    return business.post(QUOTE, json=asked, roles=("customer",))


def test_a_business_that_set_no_rules_takes_cards_without_fees(business):
    made = quote(business, 500, "JPY").json()
    assert (made["total"], made["fee"], made["version"]) == (500, 0, 0)
    assert business.get(PATH).json()["version"] == 0


def test_a_business_that_set_no_rules_is_paid_by_its_name(business):
    business.deliver(BusinessRegistered(business="Bright Dental"))
    known = business.get(PATH).json()
    assert (known["payee"], known["version"]) == ("Bright Dental", 0)
    assert quote(business, version=0).json()["payee"] == "Bright Dental"
    assert put(business).json()["version"] == 1
    business.deliver(BusinessRegistered(business="Bright Dental"))
    assert business.get(PATH).json()["payee"] == "Smile Dental"
    assert quote(business, version=0).json()["payee"] == "Bright Dental"


def test_the_first_rules_can_be_set_while_the_business_is_being_named(business):
    """Neither waits for the other, whichever is first."""
    named = BusinessRegistered(business="Bright Dental")
    for number in range(6):
        new = replace(business, tenant=f"{business.tenant}-{number}")
        with ThreadPoolExecutor(1) as pool:
            naming = pool.submit(new.deliver, named)
            answer = put(new)
            naming.result()
        assert (answer.status_code, answer.json()["version"]) == (200, 1)
        assert new.get(PATH).json()["payee"] == "Smile Dental"


def test_a_change_answers_the_version_that_the_next_one_may_name(business):
    for _ in range(2):
        written = put(business)
        assert written.headers["ETag"] == business.get(PATH).headers["ETag"]
    seen = {"If-Match": written.headers["ETag"]}
    answers = [business.put(PATH, json=RULES, headers=seen) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 412]


def test_rules_that_are_changed_are_the_next_version_and_the_old_ones_stay(business):
    assert put(business).json()["version"] == 1
    assert put(business, fees=[], payee="Bright Dental").json()["version"] == 2
    assert business.get(PATH).json()["payee"] == "Bright Dental"
    assert business.get(f"{PATH}/versions/1").json()["payee"] == "Smile Dental"
    assert business.get(f"{PATH}/versions/3").status_code == 404


def test_a_quote_is_by_the_newest_rules_or_by_those_of_a_version(business):
    put(business)
    put(business, fees=[])
    assert quote(business).json()["total"] == 1000
    assert quote(business, version=1).json()["total"] == 1015
    assert quote(business, version=0).json()["total"] == 1000
    assert quote(business, version=9).status_code == 404


def test_rules_that_somebody_else_changed_meanwhile_are_not_overwritten(business):
    put(business)
    seen = business.get(PATH).headers["ETag"]
    put(business, payee="Bright Dental")
    late = business.put(PATH, json=RULES, headers={"If-Match": seen})
    assert late.status_code == 412
    assert business.get(PATH).json()["payee"] == "Bright Dental"


def test_a_repeated_change_is_one_version(business):
    key = {"headers": {"Idempotency-Key": "k1"}, "json": RULES}
    again = [business.put(PATH, **key).json()["version"] for _ in range(2)]
    assert again == [1, 1]


def test_rules_are_a_business_s_own_and_only_its_managers_make_them(business):
    put(business)
    assert business.get(PATH, tenant="another").json()["version"] == 0
    for roles in (("customer",), ("agent",)):
        assert business.put(PATH, json=RULES, roles=roles).status_code == 403
    old = f"{PATH}/versions/1"
    assert business.get(old, roles=("customer",)).status_code == 403
    assert business.get(PATH, tenant=None).status_code == 401


TIERS = "tiers"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"currencies": ["EUR", "XAU"]}, "currencies: XAU"),
        ({"currencies": ["EUR", "DEM"]}, "currencies: DEM"),
        ({"currencies": ["EUR", "EUR"]}, "currencies: EUR is there twice"),
        ({"methods": ["card", "card"]}, "methods: card is there twice"),
        ({"default_currency": "USD"}, "default_currency: USD"),
        ({"limits": {"USD": {}}}, "limits: USD"),
        ({"limits": {"EUR": {"least": 10, "most": 9}}}, "least, 10, is above the most"),
        ({"limits": {"EUR": {"least": 10**9}}}, "the most, 99999999"),
        ({"fees": [{"name": "f", "least": 10, "cap": 9}]}, "fee 'f': least"),
        ({"fees": [{"name": "f", "methods": ["cash"]}]}, "fee 'f': methods: cash"),
        ({"fees": [{"name": "f", "currency": "USD"}]}, "fee 'f': currency: USD"),
        ({"fees": [{"name": "f", "fixed": 25}]}, "fee 'f': fixed: say of which"),
        ({"fees": [{"name": "f", "least": 25}]}, "fee 'f': least: say of which"),
        ({"fees": [{"name": "f", "cap": 25}]}, "fee 'f': cap: say of which"),
        ({"fees": [{"name": "f", TIERS: [{"up_to": 100}]}]}, "fee 'f': tiers"),
        ({"fees": [{"name": "f", TIERS: [{"up_to": 0}, {}]}]}, "fee 'f': tiers"),
        ({"fees": [{"name": "f", TIERS: [{}, {}]}]}, "fee 'f': tiers"),
        ({"fees": [{"name": "f", TIERS: [{"up_to": 9}, {"up_to": 9}, {}]}]}, "tiers"),
        ({"fees": [{"name": "f", TIERS: [{"up_to": 9}, {"up_to": 5}, {}]}]}, "tiers"),
    ],
)
def test_rules_that_cannot_be_applied_are_refused_by_the_value_and_change_nothing(
    business, change, named
):
    refused = put(business, **change)
    assert refused.status_code == 400
    assert named in refused.json()["message"]
    assert business.get(PATH).json()["version"] == 0


def test_sums_need_no_currency_where_only_one_is_taken(business):
    fees = [{"name": "f", "fixed": 25}]
    assert put(business, currencies=["EUR"], fees=fees).status_code == 200
    assert quote(business, 1000).json()["total"] == 1025


@pytest.mark.parametrize(
    ("currency", "most"),
    [("EUR", 99_999_999), ("JPY", 99_999_999), ("IDR", 10**12 - 1), ("ISK", 999_999)],
)
def test_without_a_limit_a_payment_is_no_more_than_cards_can_pay(
    business, currency, most
):
    assert quote(business, most, currency).status_code == 200
    told = quote(business, most + 1, currency)
    assert told.status_code == 400
    assert told.json()["additional_data"]["most"] == most
    assert f"{most} minor units of {currency}" in told.json()["message"]


def test_a_business_may_set_a_higher_limit(business):
    put(business, limits={"EUR": {"most": 10**9}}, fees=[])
    assert quote(business, 10**9).json()["total"] == 10**9
    put(business, limits={"EUR": {"least": 500}})
    assert quote(business, 499).json()["additional_data"]["least"] == 500
    assert quote(business, 10**8).status_code == 400


def test_fees_do_not_lift_a_total_above_what_can_be_paid(business):
    put(business)
    refused = quote(business, 99_999_999)
    assert refused.status_code == 400
    assert "101499999 minor units; 99999999 is the most" in refused.json()["message"]


@pytest.mark.parametrize(
    "change",
    [{"fees": [{"name": "f", "basis_points": 1.5}]}, {"fee": []}, {"payee": " "}],
)
def test_rules_that_are_no_rules_are_malformed(business, change):
    assert put(business, **change).status_code == 422


def test_what_a_business_does_not_take_is_not_quoted(business):
    put(business, limits={"EUR": {"least": 100, "most": 5000}})
    assert quote(business, currency="USD").status_code == 400
    assert quote(business, method="cash").status_code == 400
    assert quote(business, 99).json()["additional_data"]["least"] == 100
    assert quote(business, 5001).status_code == 400
    assert quote(business, 5000).status_code == 200
    assert quote(business, 0, "KWD").status_code == 400


def test_a_total_is_never_more_than_can_be_written_exactly(business):
    put(business, limits={"EUR": {"most": 2**53 - 1}})
    assert quote(business, 2**53 - 1).status_code == 400
    assert quote(business, 2**53).status_code == 422
