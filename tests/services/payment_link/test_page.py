"""The hosted page: cards that pay, are declined, or need the customer's word."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import chassis
from chassis import errors

PAYS, DECLINED = "4242 4242 4242 4242", "4000000000000002"
ASKED = ["4000002500003155", "4000 0027 6000 3184"]


def test_the_page_shows_payee_and_amount_and_nothing_from_elsewhere(shop: Any) -> None:
    link = shop.link(shop.intents.add(total=123_456)).json()
    page = shop.visit(link)
    assert page.status_code == 200
    assert "1,234.56 EUR" in page.text
    assert "Bright &amp; Co" in page.text
    assert "Cleaning &lt;b&gt;" in page.text
    assert "http" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("total", "currency", "text"),
    [(500, "JPY", "500 JPY"), (1_000, "KWD", "1.000 KWD"), (5, "EUR", "0.05 EUR")],
)
def test_the_amount_has_the_decimals_of_its_currency(
    total: int, currency: str, text: str, shop: Any
) -> None:
    link = shop.link(shop.intents.add(total=total, currency=currency)).json()
    assert f">{text}<" in shop.visit(link).text


def test_a_good_card_pays(shop: Any, message: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    page = shop.send(link, number=PAYS, expiry="12 / 34", cvc="123")
    assert (page.status_code, message(page)) == (200, "It is paid. Thank you.")
    payment = shop.payment(link).json()
    assert (payment["status"], payment["captured"]) == ("confirmed", 4_900)
    assert (payment["link_id"], payment["provider"]) == (link["id"], "local")
    shop.pump()
    assert shop.show(link)["status"] == "paid"
    assert message(shop.visit(link)) == "It is paid. Thank you."


def test_the_webhook_is_signed_as_stripes(shop: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    shop.send(link, number=PAYS)
    [call] = shop.links.calls("payment-confirmation", "webhook")
    assert call.request.url.path == "/api/v1/webhooks/local"
    assert call.request.headers["Stripe-Signature"].startswith("t=")
    path, headers = "/api/v1/webhooks/local", dict(call.request.headers)
    body = call.request.content.replace(b"4900", b"1")
    answer = shop.payments.post(path, content=body, headers=headers, tenant=None)
    assert answer.status_code == 400


def test_what_is_paid_is_paid_once(shop: Any) -> None:
    intent = shop.intents.add()
    link = shop.link(intent).json()
    for _ in range(3):
        shop.send(link, number=PAYS)
    shop.send(link, number=DECLINED)
    payment = shop.payment(link).json()
    assert (payment["status"], payment["captured"]) == ("confirmed", 4_900)
    assert len(shop.links.published("payment.confirmed")) == 1
    assert not shop.links.published("payment.failed")
    shop.pump()
    assert shop.link(intent).status_code == 409


def test_a_declined_card_is_told_why_and_another_may_pay(
    shop: Any, message: Any
) -> None:
    intent = shop.intents.add()
    link = shop.link(intent).json()
    assert "generic decline" in message(shop.send(link, number=DECLINED))
    assert shop.payment(link).json()["status"] == "failed"
    shop.pump()
    assert shop.show(link)["status"] == "failed"
    assert shop.link(intent).json()["id"] == link["id"]
    shop.send(link, number=PAYS)
    shop.pump()
    assert shop.payment(link).json()["status"] == "confirmed"
    assert shop.show(link)["status"] == "paid"


def test_nobody_is_told_that_a_declined_card_is_being_confirmed(shop: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    shop.send(link, number=DECLINED)
    page = shop.links.get(f"{shop.path(link)}?paid=true", tenant=None)
    assert "<form" in page.text
    assert "confirmed" not in page.text


CARDS = [
    ("4242 4242 4242 4242", "It is paid.", "confirmed", "done"),
    ("5555-5555-5555-4444", "It is paid.", "confirmed", "done"),
    ("4000002500003155", "", "requires_action", "confirm"),
    ("4000002760003184", "", "requires_action", "confirm"),
    ("4000000000000002", "declined (generic decline)", "failed", "card"),
    ("4000000000009995", "declined (insufficient funds)", "failed", "card"),
    ("4000000000009987", "declined (lost card)", "failed", "card"),
    ("4000000000000069", "declined (expired card)", "failed", "card"),
    ("4000000000000127", "declined (incorrect cvc)", "failed", "card"),
    ("378282246310005", "declined (test mode live card)", "failed", "card"),
    ("4242424242424241", "The card number is incorrect.", "pending", "card"),
]
FORMS = {
    "done": "close this page",
    "confirm": 'name="confirm"',
    "card": 'name="number"',
}


@pytest.mark.parametrize(("card", "said", "status", "part"), CARDS)
def test_every_test_card_does_what_it_is_for_and_the_page_says_so(
    card: str, said: str, status: str, part: str, shop: Any, message: Any
) -> None:
    link = shop.link(shop.intents.add()).json()
    page = shop.send(link, number=card)
    assert said in message(page)
    assert [name for name, text in FORMS.items() if text in page.text] == [part]
    payment = shop.payment(link).json()
    assert payment["status"] == status
    assert payment["captured"] == (4_900 if status == "confirmed" else 0)
    # What the browser gets when it is loaded anew, or by its back button.
    again = shop.visit(link)
    assert [name for name, text in FORMS.items() if text in again.text] == [part]
    if status != "confirmed":
        assert "confirmed" not in again.text + page.text
        assert "paid" not in message(again) + message(page)


def test_a_form_that_is_sent_twice_at_once_is_paid_once(
    shop: Any, message: Any
) -> None:
    link = shop.link(shop.intents.add()).json()
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda _: shop.send(link, number=PAYS), range(4)))
    assert {each.status_code for each in pages} <= {200, 303}
    assert message(shop.visit(link)) == "It is paid. Thank you."
    assert shop.payment(link).json()["captured"] == 4_900
    assert len(shop.links.published("payment.confirmed")) == 1


def test_who_goes_back_and_sends_the_form_again_is_told_that_it_is_paid(
    shop: Any, message: Any
) -> None:
    link = shop.link(shop.intents.add()).json()
    shop.send(link, number=PAYS)
    for card in (PAYS, DECLINED):
        again = shop.send(link, number=card)
        assert (again.status_code, again.headers["Location"]) == (303, link["url"])
    assert message(shop.visit(link)) == "It is paid. Thank you."
    assert shop.payment(link).json()["captured"] == 4_900


@pytest.mark.parametrize("card", ["378282246310005", "4111111111111111"])
def test_any_other_card_is_declined(card: str, shop: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    shop.send(link, number=card)
    assert shop.payment(link).json()["status"] == "failed"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"number": "4242424242424241"}, "The card number is incorrect."),
        ({"number": "4242 4242 4242"}, "too short"),
        ({"number": "4" * 20}, "too long"),
        ({"number": "four two"}, "too short"),
        ({"number": ""}, "too short"),
        ({"expiry": "01/20"}, "The card has expired."),
        ({"expiry": "01 / 2020"}, "The card has expired."),
        ({"expiry": "13/34"}, "no such month"),
        ({"expiry": ""}, "until when"),
        ({"expiry": "soon"}, "until when"),
        ({"cvc": ""}, "The security code is missing."),
        ({"cvc": "12"}, "The security code is invalid."),
        ({"cvc": "abc"}, "The security code is invalid."),
    ],
)
def test_what_is_typed_wrongly_is_told_and_nothing_is_tried(
    typed: dict[str, str], said: str, shop: Any, message: Any
) -> None:
    link = shop.link(shop.intents.add()).json()
    page = shop.send(link, **({"number": PAYS} | typed))
    assert page.status_code == 200
    assert said in message(page)
    assert "Nothing was charged." in message(page)
    assert 'name="number"' in page.text
    assert shop.payment(link).json()["status"] == "pending"
    assert shop.show(link)["status"] == "live"
    shop.links.post(f"/api/v1/payment-links/{link['id']}/expire")
    assert shop.show(link)["status"] == "expired"
    assert shop.send(link, **({"number": PAYS} | typed)).status_code == 303


def test_a_card_is_good_to_the_end_of_its_month(shop: Any, message: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    now = chassis.now()
    page = shop.send(link, number=PAYS, expiry=f"{now.month}/{now.year % 100:02}")
    assert message(page) == "It is paid. Thank you."


def test_a_card_with_four_digits_for_a_code_is_tried(shop: Any, message: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    page = shop.send(link, number="378282246310005", cvc="1234")
    assert "declined" in message(page)


@pytest.mark.parametrize("card", ASKED)
def test_a_card_that_needs_the_customers_word_pays_with_it(
    card: str, shop: Any, message: Any
) -> None:
    link = shop.link(shop.intents.add()).json()
    assert 'name="confirm"' in shop.send(link, number=card).text
    assert shop.payment(link).json()["status"] == "requires_action"
    assert 'name="confirm"' in shop.visit(link).text
    assert message(shop.send(link, confirm="yes")) == "It is paid. Thank you."
    assert shop.payment(link).json()["status"] == "confirmed"


def test_who_says_no_has_not_paid(shop: Any, message: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    shop.send(link, number=ASKED[0])
    assert "authentication failed" in message(shop.send(link, confirm="no"))
    assert shop.payment(link).json()["status"] in ("failed", "requires_action")
    assert shop.payment(link).json()["captured"] == 0
    assert shop.send(link, confirm="yes").status_code == 303
    assert shop.payment(link).json()["captured"] == 0


def test_nobody_confirms_what_the_bank_did_not_ask(shop: Any) -> None:
    link = shop.link(shop.intents.add()).json()
    assert shop.send(link, confirm="yes").status_code == 303
    assert shop.send(link, other="thing").status_code == 303
    assert shop.payment(link).json()["status"] == "pending"


def test_a_confirmation_that_cannot_be_had_is_said_and_can_be_repeated(
    shop: Any, message: Any
) -> None:
    link = shop.link(shop.intents.add()).json()
    there = shop.links.wire.upstreams["payment-confirmation"]
    for away in ({"webhook": errors.Unavailable("away")}, None):
        shop.links.wire.upstreams["payment-confirmation"] = away
        page = shop.send(link, number=PAYS)
        assert page.status_code == 200
        assert "nothing is paid twice" in message(page)
    shop.links.wire.upstreams["payment-confirmation"] = there
    shop.send(link, number=PAYS)
    assert shop.payment(link).json()["captured"] == 4_900


def test_a_cards_number_is_neither_stored_nor_logged_nor_sent(
    shop: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    link = shop.link(shop.intents.add()).json()
    for card in (PAYS, DECLINED, ASKED[0], "4111111111111111"):
        page = shop.send(link, number=card, cvc="987")
        assert card not in page.text.partition("<form")[0]
    numbers = {PAYS.replace(" ", ""), PAYS, DECLINED, ASKED[0], "4111111111111111"}
    out = "".join(capfd.readouterr())
    wire = [each.request.content.decode() for each in shop.links.wire.calls]
    kept = "".join([*wire, caplog.text, out])
    assert "pi_" in kept
    assert not [each for each in numbers if each in kept]


def test_a_links_address_is_in_no_log_and_no_metric(
    shop: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = shop.link(shop.intents.add()).json()
    token = shop.path(link).removeprefix("/pay/")
    shop.visit(link)
    shop.send(link, number=DECLINED)
    shop.show(link)
    assert shop.links.get(f"/pay/{token}x", tenant=None).status_code == 404
    assert shop.links.get(f"/pay/{token}/x", tenant=None).status_code == 404
    assert shop.links.request("PUT", f"/pay/{token}", tenant=None).status_code == 405
    spans = [each for each in caplog.records if each.name == "chassis.span"]
    paths = [vars(each)["path"] for each in spans if "path" in vars(each)]
    assert paths.count("/pay/{token}") == 3
    assert f"/api/v1/payment-links/{link['id']}" in paths
    assert "-" in paths
    metrics = shop.links.get("/metrics", tenant=None).text
    assert 'operation="visit"' in metrics
    # A service has httpx say no more than warnings.
    own = [each for each in caplog.records if each.name != "httpx"]
    assert not [each for each in own if token in str(vars(each))]
    assert token not in metrics


def test_a_refund_is_made_once_for_each_key(shop: Any) -> None:
    link = shop.link(shop.intents.add(total=4_900)).json()
    shop.send(link, number=PAYS)
    path = f"/api/v1/payments/{link['payment_id']}/refunds"
    keyed = {"headers": {"Idempotency-Key": "once"}, "json": {"minor_units": 900}}
    again = [shop.payments.post(path, **keyed).json()["id"] for _ in range(2)]
    assert again[0] == again[1]
    assert shop.payment(link).json()["refunded"] == 900
    without = {"headers": {}, "json": {"minor_units": 100}}
    apart = [shop.payments.post(path, **without).json()["id"] for _ in range(2)]
    assert apart[0] != apart[1]
    assert shop.payment(link).json()["refunded"] == 1_100


def test_refunds_at_once_never_exceed_what_was_paid_here(shop: Any) -> None:
    link = shop.link(shop.intents.add(total=4_900)).json()
    shop.send(link, number=PAYS)

    def refund(_: int) -> int:
        return int(shop.refund(link["payment_id"], minor_units=2_000).status_code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(refund, range(4))) == [201, 201, 409, 409]
    payment = shop.payment(link).json()
    assert (payment["status"], payment["refunded"]) == ("partially_refunded", 4_000)
    events = shop.links.published("payment.refunded")
    assert [each["data"]["refunded"] for each in events] == [2_000, 4_000]
