"""Conversational payment: a dialogue that leads to a payment link, or to none.

Calls      payment-intent, payment-link, payment-confirmation, database-operations
Publishes  payment-talk.expires, and consumes it: nobody has answered
Consumes   conversation.removed: what was said there goes with it

No link is made without a yes to the question that named amount, currency and payee.
Card data stops here: it is refused, goes to no other service, and is kept nowhere.
Nothing is made twice: its key is that of the talk and of what it is made of. Who
changes or cancels a link ends it first: of a talk's links one at most can be paid.
"""

import json
from datetime import timedelta
from importlib.resources import files
from typing import Any

import amounts_in_words
import chassis
import forms
import payers
import replies
from contracts.assistant.dialogues import Dialogue, DialogueTurn
from contracts.assistant.events import ConversationRemoved
from contracts.payment import talks as contract
from contracts.payment.events import TalkExpires
from contracts.payment.intents import Analysis, Intent
from contracts.payment.links import Link
from contracts.payment.payments import Payment
from contracts.payment.talks import StoredTalk

BEGINS = chassis.policy(retry="keyed", public=True)
TAKES = chassis.policy(retry="keyed", public=True, timeout=25.0)
CONVERSES = chassis.policy(retry="keyed", timeout=25.0, action="payment")
WORDS = json.loads(files(__package__).joinpath("words.json").read_text("utf-8"))
SAID = replies.Replies(WORDS["replies"])
FORM = forms.Form(
    ("amount", "purpose"),
    undone=dict.fromkeys(("total", "payee", "intent_id", "url")),
    patience=timedelta(minutes=30),
    done="linked",
    result="link_id",
    again={"linked": "relinked", "changed": "unlinked", "cancelled": "ended"},
)

intents = chassis.upstream("payment-intent")
links = chassis.upstream("payment-link")
confirmation = chassis.upstream("payment-confirmation")
talks = chassis.collection("payment-talks", StoredTalk)
router = chassis.router("/api/v1/payment-conversations")


async def payment(id: str) -> Payment:
    with chassis.acting_for(chassis.current().tenant):  # customers see no payments
        return await confirmation.call("get_payment", Payment, id=id)


async def mine(talk: StoredTalk) -> list[StoredTalk]:
    """Those of the customer in the conversation."""
    here = {"customer": talk.customer, "conversation_id": talk.conversation_id}
    return await talks.matching(here) if talk.conversation_id else [talk]


async def read(talk: StoredTalk, text: str, answer: Any) -> forms.Heard:
    asked = payers.request(talk, text, answer)
    found = await intents.call("analyze", Analysis, json=asked)
    if wanted := payers.asks(talk, text, found):
        return await outcomes.heard(payers.seen(talk, found), mine, wanted)
    rest = await payers.rest(talk, text, mine)
    return rest or payers.heard(talk, text, answer, found)


async def price(talk: StoredTalk) -> StoredTalk:
    """With what is to be paid, fees included, and who gets it."""
    assert talk.amount
    item = {"description": talk.purpose, "unit_price": talk.amount.minor_units}
    given = {"currency": talk.amount.currency, "items": [item], "purpose": talk.purpose}
    given |= {"conversation_id": talk.conversation_id}
    once = forms.key(talk.id, talk.link_id, given)
    made = await intents.call("create_intent", Intent, json=given, key=once)
    return talk.model_copy(update=payers.charged(made))


async def link(talk: StoredTalk) -> StoredTalk:
    given = {"intent_id": talk.intent_id}
    once = forms.key(talk.id, talk.link_id, talk.intent_id)
    made = await links.call("create_link", Link, json=given, key=once)
    return talk.model_copy(update={"link_id": made.id, "url": made.url})


async def unlink(talk: StoredTalk) -> None:
    """Nobody can pay at its link any more; Conflict if somebody does, or has."""
    with chassis.acting_for(chassis.current().tenant):  # customers end no links
        await links.call("expire", Link, id=talk.link_id)


async def met(talk: StoredTalk) -> StoredTalk:
    """As it is by now: its link may have been paid, or be over."""
    known = talk.link_id and await links.call("get_link", Link, id=talk.link_id)
    if known and known.status == "paid":
        paid = {"state": "paid", "total": known.amount, "payee": known.payee}
        return talk.model_copy(update=paid)
    is_over = known and known.status == "expired" and talk.state == FORM.done
    return talk.model_copy(update=FORM.anew) if is_over else talk


def fields(talk: StoredTalk) -> dict[str, Any]:
    """Those of the replies."""
    due, said = talk.total or talk.amount, talk.language
    amount = amounts_in_words.amount(due.minor_units, due.currency, said) if due else ""
    return dict(talk) | payers.fields(talk, SAID) | {"amount": amount}


outcomes = payers.Outcomes(links, payment, chassis, SAID, fields)
does = payers.answer, read, price, link, unlink, met, payers.refusal, fields
desk = forms.Desk(FORM, SAID, talks, chassis, TalkExpires, *does)


@router.post("", status_code=201, response_model=contract.Talk, **BEGINS)
async def create_talk(given: contract.NewTalk, caller: chassis.Caller) -> StoredTalk:
    """Begin one; Conflict while the conversation has another that is open."""
    return desk.begin(desk.new(caller, **given.model_dump()))


@router.post("/{id}/messages", response_model=contract.Said, **TAKES)
async def message(id: str, given: contract.TalkMessage, caller: chassis.Caller) -> Any:
    taken = await desk.take(await desk.own(id, caller), given.message)
    return dict(taken.talk) | taken._asdict()


@router.post("/turns", **CONVERSES)
async def converse(given: contract.TalkTurn, caller: chassis.Caller) -> DialogueTurn:
    """One of the chat's; without an id the conversation's open talk is meant."""
    bound = {"conversation_id": given.conversation_id, "locale": given.locale}
    known = await desk.meant(given.id, caller, given.message, **bound)
    if payers.leaves(known.value, given.message):
        known = await desk.meant(None, caller, **bound)
    taken = await desk.take(known, given.message, is_resumed=given.resumed)
    here = Dialogue(action="payment", arguments={"id": taken.talk.id})
    here.reminder = desk.reminder(taken.talk)
    return payers.turn(taken, given.message, here)


expires = chassis.on(TalkExpires)(desk.expire)
forgets = chassis.on(ConversationRemoved)(desk.forget)
chassis.items(router, talks, "talk", view=StoredTalk, read_roles=chassis.STAFF)
app = chassis.create_app("conversational-payment", router, expires, forgets)
