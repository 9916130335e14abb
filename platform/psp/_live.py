"""What a link is: how far it has come, and what is paid there."""

from datetime import datetime
from typing import Any

from psp._stripe import Sale

# A status only goes forward: a declined card can be followed by another, a payment
# that was under way when the time was up counts.
RANK = {"live": 0, "failed": 1, "expired": 2, "paid": 3}


def is_over(link: Any) -> bool:
    """Whether it has been ended or paid."""
    return RANK[link.status] >= RANK["expired"]


def state_of(link: Any, now: datetime) -> str:
    """The link's status; ``expired`` from its hour on, whoever has noticed."""
    is_known = link.status == "paid" or now < link.expires_at
    return str(link.status) if is_known else "expired"


def is_payable(link: Any, now: datetime) -> bool:
    """Whether somebody can still pay there."""
    return RANK[state_of(link, now)] < RANK["expired"]


def terms_of(intent: Any) -> dict[str, Any]:
    """What a link has of its intent: what is paid, to whom, and whose it is."""
    return {
        "intent_id": intent.id,
        "payment_id": intent.id,
        "subject": intent.subject,
        "payee": intent.payee,
        "title": intent.purpose or intent.payee,
        "amount": {"minor_units": intent.total, "currency": intent.currency},
    }


def sale_of(link: Any, tenant: str) -> Sale:
    """What is paid at a link. The metadata comes back with every event of it."""
    return Sale(
        id=link.id,
        minor_units=link.amount.minor_units,
        currency=link.amount.currency,
        title=link.title,
        metadata={"tenant": tenant, "intent_id": link.intent_id, "link_id": link.id},
        expires_at=int(link.expires_at.timestamp()),
        back=link.url,
    )
