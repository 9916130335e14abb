"""Payment confirmation: what became of a payment, whatever is told in which order.

Calls      database-operations
Provider   Stripe, or a provider of this process
Publishes  payment.confirmed, payment.failed, payment.refunded, payment.disputed
Consumes   payment.refund-due, its own: a refund that may not have been made

Facts about a payment only grow, so its state depends on what was told and not on when
or how often; what is news is published with the write that made it so. A refund is
promised before the provider is asked for it, so that all of them never exceed what was
captured.
"""

import uuid
from operator import attrgetter

from fastapi import Request

import chassis
import psp
from contracts.payment import events
from contracts.payment import payments as contract
from contracts.payment.links import StoredLink
from contracts.payment.payments import Payment, Received, Refund, StoredPayment


class Settings(psp.Keys):
    """What another provider than the first took, that one gives back."""

    stripe_webhook_secret: str = ""  # several, divided by commas, while one is rolled


EVENTS = {
    "captured": events.PaymentConfirmed,
    "failed": events.PaymentFailed,
    "refunded": events.PaymentRefunded,
    "disputed": events.PaymentDisputed,
}
STAFF, MANAGERS = chassis.STAFF, chassis.MANAGERS
TOLD = chassis.policy(public=True, anonymous=True, timeout=10.0)
READS = chassis.policy(retry="read", public=True, roles=STAFF)
ASKS = chassis.policy(retry="read", public=True, roles=STAFF, timeout=30.0)
REFUNDS = chassis.policy(retry="keyed", public=True, roles=MANAGERS, timeout=25.0)

config = chassis.settings(Settings, prefix="")
stripe = chassis.provider("Stripe")
every = psp.Providers.of(config, stripe.call)
secrets = {"stripe": config.stripe_webhook_secret.split(",")}
if isinstance(every.first, psp.Local):
    secrets["local"] = psp.secrets_of(config.filigree_internal_keys)
payments = chassis.collection("payments", StoredPayment)
links = chassis.collection("payment-links", StoredLink)
owning = chassis.collection("payment-owners", contract.PaymentOwner)
owners = psp.Owners(chassis.PLATFORM, owning)
router = chassis.router("/api/v1/payments")
webhooks = chassis.router("/api/v1/webhooks")
ledger = psp.Ledger(payments, chassis, EVENTS, events.RefundDue)


@webhooks.post("/{provider}", **TOLD)
async def webhook(provider: str, request: Request, now: chassis.Now) -> Received:
    """Take an event as Stripe sends and signs it; a repeat changes nothing."""
    if provider not in secrets:
        raise chassis.NotFound(f"there is no provider {provider}: {', '.join(secrets)}")
    body, header = await request.body(), request.headers.get("stripe-signature", "")
    psp.verify(body, header, secrets.get(provider, []), now.timestamp())
    told = psp.event(body)
    owner = await owners.claim(told) if told else None
    if owner is None or owner.tenant is None:
        return Received()
    facts = psp.joined(owner.facts, told.facts)
    with chassis.acting_for(owner.tenant):
        is_new = await ledger.learn(owner.payment_id, provider, lambda _: facts)
    return Received(duplicate=not is_new)


async def payment_of(id: str) -> chassis.Stored[StoredPayment]:
    """A payment by its intent's id, or by the provider's; pending from its link on."""
    owner = await owners.find(id)
    is_mine = owner is not None and owner.tenant == chassis.current().tenant
    name = owner.payment_id if is_mine else id
    found = await payments.read(name, ledger.blank(name, every.first.name))
    if found.version:
        return found
    if not (awaited := await links.matching({"intent_id": name})):
        raise chassis.NotFound(f"there is no payment {id}")
    newest = max(awaited, key=lambda each: each.created_at)
    return chassis.Stored(name, 0, ledger.awaited(newest))


@router.post("/{id}/refunds", status_code=201, **REFUNDS)
async def refund(id: str, given: contract.NewRefund, caller: chassis.Caller) -> Refund:
    """Give money back, once for each Idempotency-Key: without one, once more with each
    request. Pending while the provider is away, which is asked until it is made."""
    payment = (await payment_of(id)).value
    key = f"{payment.id} {caller.subject} {caller.idempotency_key or uuid.uuid4()}"
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, key))
    state, amount = await ledger.give_back(every, payment, name, given.minor_units)
    about = {"payment_id": payment.id, "currency": payment.currency}
    about |= {"reason": given.reason, "created_at": chassis.now()}
    return Refund(id=name, minor_units=amount, status=psp.REFUNDS[state], **about)


@router.get("/{id}/refunds", **READS)
async def list_refunds(
    id: str, paging: chassis.Paged
) -> chassis.Page[contract.PaymentRefund]:
    """What was given back of a payment, or is about to be, oldest first."""
    return paging.of((await payment_of(id)).value.refunds, attrgetter("id"))


@router.get("/{id}/refunds/{refund_id}", **READS)
async def get_refund(id: str, refund_id: str) -> contract.PaymentRefund:
    """What became of a refund."""
    for each in (await payment_of(id)).value.refunds:
        if each.id == refund_id:
            return each
    raise chassis.NotFound(f"there is no refund {refund_id}")


@router.post("/{id}/reconcile", **ASKS)
async def reconcile(id: str, tenant: chassis.Tenant) -> Payment:
    """Ask the provider what became of a payment, and add what was missed."""
    payment = (await payments.read(id, ledger.blank(id, every.first.name))).value
    await ledger.catch_up(every, payment, owners, tenant)
    return (await payment_of(id)).value


@chassis.on(events.RefundDue, deadline=30.0)
async def send_refunds(event: events.RefundDue) -> None:
    """Send what was promised and is not known to be made: a crash came in between, or
    the provider was away."""
    payment = await payments.get(event.payment_id)
    if psp.owed(payment.facts):
        await ledger.catch_up(every, payment, owners, chassis.current().tenant)


shown = {"view": Payment, "read": payment_of, "listed": True, "read_roles": STAFF}
chassis.items(router, payments, "payment", **shown)
wrong = psp.BadSignature, psp.BadEvent, psp.Unpayable
meanings = dict.fromkeys(wrong, chassis.Invalid)
meanings |= {psp.Refused: chassis.Conflict, psp.Busy: chassis.Unavailable}
parts = router, webhooks, send_refunds
app = chassis.create_app("payment-confirmation", *parts, meanings=meanings)
