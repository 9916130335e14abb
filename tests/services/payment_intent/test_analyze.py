"""What a message asks for, and the amounts in it."""

from pathlib import Path
from typing import Any

import pytest

import chassis

PATH = "/api/v1/payment-intents/analyze"


def analyze(business: Any, text: str, **more: Any) -> dict[str, Any]:
    answer = business.post(PATH, json={"text": text} | more, roles=("customer",))
    assert answer.status_code == 200, answer.text
    return answer.json()


ROWS = (Path(__file__).parent / "wishes.txt").read_text().splitlines()


@pytest.mark.parametrize("wish", ["pay", "refund", "ask_price", "ask_status", "none"])
def test_what_is_asked_for_is_understood_in_every_language(business, wish):
    texts = [text for name, text in (row.split("|", 1) for row in ROWS) if name == wish]
    assert len(texts) > 20
    assert [t for t in texts if analyze(business, t)["intent"] != wish] == []


def test_amounts_are_in_minor_units_of_their_currency(business):
    found = analyze(business, "I'd pay ¥500, KWD 1.000 and twelve euros fifty")
    assert found["amounts"] == [
        {"minor_units": 500, "currency": "JPY"},
        {"minor_units": 1000, "currency": "KWD"},
        {"minor_units": 1250, "currency": "EUR"},
    ]
    assert not found["needs_clarification"]
    assert found["clarification"] is None


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("I want to pay $50", {}),
        ("pay 100 kr", {}),
        ("pay 50", {}),
        ("€1.234", {}),
        ("I'll pay about 50 euros", {}),
        ("between 50 and 100 euros", {}),
        ("refund me a few euros", {}),
        ("I want to pay", {}),
        ("Ich zahle 1,234 €", {"locale": "de"}),
    ],
)
def test_what_is_not_clear_is_asked_about(business, text, more):
    found = analyze(business, text, **more)
    assert found["needs_clarification"]
    assert found["clarification"].endswith("?")


def test_the_question_is_in_the_language_of_the_text(business):
    german = analyze(business, "Ich möchte 100 kr zahlen")["clarification"]
    assert german == "Welche Währung meinen Sie mit „100 kr“?"
    assert "currency" in analyze(business, "I'd pay 100 kr")["clarification"]


@pytest.mark.parametrize(
    ("more", "currency"),
    [({"currency": "AUD"}, "AUD"), ({"locale": "en-CA"}, "CAD")],
)
def test_what_the_caller_knows_decides(business, more, currency):
    found = analyze(business, "I want to pay $50", **more)
    assert found["amounts"] == [{"minor_units": 5000, "currency": currency}]
    assert not found["needs_clarification"]


def test_a_price_may_be_asked_for_roughly(business):
    assert not analyze(business, "Does it cost about 50 euros?")["needs_clarification"]


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("I'd like to pay 50 euros for the cleaning, please", "the cleaning"),
        ("pay €20 for invoice 4711", "invoice 4711"),
        ("Ich zahle 30 Euro für die Reinigung.", "die Reinigung"),
        ("Quiero pagar 35 euros por la limpieza", "la limpieza"),
        ("I want to pay my bill", "my bill"),
        ("pay 79 euros for the service of 24.12.2026", "the service of 24.12.2026"),
        ("pay invoice 2026-118 of 79 euros", "invoice 2026-118"),
        ("pay 50 euros for a chain and 60 euros for brakes", "a chain + brakes"),
        ("Quiero pagar 30 euros por una bici", "una bici"),
        ("pay 50 euros", None),
    ],
)
def test_what_it_is_for_is_found_beside_the_amount(business, text, purpose):
    assert analyze(business, text)["purpose"] == purpose


def _model(**made: Any) -> dict[str, Any]:
    return {"get_model": {"model": "m"}, "complete": {"model": "m", "parsed": made}}


def test_a_model_is_asked_where_the_words_say_nothing(opened):
    model = _model(intent="pay", purpose="the crown")
    with opened(response_generation=model) as business:
        found = analyze(business, "let's square up the 300 euros")
        assert (found["intent"], found["purpose"]) == ("pay", "the crown")
        analyze(business, "I want to pay 50 euros")
        assert len(business.calls("response-generation", "complete")) == 1


@pytest.mark.parametrize(
    "model",
    [
        None,
        {"get_model": chassis.Unavailable("away")},
        {"get_model": {"model": "m"}, "complete": chassis.Unavailable("away")},
        _model(intent="steal"),
        _model(intent="pay", amounts=[{"minor_units": 1, "currency": "EUR"}]),
    ],
)
def test_without_a_usable_model_the_words_alone_count(opened, model):
    with opened(response_generation=model) as business:
        found = analyze(business, "let's square up the 300 euros")
        assert found["intent"] == "none"
        assert found["amounts"] == [{"minor_units": 30000, "currency": "EUR"}]


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [("pay $50 for it", "$50"), ("pay 50 euros", None), ("I want to pay", None)],
)
def test_the_text_that_is_in_doubt_is_told(business, text, doubtful):
    assert analyze(business, text)["doubtful"] == doubtful


@pytest.mark.parametrize(
    "given",
    [{}, {"text": ""}, {"text": "x" * 4001}, {"text": "x", "currency": "euro"}],
)
def test_what_is_no_request_is_malformed(business, given):
    assert business.post(PATH, json=given).status_code == 422


def test_hostile_and_very_long_texts_are_read_in_time(business):
    for text in ("€" * 4000, "9" * 4000, "1." * 2000, "-" * 4000, "one " * 1000):
        analyze(business, text)
