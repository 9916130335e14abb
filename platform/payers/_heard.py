"""What a customer's message says of a payment that is being talked about."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import forms
import langid
import replies
import wording
from contracts.assistant.dialogues import Dialogue, DialogueTurn
from contracts.payment.intents import Analysis
from contracts.payment.money import Money
from contracts.payment.talks import StoredTalk
from payers import _portions, _sums
from payers._remarks import is_said
from replies import Answer

LONGEST = 4_000  # characters of a message that are looked at
MOST = 12  # currencies that are named
ASKS = ("trouble", "link", "paid", "owed", "currencies", "online", "how")
GENERAL = ("currencies", "how")  # what the business's documents may tell, too


@cache
def _about() -> frozenset[str]:
    """Words that say nothing new of a payment."""
    text = files(__package__).joinpath("about.json").read_text(encoding="utf-8")
    return frozenset(json.loads(text))


def answer(text: str) -> Answer:
    """What a message answers to a question for a yes; see ``replies.answer``."""
    is_over = is_said("stops", text) and "?" not in text
    return "cancel" if is_over else replies.answer(text, _about())


def request(talk: StoredTalk, text: str, answer: Answer) -> dict[str, Any]:
    """What to ask of a message: which amounts it names, as this talk stands."""
    said = {"text": langid.contracted(text)[:LONGEST], "quoted": True}
    said |= {"locale": talk.locale, "currency": talk.currency}
    return said | {"before": _before(talk, text, answer)}


def _before(talk: StoredTalk, text: str, answer: Answer) -> str | None:
    """What was said of the amount, where the message may complete or correct that by
    a number alone; None where a number is rather something else's."""
    is_asked = talk.state in forms.OPEN and talk.asked != "purpose"
    is_meant = is_asked or answer != "none" or replies.is_change(text)
    return talk.doubt if talk.turn and is_meant else None


def asks(talk: StoredTalk, text: str, found: Analysis) -> str:
    """What a message wants to know of payments: what became of them ("status"), their
    "link", what is "owed", how the total comes about ("why"), whether one can pay
    "online", "how", and in which "currencies"; "refund" where it wants its money back.
    "" for anything else. Questions about refunds in general are for whoever knows the
    business's rules."""
    if talk.total and is_said("why", text):
        return "why"
    if found.amounts or found.doubtful:
        return _status(text, found)
    is_new = talk.amount is None or talk.state == "linked"
    for each in ASKS if is_new else ASKS[:3]:
        if is_said(each, text):
            return each
    return _status(text, found)


def _status(text: str, found: Analysis) -> str:
    if found.intent == "refund":
        return "" if replies.is_question(text) else "refund"
    return "status" if found.intent == "ask_status" else ""


def heard(talk: StoredTalk, text: str, answer: Answer, found: Analysis) -> forms.Heard:
    """What is said of the payment; nothing in what is another matter."""
    if talk.turn and (wanting := _unwilling(text, found)):
        return wanting
    is_open = talk.state in forms.OPEN
    if _is_other(text, found):
        return _asked_back(talk, text, found)
    base = forms.Heard(
        values=purpose(talk, text, answer, found),
        is_answer=is_open and talk.turn > 0,
        answer=answer,
    )
    if _is_named(found) and is_said("repeated", text):
        doubt = found.doubtful or _sums.told(found.amounts)
        return _with(base, {"doubt": doubt, "question": "once"}, unclear="amount")
    return _said(talk, text, found, base)


def _with(base: forms.Heard, values: forms.Values, **about: Any) -> forms.Heard:
    """What was heard, with more of it."""
    return replace(base, values={**base.values, **values}, **about)


def _unwilling(text: str, found: Analysis) -> forms.Heard | None:
    """What somebody says who would not pay that, and names nothing else."""
    if found.amounts or found.doubtful:
        return None
    if is_said("wrong", text):
        return forms.Heard("no", is_about=True)
    return forms.Heard(instead="dear") if is_said("dear", text) else None


def _asked_back(talk: StoredTalk, text: str, found: Analysis) -> forms.Heard:
    """What comes of a question that names an amount ("isn't it 40?"), or what the open
    one says: "is that to Quay Bikes?" """
    is_payee = bool(talk.payee) and wording.joint(talk.payee) in wording.joint(text)
    is_same = talk.amount is not None and found.amounts == [talk.amount]
    is_same = is_same or (talk.state == "confirming" and is_payee)
    is_its = talk.state in forms.OPEN and found.intent == "none"
    return forms.Heard(is_answer=is_its and bool(found.amounts), is_about=is_same)


def _is_other(text: str, found: Analysis) -> bool:
    """Whether it is a wish or a question that is none to pay, or small talk; or says
    what has been paid, or will not be."""
    if found.intent == "pay":
        return False
    if is_said("unpaid", text):
        return True
    is_small = replies.is_courtesy(text) or replies.is_question(text)
    return found.intent != "none" or is_small


def _is_named(found: Analysis) -> bool:
    """Whether it speaks of paying, or of an amount."""
    return bool(found.amounts or found.doubtful or found.intent == "pay")


def _said(
    talk: StoredTalk, text: str, found: Analysis, base: forms.Heard
) -> forms.Heard:
    """What is heard of amounts, beside what is known of it without them, *base*."""
    if portion := _portions.part(talk, text, found):
        return _with(base, portion.values, unclear=portion.unclear, is_about=True)
    if why := _untaken(found):
        return _with(base, why, unclear="amount")
    if found.doubtful:
        field = "more" if _sums.is_more(talk, text) else "amount"
        asked = {"doubt": found.doubtful, "question": found.clarification}
        return _with(base, asked, unclear=field)
    if not found.amounts:
        if _sums.is_tip(talk, text, base.answer):
            return _with(base, {"question": "more", "doubt": ""}, unclear="more")
        return replace(base, is_about=found.intent == "pay" or talk.turn == 0)
    return _named(talk, text, found, base)


def _named(
    talk: StoredTalk, text: str, found: Analysis, base: forms.Heard
) -> forms.Heard:
    """What comes of the only amount: it is paid instead of the one before, or too."""
    [amount] = found.amounts
    if talk.amount and _sums.is_more(talk, text):
        if amount.currency == talk.amount.currency:
            return _with(base, _sums.together(talk, amount, base.values.get("purpose")))
        doubt = {"doubt": _sums.told([talk.amount, amount]), "question": "which"}
        return _with(base, doubt, unclear="amount")
    if why := _refused(amount, found.refused or {}):
        return _with(base, why, unclear="amount")
    return _with(base, _sums.alone(talk, found))


def _untaken(found: Analysis) -> dict[str, Any]:
    """What to say of an amount that can be in no currency that is taken."""
    is_other = found.currencies and not {*found.named} & {*found.currencies}
    if not (found.doubtful and found.named and is_other):
        return {}
    taken = ", ".join(found.currencies[:MOST])
    return {"question": "untaken", "doubt": found.doubtful, "taken": taken}


def seen(talk: StoredTalk, found: Analysis) -> StoredTalk:
    """The talk with what is taken, where that is known."""
    taken = ", ".join(found.currencies[:MOST])
    return talk.model_copy(update={"taken": taken}) if taken else talk


def turn(taken: Any, text: str, here: Dialogue) -> DialogueTurn:
    """What comes of a turn in the chat, whose talk is *here* while it goes on. What is
    known of paying in general is told where the documents say nothing of it."""
    told = DialogueTurn(reply=taken.talk.reply, handled=taken.handled)
    if taken.goes_on:
        return told.model_copy(update={"dialogue": here})
    is_general = told.handled and any(is_said(each, text) for each in GENERAL)
    told.handled, told.otherwise = told.handled and not is_general, is_general
    return told


def purpose(
    talk: StoredTalk, text: str, answer: Answer, found: Analysis
) -> forms.Values:
    """What the payment is for, where the message names it or was asked to."""
    what, told = found.purpose, forms.text(talk, ("purpose", "changed"), text, answer)
    if not _is_named(found):
        is_new = told or answer == "no" or replies.is_change(text)
        what = what or told if is_new else None
    return {"purpose": what} if what else {}


def fields(talk: StoredTalk, said: replies.Replies) -> dict[str, str]:
    """Those of the replies that are told of sums, and what is to be asked."""
    asked, left = question(talk, said), _sums.written(talk.rest, talk.language)
    return {"fees": _sums.besides(talk, said), "question": asked, "rest": left}


def question(talk: StoredTalk, said: replies.Replies) -> str:
    """What to ask about the amount, in words."""
    name = talk.question or "which"
    known = {"taken": talk.taken, "amount": _sums.figured(talk)}
    return said.say(name, talk.language, **known) if said.has(name) else name


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
        return {"question": "untaken", "doubt": _sums.told([amount]), "taken": named}
    if {"least", "most"} <= known.keys():
        bounds = (known["least"], known["most"])
        each = [Money(minor_units=b, currency=amount.currency) for b in bounds]
        return {"question": "bounded", "doubt": "", "taken": " – ".join(map(_of, each))}
    return {}


def _of(amount: Money) -> str:
    return _sums.told([amount])
