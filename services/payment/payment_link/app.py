"""Payment link: where a customer pays an intent.

Calls      payment-intent, payment-confirmation (without Stripe), database-operations
Provider   Stripe's checkout, or a page of this service that takes test cards
Publishes  payment-link.expires, and consumes it
Consumes   payment-intent.cancelled, payment.confirmed, payment.failed

An intent has one live link, stored before its page is opened: a crash opens no second.
"""

import uuid
from contextlib import suppress
from datetime import timedelta
from functools import partial

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field

import chassis
import psp
from contracts.payment import events
from contracts.payment.intents import Intent
from contracts.payment.links import Link, NewLink, StoredLink


class Settings(psp.Keys):
    payment_link_secret: str  # several, divided by commas; the first signs
    payment_link_seconds: int = Field(82_800, ge=1_860, le=86_000)  # as Stripe has it
    filigree_public_url: str = "http://127.0.0.1:8000"


MAKES = chassis.policy(retry="keyed", public=True, timeout=15.0)
EXPIRES = chassis.policy(retry="read", public=True, timeout=15.0)
OPEN = chassis.policy(public=True, anonymous=True, timeout=15.0)
OPEN |= chassis.media("text/html")

config = chassis.settings(Settings, prefix="")
every = psp.Providers.of(config, chassis.provider("Stripe").call)
signing = psp.secrets_of(config.filigree_internal_keys)
addresses = psp.Addresses(config.filigree_public_url, config.payment_link_secret)
intents = chassis.upstream("payment-intent")
confirmation = chassis.upstream("payment-confirmation")
stored = chassis.collection("payment-links", StoredLink)
holds = (partial(intents.call, each, Intent) for each in ("hold", "let_go"))
links = psp.Links(stored, chassis.commit, chassis.Stale, *holds)
router = chassis.router("/api/v1/payment-links")
pages = chassis.router("/pay")


def store(intent: Intent, tenant: str, number: int) -> str:
    """Put the intent's link of that number, whose id is the same for whoever does."""
    id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{tenant} {intent.id} {number}"))
    ends = chassis.now() + timedelta(seconds=config.payment_link_seconds)
    about = psp.terms_of(intent) | {"id": id, "provider": every.first.name}
    about |= {"url": addresses.of(tenant, id), "created_at": chassis.now()}
    stored.put(id, StoredLink(**about, expires_at=ends), version=0)
    chassis.publish(events.LinkExpires(link_id=id), deliver_at=ends)
    return id


@router.post("", status_code=201, response_model=Link, **MAKES)
async def create_link(given: NewLink, tenant: chassis.Tenant) -> StoredLink:
    """The intent's live link, made if there is none; Conflict when it is paid."""
    intent = await intents.call("get_intent", Intent, id=given.intent_id)
    if intent.status != "open":
        raise chassis.Conflict(f"the intent is {intent.status}")
    provider, new = every.first.name, lambda number: store(intent, tenant, number)
    link = await links.live(intent.id, provider, chassis.now(), new)
    return await links.opened(link, every, tenant)


@router.post("/{id}/expire", response_model=Link, **EXPIRES)
async def expire(id: str, now: chassis.Now) -> StoredLink:
    """Let nobody pay there any more; Conflict while somebody does, or has."""
    await stored.own(id)
    return await links.close(id, now, every)


@chassis.on(events.LinkExpires)
async def expires(event: events.LinkExpires) -> None:
    with suppress(psp.Refused):  # it is being paid, and the payment's events tell
        await links.close(event.link_id, chassis.now(), every)


@chassis.on(events.IntentCancelled)
async def cancelled(event: events.IntentCancelled) -> None:
    """Again, while somebody pays there: who is declined shall not try once more."""
    for link in await links.payable(event.intent_id, chassis.now()):
        await links.close(link.id, chassis.now(), every)


@chassis.on(events.PaymentConfirmed)
async def paid(event: events.PaymentConfirmed) -> None:
    await links.settle(event.link_id, "paid")


@chassis.on(events.PaymentFailed)
async def failed(event: events.PaymentFailed) -> None:
    await links.settle(event.link_id, "failed")


def shown(link: StoredLink, part: str, message: str) -> Response:
    return chassis.page(psp.page(link, part, message), psp.HEADERS)


@pages.get("/{token}", **OPEN)
async def visit(token: str, now: chassis.Now, paid: bool = False) -> Response:
    """The page where a link is paid, or the way to the provider's."""
    try:
        tenant, id = addresses.read(token)
        with chassis.acting_for(tenant):
            link = await links.visit(id, now)
    except (psp.NoLink, chassis.NotFound):
        return chassis.page(psp.nowhere(), psp.HEADERS, 404)
    part, message = psp.before(link, now, is_back=paid)
    if link.page_url and part != "done":
        return RedirectResponse(link.page_url, 303)
    return shown(link, part, message)


@pages.post("/{token}", **OPEN)
async def pay(token: str, request: Request, now: chassis.Now) -> Response:
    """Try to pay on our own page, and say what came of it."""
    tenant, id = addresses.read(token)
    with chassis.acting_for(tenant):
        link = await stored.get(id)
        outcome = psp.attempt(await request.body(), link, now)
        if psp.is_flawed(outcome):
            return shown(link, *psp.after(outcome))
        try:
            if outcome is None or not (taken := await links.take(id, now)):
                return RedirectResponse(link.url, 303)
            told = psp.told(psp.sale_of(link, tenant), outcome, signing, now)
            await confirmation.call("webhook", provider=every.first.name, **told)
        except chassis.Problem:
            return shown(link, *psp.after(None))
        with suppress(chassis.Problem):  # what was taken is free again by itself
            await links.leave(id, taken, outcome)
    return shown(link, *psp.after(outcome))


listing = {"listed": True, "list_roles": chassis.STAFF}
chassis.items(router, stored, "link", view=Link, read=stored.own, **listing)
meanings = {psp.Refused: chassis.Conflict, psp.Unpayable: chassis.Invalid}
meanings |= {psp.NoLink: chassis.NotFound, psp.Busy: chassis.Unavailable}
parts = (router, pages, expires, cancelled, paid, failed)
app = chassis.create_app("payment-link", *parts, meanings=meanings)
