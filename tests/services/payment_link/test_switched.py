"""A deployment that changed from the local provider to Stripe, or back."""

from typing import Any

CARD = {"number": "4242424242424242"}


def refund(shop: Any, intent: str, **body: Any) -> Any:
    return shop.refund(intent, **body)


def test_what_the_local_till_took_it_gives_back_after_the_change(
    switched: tuple[Any, Any],
) -> None:
    shop, changed = switched
    intent = shop.intents.add(total=10_000)
    link = shop.link(intent).json()
    shop.send(link, **CARD)
    answer = refund(changed, intent, minor_units=4_000)
    assert (answer.status_code, answer.json()["status"]) == (201, "succeeded")
    found = changed.payment(link).json()
    assert (found["provider"], found["refunded"]) == ("local", 4_000)
    assert not changed.stripe.asked


def test_what_stripe_took_is_not_promised_where_it_has_no_key(
    switched: tuple[Any, Any],
) -> None:
    shop, changed = switched
    intent = shop.intents.add(total=10_000)
    link = changed.link(intent).json()
    changed.pay(link)
    changed.tell()
    refused = refund(shop, intent)
    assert refused.status_code == 409
    assert "configure its key again, or do it at stripe itself" in refused.text
    path = f"/api/v1/payments/{intent}/reconcile"
    assert shop.payments.post(path).status_code == 409
    assert shop.payment(link).json()["refunds"] == []
    assert refund(changed, intent).json()["minor_units"] == 10_000


def test_an_open_link_of_the_local_till_gives_way_to_one_of_stripes(
    switched: tuple[Any, Any],
) -> None:
    shop, changed = switched
    intent = shop.intents.add()
    before, after = shop.link(intent).json(), changed.link(intent).json()
    assert (before["provider"], after["provider"]) == ("local", "stripe")
    assert shop.send(before, **CARD).status_code == 303
    assert changed.show(before)["status"] == "expired"
    assert changed.link(intent).json()["id"] == after["id"]


def test_an_open_link_of_stripes_stays_the_only_one_where_it_has_no_key(
    switched: tuple[Any, Any],
) -> None:
    shop, changed = switched
    intent = shop.intents.add()
    link = changed.link(intent).json()
    assert shop.link(intent).json()["id"] == link["id"]
    path = f"/api/v1/payment-links/{link['id']}/expire"
    assert shop.links.post(path).status_code == 409
    assert changed.links.post(path).json()["status"] == "expired"
    assert shop.link(intent).json()["provider"] == "local"
