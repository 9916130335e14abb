"""What a customer's message says of a payment that is being talked about."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import forms
import money
import replies
from contracts.payment.intents import Analysis
from contracts.payment.money import Money
from contracts.payment.talks import StoredTalk
from replies import Answer

MOST = 12  # currencies that are named


def before(talk: StoredTalk, text: str, answer: Answer) -> str | None:
    """What was said of the amount, where the message may complete or correct that by
    a number alone; None where a number is rather something else's."""
    is_asked = talk.state in forms.OPEN and talk.asked != "purpose"
    is_meant = is_asked or answer != "none" or replies.is_change(text)
    return talk.doubt if talk.turn and is_meant else None


def is_for_status(text: str, found: Analysis) -> bool:
    """Whether it asks what became of a payment, or for money back. Questions about
    refunds in general are for whoever knows the business's rules."""
    is_back = found.intent == "refund" and not replies.is_question(text)
    return found.intent == "ask_status" or is_back


def heard(talk: StoredTalk, text: str, answer: Answer, found: Analysis) -> forms.Heard:
    """What is said of the payment; nothing in what is another matter."""
    is_open = talk.state in forms.OPEN
    if _is_other(text, found):
        is_its = bool(is_open and found.intent == "none" and found.amounts)
        return forms.Heard(is_answer=is_its)  # "isn't it 40?"
    values = purpose(talk, text, answer, found)
    about = {"is_answer": is_open and talk.turn > 0, "answer": answer}
    if _is_named(found) and is_repeated(text):
        values |= {"doubt": found.doubtful or told(found.amounts), "question": "once"}
        return forms.Heard(values=values, unclear="amount", **about)
    return _said(found, values, talk.turn == 0, about)


@cache
def _unpaid() -> re.Pattern[str]:
    known = json.loads(files(__package__).joinpath("unpaid.json").read_text("utf-8"))
    return re.compile("|".join(known), re.IGNORECASE)


def _is_other(text: str, found: Analysis) -> bool:
    """Whether it is a wish or a question that is none to pay, or small talk; or says
    what has been paid, or will not be."""
    if found.intent == "pay":
        return False
    if _unpaid().search(text):
        return True
    is_small = replies.is_courtesy(text) or replies.is_question(text)
    return found.intent != "none" or is_small


def _is_named(found: Analysis) -> bool:
    """Whether it speaks of paying, or of an amount."""
    return bool(found.amounts or found.doubtful or found.intent == "pay")


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
    if why := _refused(amount, found.refused or {}):
        return forms.Heard(values=values | why, unclear="amount", **about)
    values |= {"amount": amount, "currency": amount.currency, "doubt": ""}
    return forms.Heard(values=values, **about)


def purpose(
    talk: StoredTalk, text: str, answer: Answer, found: Analysis
) -> forms.Values:
    """What the payment is for, where the message names it or was asked to."""
    what, told = found.purpose, forms.text(talk, ("purpose", "changed"), text, answer)
    if not _is_named(found):
        is_new = told or answer == "no" or replies.is_change(text)
        what = what or told if is_new else None
    return {"purpose": what} if what else {}


@cache
def _repeated() -> re.Pattern[str]:
    known = json.loads(files(__package__).joinpath("repeated.json").read_text("utf-8"))
    return re.compile("|".join(known), re.IGNORECASE)


def is_repeated(text: str) -> bool:
    """Whether it asks to pay again and again, or in parts: "50 euros a month"."""
    return _repeated().search(text) is not None


def told(amounts: list[Money]) -> str:
    """They in figures and codes, as they are read again."""
    each = (f"{money.units(a.minor_units, a.currency):f} {a.currency}" for a in amounts)
    return ", ".join(each)


def question(talk: StoredTalk, said: replies.Replies) -> str:
    """What to ask about the amount, in words."""
    name = talk.question or "which"
    is_name = said.has(name)
    return said.say(name, talk.language, taken=talk.taken) if is_name else name


def besides(talk: StoredTalk, said: replies.Replies) -> str:
    """What makes the total another than the amount, in words; "" where nothing does."""
    if not (talk.total and talk.amount) or talk.total == talk.amount:
        return ""
    is_more = talk.total.minor_units > talk.amount.minor_units
    return said.say("fees" if is_more else "rounded", talk.language)


def refusal(talk: StoredTalk, problem: Any) -> dict[str, Any]:
    """What to say where an amount is not taken; nothing where nobody says why."""
    nothing = Money(minor_units=0, currency=talk.currency or "EUR")
    return _refused(talk.amount or nothing, problem.data)


def _refused(amount: Money, known: Mapping[str, Any]) -> dict[str, Any]:
    """What to say of an amount instead of which others can be paid, if it is *known*
    which."""
    if not amount.minor_units:
        return {"question": "nothing", "doubt": ""}
    taken = known.get("currencies", [amount.currency])
    if amount.currency not in taken:
        named = ", ".join(taken[:MOST])
        return {"question": "untaken", "doubt": told([amount]), "taken": named}
    if {"least", "most"} <= known.keys():
        bounds = (known["least"], known["most"])
        each = [Money(minor_units=b, currency=amount.currency) for b in bounds]
        return {"question": "bounded", "doubt": "", "taken": " – ".join(map(_of, each))}
    return {}


def _of(amount: Money) -> str:
    return told([amount])
