"""How and when a recipient wants to be told."""

from datetime import datetime
from typing import Any

from channels._quiet import may_go
from contracts.operations.notifications import Delivery


def channels(of: Any, likes: Any, inside: str = "") -> list[Any]:
    """By which ways the recipient of a message is told, the best first; none without
    consent. Who has the id *inside* belongs to the business: without any address, the
    first way is tried all the same, which may end in the inbox.

    *of* has ``recipient`` with an address by channel, and ``channel``, which is None
    where the recipient's own order counts; *likes* are ``order`` and ``opted_out``.
    """
    to = of.recipient
    if to.id == inside and not any((to.email, to.sms, to.push)):
        return list(likes.order[:1])
    order = [of.channel] if of.channel else likes.order
    able = [one for one in order if getattr(to, one)]
    return [one for one in able if one not in likes.opted_out]


def passed_over(of: Any, likes: Any, inside: str, at: datetime) -> list[Delivery]:
    """Why somebody is told in no way: what forbids each channel that was wanted;
    nothing where there is a way. All as for ``channels``."""
    if channels(of, likes, inside):
        return []
    why = dict.fromkeys(likes.opted_out, "opted_out")
    wanted = [of.channel] if of.channel else likes.order
    told = [{"channel": one, "outcome": why.get(one, "no_address")} for one in wanted]
    return [Delivery.model_validate(one | {"at": at}) for one in told]


def moment(of: Any, likes: Any, at: datetime) -> datetime:
    """When it may go out, from *at* on: at its time, but not in quiet hours.

    *of* has ``send_at`` and ``urgent``, *likes* ``quiet`` and ``timezone``.
    """
    at = max(at, of.send_at or at)
    if of.urgent or likes.quiet is None:
        return at
    return may_go(at, likes.quiet.start, likes.quiet.end, likes.timezone)
