"""Payment confirmation: what became of a payment, whatever is told in which order.

Calls      database-operations
Provider   Stripe, or a till of this process
Publishes  payment.confirmed, payment.failed, payment.refunded, payment.disputed

Facts about a payment only grow, so its state depends on what was told and not on when
or how often; what is news is published with the write that made it so. A refund is
promised before the provider is asked for it, so that all of them never exceed what was
captured.
"""

import uuid

from fastapi import Request
from pydantic import BaseModel

import chassis
import tills
from contracts.payment import events
from contracts.payment import payments as contract
from contracts.payment.payments import Payment, Received, Refund, StoredPayment


class Settings(BaseModel):
    """Without a key of Stripe's the till is local; webhooks then have the mesh's."""

    stripe_api_key: str = ""
    stripe_base_url: str = "https://api.stripe.com"
    stripe_webhook_secret: str = ""  # several, divided by commas, while one is rolled
    filigree_internal_keys: str = ""


COURSE = ("pending", "requires_action", "failed")
STAFF, MANAGERS = chassis.STAFF, chassis.MANAGERS
TOLD = chassis.policy(public=True, anonymous=True, timeout=10.0)
ASKS = chassis.policy(retry="read", public=True, roles=STAFF, timeout=30.0)
REFUNDS = chassis.policy(retry="keyed", public=True, roles=MANAGERS, timeout=25.0)

config = chassis.settings(Settings, prefix="")
stripe = chassis.provider("Stripe")
till = tills.chosen(config.stripe_api_key, config.stripe_base_url, stripe.call)
secrets = {"stripe": config.stripe_webhook_secret.split(",")}
if isinstance(till, tills.Local):
    secrets["local"] = tills.secrets_of(config.filigree_internal_keys)
payments = chassis.collection("payments", StoredPayment)
owning = chassis.collection("payment-owners", contract.PaymentOwner)
owners = tills.Owners(chassis.PLATFORM, owning)
router = chassis.router("/api/v1/payments")
webhooks = chassis.router("/api/v1/webhooks")


def status_of(now: tills.Standing) -> contract.PaymentStatus:
    if now.dispute:
        return "disputed"
    if not now.captured:
        return COURSE[now.state]
    if now.refunded == now.captured:
        return "refunded"
    return "partially_refunded" if now.refunded else "confirmed"


def news(id: str, before: tills.Standing, after: tills.Standing) -> list[BaseModel]:
    """What others are told: each once, for what is known of a payment only grows."""
    about = {"payment_id": id, "intent_id": id, "currency": after.currency}
    about |= {"link_id": after.link_id, "minor_units": after.captured - before.captured}
    found: list[BaseModel] = []
    if after.captured > before.captured:
        found.append(events.PaymentConfirmed(**about))
    elif after.failure and after.course > before.course:
        about["minor_units"] = after.amount
        found.append(events.PaymentFailed(**about, reason=after.failure))
    if after.refunded > before.refunded:
        about["minor_units"] = after.refunded - before.refunded
        found.append(events.PaymentRefunded(**about, refunded=after.refunded))
    if after.dispute and not before.dispute:
        about["minor_units"] = after.captured
        found.append(events.PaymentDisputed(**about, reason=after.dispute))
    return found


def blank(id: str, provider: str) -> StoredPayment:
    at = dict.fromkeys(("created_at", "updated_at"), chassis.now())
    return StoredPayment(id=id, intent_id=id, provider=provider, **at)


def write(known: chassis.Stored[StoredPayment], facts: tills.Facts) -> None:
    """Store what is known of a payment now, and publish what of it is news."""
    before, after = tills.standing(known.value.facts), tills.standing(facts)
    about = {"status": status_of(after), "facts": facts, "updated_at": chassis.now()}
    new = StoredPayment(**known.value.model_dump() | after._asdict() | about)
    payments.put(known.id, new, version=known.version)
    for event in news(known.id, before, after):
        chassis.publish(event)


ledger = tills.Ledger(payments, blank, write, chassis.commit, chassis.Stale)


@webhooks.post("/{provider}", **TOLD)
async def webhook(provider: str, request: Request, now: chassis.Now) -> Received:
    """Take an event as Stripe sends and signs it; a repeat changes nothing."""
    body, header = await request.body(), request.headers.get("stripe-signature", "")
    tills.verify(body, header, secrets.get(provider, []), now.timestamp())
    told = tills.event(body)
    owner = await owners.claim(told) if told else None
    if owner is None or owner.tenant is None:
        return Received()
    facts = tills.joined(owner.facts, told.facts)
    with chassis.acting_for(owner.tenant):
        is_new = await ledger.learn(owner.payment_id, provider, lambda _: facts)
    return Received(duplicate=not is_new)


async def payment_of(id: str) -> chassis.Stored[StoredPayment]:
    """A payment by its intent's id, or by the provider's."""
    owner = await owners.find(id)
    is_mine = owner is not None and owner.tenant == chassis.current().tenant
    return await payments.read(owner.payment_id if is_mine else id)


@router.post("/{id}/refunds", status_code=201, **REFUNDS)
async def refund(id: str, given: contract.NewRefund, caller: chassis.Caller) -> Refund:
    """Give money back, once for each Idempotency-Key."""
    payment = (await payment_of(id)).value
    key = f"{payment.id} {caller.subject} {caller.idempotency_key or uuid.uuid4()}"
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, key))
    state, amount = await ledger.give_back(till, payment, name, given.minor_units)
    about = {"payment_id": payment.id, "currency": payment.currency}
    about |= {"reason": given.reason, "created_at": chassis.now()}
    return Refund(id=name, minor_units=amount, status=tills.REFUNDS[state], **about)


@router.post("/{id}/reconcile", **ASKS)
async def reconcile(id: str, tenant: chassis.Tenant) -> Payment:
    """Ask the provider what became of a payment, and add what was missed."""
    payment = (await payments.read(id, blank(id, till.name))).value
    await ledger.catch_up(till, payment, owners, tenant)
    return (await payment_of(id)).value


shown = {"view": Payment, "read": payment_of, "listed": True, "read_roles": STAFF}
chassis.items(router, payments, "payment", **shown)
wrong = tills.BadSignature, tills.BadEvent, tills.Unpayable
meanings = dict.fromkeys(wrong, chassis.Invalid)
meanings |= {tills.Refused: chassis.Conflict, tills.Busy: chassis.Unavailable}
app = chassis.create_app("payment-confirmation", router, webhooks, meanings=meanings)
