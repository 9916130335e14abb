"""Payers: what a customer's message says of a payment that is being talked about.

The payment is a form of ``forms``, with the fields ``amount`` and ``purpose``; what the
message names has been found already. See the README.
"""

from typing import Any

import forms
import replies
from contracts.payment.intents import Analysis
from contracts.payment.talks import StoredTalk
from replies import Answer


def before(talk: StoredTalk, text: str, answer: Answer) -> str | None:
    """What was said of the amount, where the message may complete or correct that by
    a number alone; None where a number is rather something else's."""
    is_asked = talk.state in forms.OPEN and talk.asked != "purpose"
    is_meant = is_asked or answer != "none" or replies.is_change(text)
    return talk.doubt if talk.turn and is_meant else None


def heard(talk: StoredTalk, text: str, answer: Answer, found: Analysis) -> forms.Heard:
    """What is said of the payment; nothing in what is another matter."""
    is_open = talk.state in forms.OPEN
    if found.intent != "pay":
        if found.intent != "none" or replies.is_courtesy(text):
            return forms.Heard()
        if replies.is_question(text):
            is_its = bool(is_open and found.amounts)  # "isn't it 40?"
            return forms.Heard(is_answer=is_its)
    values = {"is_answer": is_open and talk.turn > 0, "answer": answer}
    return _said(found, purpose(talk, text, answer, found), talk.turn == 0, values)


def _said(
    found: Analysis, values: forms.Values, is_new: bool, about: dict[str, Any]
) -> forms.Heard:
    if found.doubtful:
        values |= {"doubt": found.doubtful, "question": found.clarification}
        return forms.Heard(values=values, unclear="amount", **about)
    if not found.amounts:
        is_about = found.intent == "pay" or is_new
        return forms.Heard(values=values, is_about=is_about, **about)
    [amount] = found.amounts
    values |= {"amount": amount, "currency": amount.currency, "doubt": ""}
    return forms.Heard(values=values, **about)


def purpose(
    talk: StoredTalk, text: str, answer: Answer, found: Analysis
) -> forms.Values:
    """What the payment is for, where the message names it or was asked to."""
    what, told = found.purpose, forms.text(talk, ("purpose", "changed"), text, answer)
    if not (found.amounts or found.doubtful or found.intent == "pay"):
        is_new = told or answer == "no" or replies.is_change(text)
        what = what or told if is_new else None
    return {"purpose": what} if what else {}
