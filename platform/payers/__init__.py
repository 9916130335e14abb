"""Payers: what a customer's message says of a payment that is being talked about.

The payment is a form of ``forms``, with the fields ``amount`` and ``purpose``; what the
message names has been found already. See the README.
"""

from payers._heard import before, besides, heard, is_for_status, question, refusal
from payers._outcomes import Outcomes

__all__ = [
    "Outcomes",
    "before",
    "besides",
    "heard",
    "is_for_status",
    "question",
    "refusal",
]
