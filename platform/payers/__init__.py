"""Payers: what a customer's message says of a payment that is being talked about.

The payment is a form of ``forms``, with the fields ``amount`` and ``purpose``; what the
message names has been found already. See the README.
"""

from payers._heard import answer, asks, heard, question, refusal, request
from payers._outcomes import Outcomes
from payers._sums import besides, charged

__all__ = [
    "Outcomes",
    "answer",
    "asks",
    "besides",
    "charged",
    "heard",
    "question",
    "refusal",
    "request",
]
