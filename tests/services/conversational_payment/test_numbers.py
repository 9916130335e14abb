"""At the confirming question only what is said as an amount changes it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

# Each goes on where the one before it has left the payment, at that question.
BEGUN = {
    "en": "I want to pay 50 euros for the crown",
    "de": "Ich möchte 50 Euro für die Krone zahlen",
    "fr": "Je voudrais payer 50 euros pour la couronne",
    "es": "Quiero pagar 50 euros por la corona",
}
TEXT = Path(__file__).with_name("numbers.txt").read_text("utf-8")
PARTS = [part.strip().splitlines() for part in TEXT.split("\n= ")[1:]]


def heard(till: Any, id: str, text: str) -> tuple[Decimal | None, str]:
    """The amount after that was said, and the reply."""
    said = till.say(id, text)
    amount = said["amount"]
    units = amount and Decimal(amount["minor_units"]).scaleb(-2)
    return units, said["reply"]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part[0])
def test_only_what_is_said_as_an_amount_changes_it(part: list[str], till: Any) -> None:
    language, *lines = part
    id, amount, wrong = till.begin()["id"], Decimal(50), []
    assert heard(till, id, BEGUN[language])[0] == amount
    for line in lines:
        text, _, expected = line.partition(" => ")
        found, reply = heard(till, id, text)
        amount = Decimal(expected or amount)
        if found != amount:
            wrong.append((text, str(found), reply))
    assert not wrong
