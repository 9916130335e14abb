"""Redaction: secrets taken out of text and of JSON before anything keeps them.

``redact`` covers what is secret by its name (a member ``password``), what is secret by
its shape (a JWT, a bearer token, a provider's key, a private key, a password in a URL)
and payment card numbers (ISO/IEC 7812: 13 to 19 digits with a Luhn check digit),
however they are spaced. It errs on the side of taking out too much.
"""

from redaction._cards import is_card, may_hold_card_data, without_cards
from redaction._redact import (
    CARD,
    SECRET,
    cardless,
    is_secret_name,
    redact,
    redact_said,
    redact_text,
)

__all__ = [
    "CARD",
    "SECRET",
    "cardless",
    "is_card",
    "is_secret_name",
    "may_hold_card_data",
    "redact",
    "redact_said",
    "redact_text",
    "without_cards",
]
