"""Payers: what a customer's message says of a payment that is being talked about.

The payment is a form of ``forms``, with the fields ``amount`` and ``purpose``; what the
message names has been found already. See the README.
"""

from payers._heard import (
    answer,
    asks,
    fields,
    heard,
    refusal,
    request,
    seen,
    turn,
)
from payers._outcomes import Outcomes
from payers._portions import leaves, rest
from payers._sums import charged

__all__ = [
    "Outcomes",
    "answer",
    "asks",
    "charged",
    "fields",
    "heard",
    "leaves",
    "refusal",
    "request",
    "rest",
    "seen",
    "turn",
]
