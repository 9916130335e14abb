"""No secret comes through, and what is none stays as it is."""

import base64
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import redaction

CARDS = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "5555.5555.5555.4444",
    "3782 822463 10005",
    "6011111111111117",
    "4222222222222",
    "４２４２４２４２４２４２４２４２",  # as East Asian keyboards type it
    "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢",
    "4242\u200b424242424242",
    "4242\u00a04242\u00a04242\u00a04242",
    "4242–4242–4242–4242",
    "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
]
JWT = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c2VyLTEifQ.c2lnbmF0dXJlLWJ5dGVz"
SHAPES = [
    JWT,
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "whsec_abcdefghijklmnop",
    "sk-proj-abcdefghijklmnopqrstuvwx",
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "fk.t-1.0f8e7d.abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----",
    "xapp-1-A0123456789-1556259912101-" + "0f" * 32,
    "ya29.a0AfH6SMBx0123456789abcdefghij",
    "GOCSPX-0123456789abcdefghijABCDEFGH",
    "npm_0123456789abcdefghijklmnopqrstuvwxyz",
    "pypi-AgEIcHlwaS5vcmc" + "0aB" * 20,
    "hf_abcdefghijKLMNOPQRSTuvwxyz01234567",
    "dp.pt.0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
    "dop_v1_" + "0f" * 32,
    "shpat_" + "0f" * 16,
    "hvs.CAESIJ0123456789abcdefghij",
    "lin_api_0123456789abcdefghijklmnopqrstuvwxyzABCD",
    "dapi" + "0f" * 16,
    "SK" + "0f" * 16,
    "EAAA" + "0aB" * 20,
    "123456789:AA0123456789abcdefghijklmnopqrstuvw",
    "AGE-SECRET-KEY-1" + "QPZRY9X8" * 7,
]
NAMED = [
    ("password=hunter2&next=/", "hunter2"),
    ('{"password": "hunter two"}', "hunter two"),
    ('{\\"api_key\\": \\"k-77-secret\\"}', "k-77-secret"),
    ("Authorization: Bearer abcdef.123456", "abcdef.123456"),
    ("GET /reset?reset_token=zzz999 HTTP/1.1", "zzz999"),
    ("postgresql://app:p4ss@db/x", "p4ss"),
    ("client_secret: 's3cret'", "s3cret"),
    ("cvv=123", "123"),
    ("security_code: 123", "123"),
    ("clientSecret=hunter2", "hunter2"),
    ("PHPSESSID=hunter2; path=/", "hunter2"),
    ("mysql --password hunter2 -h db", "hunter2"),
    ("<db:password>hunter two</db:password>", "hunter two"),
    ("Authorization: ApiKey Hunter2Hunter2", "Hunter2"),
    ('Authorization: Digest username="ann", response="0f1e2d"', "0f1e2d"),
    ("Authorization: Basic YW5uOmh1bnRlcjI=", "YW5u"),
    ("https://a.example/c?sv=2030&sig=hunter2%3D&se=1", "hunter2"),
    ("https://hooks.slack.com/services/T0/B0/hunter2", "hunter2"),
    ("AccountName=a;AccountKey=hunter2==;EndpointSuffix=b", "hunter2"),
    ("Kennwort: hunter2", "hunter2"),
    ("mot de passe : hunter2", "hunter2"),
    ("https://a.example/c?auth=hunter2&x=1", "hunter2"),
    ("/c?Authorization=Basic%20aHVudGVyMg&x=1", "aHVu"),
    ("to=https%3A%2F%2Fa.example%2F%3Ftoken%3Dhunter2", "hunter2"),
    ("my password is hunter2.", "hunter2"),
    ("My new password for the portal is: BlueBird", "BlueBird"),
    ("my password is bluebird, thanks", "bluebird"),
    ("the PIN is 4711", "4711"),
    ("mein Passwort lautet „Geheim99!“", "Geheim99"),
    ("die PIN ist 4711", "4711"),
    ("mon mot de passe est chat-noir", "chat"),
    ("mi contraseña es gato88", "gato"),
]
HARMLESS = [
    "ab\u200bcd, 12\u00a0345\u00a0kg and 👩\u200d🔧",
    "POST /api/v1/faqs 201 in 41 ms",
    "used 512 prompt_tokens, token_type bearer",
    "at 1790000000123 and 1790000000123456789",
    "call +49 30 1234567 on 2026-01-31 at 10:00",
    "4111111111111112 is not a card",
    "took 0.4111111111111111 s",
    "0af7651916cd43dd8448eb211c80319c",
    "the password must be longer",
    "by key-8ed94279072a4d3fa5e1f74ef08b053e, as subjects are",
    "basic training and digest authentication",
    "has_password: true, password=null",
    "hf_hub, npm_config_registry, key-value, SKU 17, hvs.x, a dp.pt.short",
    "turkey=bird, monkey: banana, sig: none",
    "<a>no secret</a> --verbose --port 80",
    "my password is lost, and the password is required",
    "mein Passwort ist falsch, das Passwort lautet anders",
    "what is my password? the password is 8 characters long",
    "the pin of the clinic is on the map, and its PIN is 123456789",
    "the year 2026 is over, room 4711 is free",
]


@pytest.mark.parametrize("card", CARDS)
def test_a_card_number_is_taken_out_however_it_is_spaced(card: str) -> None:
    assert redaction.redact_text(f"pay with {card}, please") == (
        f"pay with {redaction.CARD}, please"
    )


def test_a_card_is_found_beside_other_numbers() -> None:
    for text in ("4111 1111 1111 1111 12 27 123", "2024-11-21 4111-1111-1111-1111"):
        assert "1111" not in redaction.redact_text(text)


@pytest.mark.parametrize("secret", SHAPES)
def test_a_secret_is_known_by_its_shape(secret: str) -> None:
    shown = redaction.redact_text(f"got <{secret}> there")
    assert shown == f"got <{redaction.SECRET}> there"


@pytest.mark.parametrize(("text", "secret"), NAMED)
def test_a_secret_is_known_by_the_name_before_it(text: str, secret: str) -> None:
    shown = redaction.redact_text(text)
    assert secret not in shown
    assert redaction.SECRET in shown


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redaction.redact_text(text) == text


@pytest.mark.parametrize(
    "held",
    [
        {"password": "hunter2"},
        [{"api_key": "k-77", "user": "dana"}],
        {"user": {"name": "dana", "card": "4111111111111111"}},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_what_is_secret_in_encoded_json_goes_with_all_of_it(
    held: Any, indent: int | None, encode: Callable[[bytes], bytes]
) -> None:
    encoded = encode(json.dumps(held, indent=indent).encode()).decode()
    shown = f"/c?state={redaction.SECRET}&x=1"
    for each in (encoded, encoded.rstrip("=")):
        assert redaction.redact_text(f"/c?state={each}&x=1") == shown


@pytest.mark.parametrize("text", ['{"name":"dana","id":5}', '{"not json', "[[1], 2]"])
def test_what_is_encoded_and_holds_no_secret_stays(text: str) -> None:
    encoded = base64.b64encode(text.encode()).decode()
    assert redaction.redact_text(encoded) == encoded


def test_members_of_json_are_redacted_by_name_at_any_depth() -> None:
    given = {
        "user": {"Password": "x1", "apiKey": "x2", "X-Internal-Token": "x3"},
        "list": [{"refresh_token": "x4"}, {"note": "card 4111111111111111"}],
        "number": 4111111111111111,
        "prompt_tokens": 12,
        "secrets": ["x5", "x6"],
        "has_password": True,
    }
    shown = json.dumps(redaction.redact(given))
    assert not [secret for secret in ("x1", "x2", "x3", "x4", "x5") if secret in shown]
    assert "4111" not in shown
    assert redaction.redact(given)["prompt_tokens"] == 12
    assert redaction.redact(given)["has_password"] is True


@given(st.integers(10**11, 10**14 - 1), st.sampled_from("3456"), st.text(max_size=5))
def test_every_number_with_a_check_digit_is_taken_out(
    middle: int, first: str, around: str
) -> None:
    body = first + str(middle)
    card = next(body + str(n) for n in range(10) if redaction.is_card(body + str(n)))
    text = f"{around} x{card}y {around}"
    assert card not in redaction.redact_text(text)


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redaction.redact_text(text)
    assert redaction.redact_text(once) == once


def test_hostile_text_takes_no_more_time_than_its_length() -> None:
    card, said = "4111 1111 1111 1111 ", "my password is "
    for piece in ("a-", card, "eyJ", "x://a:", "token", "41 ", said, "W3si", "4\n"):
        assert redaction.redact_said(piece * 20_000) is not None


@pytest.mark.parametrize(
    "text",
    [
        "my card is 4242 4242 4242 4242 exp 12/27 cvc 123",
        "4242 4242 4242 4241",
        "4242-4242-4242-4241 is my card",
        "3782 822463 10006",
        "cvv is 987",
        "the security code on the back is 987",
        "Die Prüfziffer lautet 987",
        "my card is valid until 12/27",
        "4111 1111\n1111 1111",
        "here it is:\n41111111\n11111111\nthanks",
        "378282\n2463\r\n10005",
    ],
)
def test_what_people_type_of_a_card_is_taken_out(text: str) -> None:
    left = redaction.redact_said(text)
    assert redaction.CARD in left
    assert not re.search(r"\d", left)


@pytest.mark.parametrize(
    "text",
    [
        "call me at 0049 151 12345678",
        "I pay 4000 euros on 12/11/2026",
        "my passport expires 12/27",
        "order 1234567890123456",
        "room 123, the code is 4711",
        "pay invoice 20261121 by card",
        "by card, for invoice 40012345",
        "pay 150000 yen by card",
        "card ending 4242",
        "one, two or three people on 12 December 2026 at 3",
        "my phone is 0049 1523 4567 8901",
        "the rest is 5555 4444",
        "invoices\n30012345\n40012346\n50012347",
        "0151 12345678\n0151 87654321",
        "41111111\nand\n11111111",
    ],
)
def test_other_numbers_that_people_type_stay(text: str) -> None:
    assert redaction.redact_said(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *CARDS,
        "4111 1111 1111 1112",
        "my card: 4111/1111/1111/1111, thanks",
        "9411 1111 1111 1111",
        "my cvv is 123",
        "CVC: 9876",
        "the security code is 123",
        "die Prüfziffer lautet 123",
        "le cryptogramme est le 123",
        "mi código de seguridad es 123",
    ],
)
def test_what_may_be_card_data_is_noticed_mistyped_or_not(text: str) -> None:
    assert redaction.may_hold_card_data(text)
    assert redaction.cardless(f"Ann, {text}, 12/29") == redaction.CARD


@given(st.from_regex(r"[3-6]\d{3}([ ./-]?)\d{4}\1\d{4}\1\d{4}", fullmatch=True))
def test_what_is_taken_out_of_a_text_is_refused_where_no_card_is_taken(
    number: str,
) -> None:
    assert redaction.CARD in redaction.redact_said(number)
    assert redaction.may_hold_card_data(number)


def test_a_long_number_is_refused_there_and_kept_elsewhere() -> None:
    order = "order 1234567890123456"
    assert redaction.may_hold_card_data(order)
    assert redaction.redact_said(order) == order


@pytest.mark.parametrize(
    "text",
    [
        "pay 1.234.567,89 EUR",
        "invoice 2026-0117 of 2026-11-05",
        "+49 30 901820 33",
        "what is a CVV?",
        "room 123",
        "the code is 123",
    ],
)
def test_usual_numbers_are_no_card_data(text: str) -> None:
    assert not redaction.may_hold_card_data(text)
    assert redaction.cardless(text) == text


SAID = [
    "my card is {5555 5555}",
    "my card number is {55555555}",
    "{5555 5555 5555 4444}, and thanks",
    "{4242x4242x4242x4242}",
    "{4242, 4242, 4242, 4242}",
    "{4242 forty-two forty-two 4242 4242}",
    "{double five double five 5555 5555 4444}",
    "it is {five five five five five five five five double five, 5, 5 four, four 4 4}",
    "{vier zwei vier zwei vier zwei vier zwei vier zwei vier zwei 4242}",
    "carte {quatre deux quatre deux quatre deux quatre deux}",
]


@pytest.mark.parametrize("said", SAID)
def test_a_card_is_taken_out_in_words_with_any_signs_and_in_part(said: str) -> None:
    expected = re.sub(r"\{.*\}", redaction.CARD, said)
    assert redaction.redact_said(re.sub("[{}]", "", said)) == expected


def test_the_rest_of_a_card_goes_after_its_beginning() -> None:
    before = redaction.redact_said("my card is 5555 5555")
    after = redaction.redact_said("the rest is 5555 4444", before=before)
    assert after == f"the rest is {redaction.CARD}"
    assert redaction.redact_said("50 euros", before=before) == "50 euros"


# Seventeen digits of it make a card's number with its right check digit.
LIKE_A_CARD = "4238d55994614978983690b0a39695af"


def test_an_id_whose_digits_look_like_a_card_stays() -> None:
    for text in (LIKE_A_CARD, f"/talks/{LIKE_A_CARD}/messages"):
        assert redaction.redact(text) == text
        assert redaction.redact_said(text) == text


@given(st.uuids(version=4), st.sampled_from(CARDS))
def test_ids_stay_and_cards_beside_them_go(id: uuid.UUID, card: str) -> None:
    for written in (str(id), id.hex):
        safe = redaction.redact_text(f"{written} {card}")
        assert safe == f"{written} {redaction.CARD}"
