"""News: who hears of a change, other services at once and the customer soon after."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import invitations

REMINDER = timedelta(hours=24)  # before the start
TOLD = ("confirmed", "cancelled")
Call = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class News:
    """Publishes what happened and tells the customer, in *words* by the kind of change.

    *host* publishes with its unit of work. *send* sends a letter, *take_back* those
    that wait under a key. The others make events; that of *due* is for oneself.
    """

    host: Any
    send: Call
    take_back: Call
    words: Mapping[str, Mapping[str, str]]
    created: Callable[..., Any]
    moved: Callable[..., Any]
    cancelled: Callable[..., Any]
    due: Callable[..., Any]

    def plan(self, id: str, what: str, at: Any = None) -> None:
        """Do that at that time, instead of what was planned of its kind."""
        key = f"{what.partition(' ')[0]} {id}"
        self.host.cancel(key)
        event = self.due(booking_id=id, what=what)
        self.host.publish(event, deliver_at=at, cancel_key=key)

    def changed(self, now: Any, was: Any) -> None:
        """Publish it. Nobody hears of a proposal that was not confirmed."""
        self.host.cancel(f"end {now.id}", f"remind {now.id}")
        if was.status == "pending" and now.status == "cancelled":
            return
        self.host.publish(self._event(now, was))
        self.plan(now.id, f"tell {now.sequence}")
        reminded = now.start - REMINDER
        if now.status == "confirmed" and reminded > now.updated_at:
            self.plan(now.id, f"remind {now.sequence}", reminded)

    async def tell(self, of: Any, what: str, sequence: int) -> None:
        """Tell the customer what is true still: of two changes only the later."""
        if of.sequence != sequence or of.status not in TOLD:
            return
        if what == "remind":
            return await self._sent(of, "reminder")
        await self.take_back(json={"cancel_key": of.id})
        confirmed = "moved" if sequence else "confirmed"
        await self._sent(of, confirmed if of.status == "confirmed" else "cancelled")

    async def _sent(self, of: Any, kind: str) -> None:
        who = of.customer
        if not (who.email or who.phone):
            return
        spans = {"title", "start", "end", "timezone", "sequence"}
        appointment = invitations.Appointment(
            uid=f"filigree-{of.id}",
            changed=of.updated_at,
            is_cancelled=of.status == "cancelled",
            **of.model_dump(include=spans),
        )
        about = {"name": who.name, "id": of.id, "reason": of.reason}
        is_new = kind != "reminder"
        said = invitations.letter(
            self.words[kind], appointment, attached=is_new, **about
        )
        to = {"id": who.email or who.phone, "email": who.email, "sms": who.phone}
        await self.send(json={"recipient": to, "cancel_key": of.id} | said)

    def _event(self, now: Any, was: Any) -> Any:
        about = now.model_dump(include={"service", "start", "end", "timezone"})
        about["booking_id"] = now.id
        if now.status == "cancelled":
            return self.cancelled(reason=now.reason, **about)
        if was.status == "pending":
            return self.created(**about)
        return self.moved(was=was.start, **about)
