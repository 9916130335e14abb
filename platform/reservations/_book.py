"""The book: reservations, and what each has elsewhere, a seat and an event.

The document is what counts, and what is elsewhere follows it. Before anything is begun
elsewhere the document says so, together with a delayed event that settles it; whoever
settles it first makes sure that nobody can finish it any more. So a crash at any moment
leaves a reservation with all that it has, or one that has nothing.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reservations._asked import begins, event_of
from reservations._course import OVER, SEATED, NotNow, changed, require
from reservations._news import Call, News

HOLD = 120  # seconds that a seat is held until it is kept
UNCONFIRMED = timedelta(hours=1)  # that a proposal lasts
UNFINISHED = timedelta(seconds=60)  # after which nobody is at it any more
LATER, LATEST = timedelta(seconds=30), timedelta(hours=6)  # between two tries
UNWRITTEN = "it is not in the calendar yet; that is tried again"
UNKNOWN = "nobody knows now whether that time is free; nothing was booked"


@dataclass(frozen=True)
class Elsewhere:
    """Who has the seats and the events; each call takes what its operation takes.

    ``take`` holds a slot for a while, ``held`` shows a hold, ``keep`` makes it a
    booking's, ``release`` ends it; ``write`` and ``erase`` are for the event.
    """

    take: Call
    held: Call
    keep: Call
    release: Call
    write: Call
    erase: Call


@dataclass(frozen=True)
class Book:
    """Bookings in a collection, and what each has *there*.

    *host* is the unit of work and the failures of the service that keeps the book.
    """

    bookings: Any
    there: Elsewhere
    news: News
    host: Any

    async def own(self, id: str, caller: Any) -> Any:
        """The stored booking; of a customer's only its own are there."""
        found = await self.bookings.read(id)
        if not caller.owns(found.value.subject):
            raise self.host.NotFound(f"there is no booking {id}")
        return found

    async def make(self, new: Any, *, is_certain: bool) -> Any:
        """Put a proposal, which ends by itself; or confirm it at once.

        What a repeat finds already made is gone on with. NotFound where its hold is
        not there for who asks, Conflict where that is of another slot or booking.
        """
        found = await self.bookings.read(new.id, new)
        if not found.version:
            await self._require_hold(new)
            self.news.plan(new.id, "end", new.created_at + UNCONFIRMED)
        if is_certain:
            return await self.confirm(found)
        if not found.version:
            self.bookings.put(new.id, new, version=0)
        return found.value

    async def due(self, id: str, what: str) -> None:
        """What was planned for it: settle it, end it, tell the customer."""
        kind, _, number = what.partition(" ")
        try:
            found = await self.bookings.read(id)
        except self.host.NotFound:
            return  # it was deleted
        if kind == "settle":
            await self.settle(id)
        elif kind == "end" and found.value.status == "pending":
            await self.end(found, "not confirmed in time")
        elif number:
            await self.news.tell(found.value, kind, int(number))

    async def confirm(self, seen: Any) -> Any:
        """Give it its seat and its event; what is confirmed already stays so.

        Conflict where somebody else has the time, with alternatives; UpstreamFailed
        where that cannot be found out. Then nothing is kept.
        """
        return await self.move(seen, seen.value.slot_id)

    async def move(self, seen: Any, slot_id: str) -> Any:
        """Give it the seat of that slot, and release the one it had; as `confirm`."""
        was, now = seen.value, self.host.now()
        if (was.status, was.slot_id) == ("confirmed", slot_id):
            return was
        require(was, "confirmed", now)
        hold = await self._hold(seen, slot_id)
        event_id = was.calendar_id and was.id
        spare = list(dict.fromkeys([*was.spare, hold.id]))
        fields = {"spare": spare, "event_id": event_id}
        begun = was.model_copy(update=fields)
        self.news.plan(was.id, "settle", now + UNFINISHED)
        try:
            version = await self._put(begun, seen.version)
        except self.host.Stale:
            await self._overtaken(was.id, hold.id)
            raise
        try:
            made = await self._finished(begun, hold, version)
        except self.host.Problem:
            await self._settled_soon(was, version)
            raise
        return await self._settled_soon(made) if made.spare else made

    async def end(self, seen: Any, reason: str) -> Any:
        """Cancel it, and release what it has: at once, or as soon as can be."""
        was, now = seen.value, self.host.now()
        require(was, "cancelled", now)
        spare = [*was.spare, *filter(None, [was.hold_id])]
        fields = {"spare": spare, "hold_id": "", "sequence": was.sequence + 1}
        ended = changed(was, now, status="cancelled", reason=reason, **fields)
        self.news.changed(ended, was)
        self.news.plan(was.id, "settle", now + UNFINISHED)
        await self._put(ended, seen.version)
        return await self._settled_soon(ended)

    def step(self, seen: Any, status: str) -> Any:
        """Its next status, which changes nothing elsewhere."""
        now = self.host.now()
        require(seen.value, status, now)
        made = changed(seen.value, now, status=status)
        self.bookings.put(seen.id, made, version=seen.version)
        return made

    async def amend(self, seen: Any, **fields: Any) -> Any:
        """Change what takes nobody's time; its event follows."""
        known = {"updated_at": self.host.now()} | fields
        if seen.value.event_id:
            known["warnings"] = [UNWRITTEN]
            self.news.plan(seen.id, "settle", self.host.now() + UNFINISHED)
        made = seen.value.model_copy(update=known)
        await self._put(made, seen.version)
        return await self._settled_soon(made)

    def forget(self, seen: Any) -> None:
        """Delete what is over; NotNow while it is not, or something is left of it."""
        if seen.value.status not in OVER or _is_unsettled(seen.value):
            raise NotNow(f"it is {seen.value.status}: cancel it first")
        self.bookings.delete(seen.id, version=seen.version)

    async def settle(self, id: str, begun_at: int | None = None) -> Any:
        """Make what is elsewhere follow the document, now that nobody is at it.

        Who *begun_at* a version and failed leaves it to another who is at it now, and
        else undoes what it may have done after that was settled.
        """
        seen = await self.bookings.read(id)
        was, has_lost = seen.value, begun_at not in (None, seen.version)
        is_anothers = has_lost and was.spare and was.status not in OVER
        if is_anothers or (begun_at is None and not _is_unsettled(was)):
            return was
        # From here on nobody can finish what was begun at an earlier version.
        version = await self._put(was, seen.version)
        for hold_id in was.spare:
            await self._let_go(hold_id, id)
        follow = self._rewritten if was.status in SEATED else self._erased
        about = await follow(was, version)
        settled = was.model_copy(update={"spare": []} | about)
        self._plan_rest(settled)
        await self._put(settled, version)
        return settled

    def _plan_rest(self, of: Any) -> None:
        """What could not be done is tried ever later, until it does not matter."""
        now = self.host.now()
        self.host.cancel(_key(of.id))
        if of.warnings and now < of.end:
            pause = max(LATER, min(now - of.updated_at, LATEST))
            self.news.plan(of.id, "settle", now + pause)

    async def _finished(self, begun: Any, hold: Any, version: int) -> Any:
        """The reservation with that hold's time; Stale where it was settled first."""
        fields = hold.slot.model_dump(include={"start", "end", "timezone"})
        fields |= {"slot_id": hold.slot.id, "begins": begins(hold.slot.start)}
        fields |= {"hold_id": hold.id, "status": "confirmed"}
        had = {*begun.spare, begun.hold_id} - {hold.id, ""}
        made = changed(begun, self.host.now(), spare=sorted(had), **fields)
        made.sequence += begun.status == "confirmed"
        try:
            await self._keep(hold.id, made.id)
        except self.host.NotFound as exc:
            lost = "the hold ended before it was kept; try again"
            raise self.host.Conflict(lost, alternatives=[]) from exc
        made.warnings = await self._written(made, version)
        self.news.changed(made, begun)
        if not _is_unsettled(made):
            self.host.cancel(_key(made.id))
        await self._put(made, version)
        return made

    async def _require_hold(self, new: Any) -> None:
        """Who names a hold counts on it, so it is never passed over silently."""
        if new.hold_id:
            held = await self.there.held(id=new.hold_id)
            is_its = held.booking_id in (None, new.id)
            if held.slot.id != new.slot_id or not is_its:
                wrong = "that hold is of another slot, or of another booking"
                raise self.host.Conflict(wrong, alternatives=[])

    async def _hold(self, seen: Any, slot_id: str) -> Any:
        """Its own hold on the slot, where a repeat finds one, or a new one."""
        was = seen.value
        own = was.hold_id if was.status == "pending" else ""
        for hold_id in filter(None, [*was.spare, own]):
            with suppress(self.host.NotFound):
                held = await self.there.held(id=hold_id)
                if held.slot.id == slot_id and held.booking_id in (None, was.id):
                    return held
        # The same for a repeat after a crash, another after every change.
        key = f"{was.id} {slot_id} {seen.version}"
        try:
            wanted = {"slot_id": slot_id, "seconds": HOLD}
            return await self.there.take(json=wanted, key=key)
        except self.host.UpstreamFailed as exc:
            known = {"upstream": exc.data["upstream"], "retry_after": 30}
            known["code"] = exc.code
            raise self.host.UpstreamFailed(UNKNOWN, **known) from exc

    async def _let_go(self, hold_id: str, id: str) -> None:
        with suppress(self.host.NotFound, self.host.Conflict):
            # Made its own first, so that nobody else's is ever released.
            await self._keep(hold_id, id)
            await self.there.release(id=hold_id)

    async def _overtaken(self, id: str, hold_id: str) -> None:
        """Nobody waits until a hold ends by itself that no document knows of; one that
        who was faster has as well, by the same request, is theirs."""
        with suppress(self.host.Problem):
            now = (await self.bookings.read(id)).value
            if hold_id not in (*now.spare, now.hold_id):
                await self._let_go(hold_id, id)

    async def _keep(self, hold_id: str, id: str) -> None:
        await self.there.keep(id=hold_id, json={"booking_id": id})

    async def _written(self, of: Any, version: int) -> list[str]:
        """Write its event; a warning where that cannot be done now."""
        if of.event_id:
            where = {"id": of.calendar_id, "event_id": of.event_id}
            where |= {"key": f"{of.id} {version}"}
            try:
                await self.there.write(json=event_of(of), **where)
            except self.host.UpstreamFailed:
                return [UNWRITTEN]
        return []

    async def _rewritten(self, of: Any, version: int) -> dict[str, Any]:
        """Its event follows it; a calendar that refuses it takes no seat away."""
        try:
            return {"warnings": await self._written(of, version)}
        except self.host.Problem as exc:
            return {"warnings": [f"its calendar refuses it: {exc.message}"]}

    async def _erased(self, of: Any, version: int) -> dict[str, Any]:
        if of.calendar_id:
            where = {"id": of.calendar_id, "event_id": of.id}
            with suppress(self.host.NotFound):  # the calendar itself may be gone
                key = f"{of.id} {version}"
                await self.there.erase(key=key, **where)
        return {"warnings": [], "event_id": None}

    async def _settled_soon(self, of: Any, begun_at: int | None = None) -> Any:
        """Settled at once where that works; else the delayed event does it."""
        with suppress(self.host.Problem):
            return await self.settle(of.id, begun_at)
        return of

    async def _put(self, value: Any, version: int) -> int:
        self.bookings.put(value.id, value, version=version)
        return (await self.host.commit())[0]


def _is_unsettled(of: Any) -> bool:
    has_event = of.event_id and of.status not in SEATED
    return bool(of.spare or of.warnings or has_event)


def _key(id: str) -> str:
    return f"settle {id}"
