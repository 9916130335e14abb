"""Rules: checked when they are made, never changed, and applied by their version."""

from collections.abc import Iterator
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
    "change",
    [
        {"currencies": ["EUR", "XAU"]},
        {"currencies": ["EUR", "DEM"]},
        {"default_currency": "USD"},
        {"limits": {"USD": {}}},
        {"limits": {"EUR": {"least": 10, "most": 9}}},
        {"fees": [{"name": "f", "least": 10, "cap": 9}]},
        {"fees": [{"name": "f", "methods": ["cash"]}]},
        {"fees": [{"name": "f", "currency": "USD"}]},
        {"fees": [{"name": "f", TIERS: [{"up_to": 100}]}]},
        {"fees": [{"name": "f", TIERS: [{"up_to": 0}, {}]}]},
        {"fees": [{"name": "f", TIERS: [{}, {}]}]},
        {"fees": [{"name": "f", TIERS: [{"up_to": 9}, {"up_to": 9}, {}]}]},
        {"fees": [{"name": "f", TIERS: [{"up_to": 9}, {"up_to": 5}, {}]}]},
    ],
)
def test_rules_that_cannot_be_applied_are_refused_and_change_nothing(business, change):
    assert put(business, **change).status_code == 400
    assert business.get(PATH).json()["version"] == 0


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
    put(business)
    assert quote(business, 2**53 - 1).status_code == 400
    assert quote(business, 2**53).status_code == 422
