"""What is wrong with a card as it was typed, by Stripe's names and before it is tried.

Source: docs.stripe.com/error-codes. Nothing of a card is kept.
"""

import re
from collections.abc import Mapping
from datetime import datetime

EXPIRY = re.compile(r"\s*(\d{1,2})\s*[/.-]?\s*(\d{2}|\d{4})\s*")
DIGITS = range(13, 20)  # of a card's number, ISO/IEC 7812
AMEX = ("34", "37")  # their cards have four digits for a code
NOTHING = "Nothing was charged."
FLAWS = {
    "incomplete_number": "The card number is too short or too long.",
    "incorrect_number": "The card number is incorrect.",
    "incomplete_expiry": "Say until when the card is valid, as in 12 / 34.",
    "invalid_expiry_month": "There is no such month of expiry.",
    "expired_card": "The card has expired.",
    "incomplete_cvc": "The security code is missing.",
    "invalid_cvc": "The security code is invalid.",
}


def said_of(flaw: str) -> str:
    """A flaw in words."""
    return f"{FLAWS[flaw]} {NOTHING}"


def plain(number: str) -> str:
    """A card's number without what parts its digits."""
    return re.sub(r"[\s-]", "", number)


def flaw(typed: Mapping[str, str], now: datetime) -> str | None:
    """The first of FLAWS in ``number``, ``expiry`` and ``cvc``."""
    number = plain(typed.get("number", ""))
    found = _of_number(number), _of_expiry(typed.get("expiry", ""), now)
    return next(filter(None, (*found, _of_code(typed.get("cvc", ""), number))), None)


def _of_number(number: str) -> str | None:
    if not (number.isascii() and number.isdigit() and len(number) in DIGITS):
        return "incomplete_number"
    doubled = [sum(divmod(2 * int(each), 10)) for each in number[-2::-2]]
    is_sound = (sum(doubled) + sum(map(int, number[-1::-2]))) % 10 == 0
    return None if is_sound else "incorrect_number"


def _of_expiry(expiry: str, now: datetime) -> str | None:
    """A card is good to the end of its month."""
    if not (said := EXPIRY.fullmatch(expiry)):
        return "incomplete_expiry"
    month, year = int(said[1]), int(said[2]) % 100 + 2000
    if not 1 <= month <= 12:
        return "invalid_expiry_month"
    return "expired_card" if (year, month) < (now.year, now.month) else None


def _of_code(code: str, number: str) -> str | None:
    if not code.strip():
        return "incomplete_cvc"
    lengths = (3, 4) if number.startswith(AMEX) else (3,)
    is_code = code.strip().isascii() and code.strip().isdigit()
    return None if is_code and len(code.strip()) in lengths else "invalid_cvc"
