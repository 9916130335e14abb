"""One turn of an arrangement: what follows from what was heard, or from what is free.

Nothing is taken but after a yes to the question that said all of it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from arranging import _doubting as doubting
from arranging import _lasting as lasting
from arranging import _limiting as limiting
from arranging import _looking as looking
from arranging._hearing import Heard
from arranging._looking import Look, look
from arranging._shut import Shut
from contracts.calendar.slots import Slot
from contracts.calendar.times import Span
from contracts.calendar.turns import Arrangement

UNKNOWN = "CALENDAR_UNKNOWN"  # nothing failed, but nobody knows what is free
MOST = 4  # others that are offered where somebody else was faster
FORGOTTEN = {"slot": None, "shown": [], "asked": False}
PATIENCE = timedelta(minutes=60)  # after which a yes is asked for once more


class Step(NamedTuple):
    """``state`` is None where it ended; ``reply`` names what is said, and ``question``
    what is asked after it. ``deed`` is to be done before: looking, or taking.
    ``about`` is the time that the reply speaks of, ``hours`` when it is open;
    ``before`` names what is said before all, and ``then`` is what begins after it."""

    state: Arrangement | None
    reply: str
    question: str = ""
    deed: Look | Literal["take"] | None = None
    is_handled: bool = True
    open: tuple[str, ...] = ()
    about: str = ""
    hours: str = ""
    before: str = ""
    then: Arrangement | None = None


@dataclass(frozen=True)
class Form:
    """What is wanted beside a time: ``details``, in the order of asking."""

    details: Sequence[str]

    def expected(self, state: Arrangement) -> str:
        """What is missing next: which one, service, length, slot, detail, the yes."""
        if state.kind != "book":
            return _expected_of_own(state)
        if state.slot is None:
            return _expected_first(state)
        missing = (each for each in self.details if each not in state.told)
        return next(missing, "confirm")

    def began(self, state: Arrangement, now: datetime) -> Arrangement:
        """The state as it counts now: a yes to a question of long ago is asked for
        again, and a slot that has passed is gone."""
        change: dict[str, Any] = {"at": now}
        if state.at and now - state.at > PATIENCE:
            change["asked"] = False
        if state.slot and state.slot.start <= now:
            change |= {"slot": None, "asked": False}
        if state.own and state.own.slot.start <= now:
            change |= {"own": None, "asked": False}
        change["mine"] = [each for each in state.mine if each.slot.start > now]
        return state.model_copy(update=change)

    def step(self, state: Arrangement, heard: Heard, now: datetime) -> Step:
        """What follows from a message; its deed, where it has one, comes first."""
        if heard.answer == "cancel":
            return Step(None, _given_up(state))
        if heard.answer == "later" and not heard.has_time and heard.choice is None:
            rests = state.model_copy(update={"asked": False, "rests": True})
            return Step(rests, "later")
        if state.kind == "amend":
            return self._amended(state, heard)
        if state.kind == "cancel" or self.expected(state) == "which":
            return self._answered(state, heard)
        return self._said(state, heard, now) or self._answered(state, heard)

    def _amended(self, state: Arrangement, heard: Heard) -> Step:
        """What follows of another name, or address, for what one has."""
        told = _told(state, heard)
        if told != state:
            return self.ask(told)
        return self._answered(state, heard)

    def _said(self, state: Arrangement, heard: Heard, now: datetime) -> Step | None:
        """What follows from a choice, a time or a detail; None without any."""
        if heard.is_also:
            return self.ask(state.model_copy(update={"more": True}), "several")
        state, _ = lasting.fitted(state, None, heard.offers)
        told = limiting.kept(_told(state, heard), heard.limits, heard.time)
        told, is_odd = lasting.fitted(told, heard.minutes, heard.offers)
        if not is_odd:
            return self._followed(told, state, heard, now)
        step = self._followed(told, state, heard, now) or self.ask(told)
        return step._replace(before="no_length")

    def _followed(
        self, told: Arrangement, state: Arrangement, heard: Heard, now: datetime
    ) -> Step | None:
        if heard.choice is not None and (state.shown or state.choices):
            return self._picked(told, state, heard)
        if heard.has_time:
            step = self._wished(told, heard, now)
            is_told = heard.is_for_several and step.reply != "several"
            return step._replace(before="several") if is_told else step
        return self._unsettled(told, state, heard, now)

    def _unsettled(
        self, told: Arrangement, before: Arrangement, heard: Heard, now: datetime
    ) -> Step | None:
        """What follows where no time is told."""
        is_soonest = heard.is_soonest and not heard.is_aside
        if before.slot is None and (is_soonest or _is_soonest_now(told)):
            return self._sought(told, looking.soonest(now))
        if heard.limits and not limiting.admits(told, heard.zone):
            return self._limited(told, heard, now)
        return self._detailed(told, before, heard)

    def _detailed(
        self, told: Arrangement, before: Arrangement, heard: Heard
    ) -> Step | None:
        if _is_other(told, before) and told.day and not told.choices:
            return self._sought(told, look(told, heard.time, heard.zone))
        if heard.is_for_several and not heard.is_aside:
            return self.ask(told.model_copy(update={"more": True}), "several")
        return self.ask(told) if told != before else None

    def _limited(self, state: Arrangement, heard: Heard, now: datetime) -> Step:
        """What is left is looked for: of the day that was spoken of, or of any."""
        open = {"slot": None, "shown": [], "choices": [], "asked": False, "clock": None}
        left = state.model_copy(update=open)
        day = None if heard.limits.is_any else state.day
        days = [] if heard.limits.is_any else _spoken_of(state, heard.zone)
        if day is None and days:
            return self._sought(left, looking.among_days(days, heard.zone))
        if day is None or limiting.is_out(day, state):
            return self._sought(left, looking.soonest(now))
        return self._sought(left, looking.on(day, heard.zone))

    def ask(self, state: Arrangement, reply: str = "", open: Any = ()) -> Step:
        """Ask for what is missing, after saying *reply*."""
        wanted = self.expected(state)
        options = [*(state.shown or state.choices)] if wanted == "slot" else []
        asks = wanted == "confirm" or len(options) == 1
        asked = state.model_copy(update={"asked": asks, "rests": False})
        if options and state.shown:
            return Step(asked, reply or ("some" if options[1:] else "only"), open=open)
        return Step(asked, reply, "meant" if options else wanted, open=open)

    def chosen(self, state: Arrangement, slot: Slot, open: Any = ()) -> Step:
        """A free slot was agreed on: it is said in full, with what was left open."""
        at = slot.start.astimezone(ZoneInfo(slot.timezone))
        known = {"slot": slot, "shown": [], "day": at.date(), "clock": at.time()}
        agreed = state.model_copy(update=known)
        # Whether the morning or the afternoon was meant, the free one tells.
        doubts = tuple(each for each in open if f"{at:%H:%M}" not in each)
        says_all = self.expected(agreed) == "confirm" and not doubts
        return self.ask(agreed, "" if says_all else "free", doubts)

    def found(
        self,
        state: Arrangement,
        look: Look,
        free: Sequence[Slot],
        unknown: str | None,
        why: Shut | None = None,
    ) -> Step:
        """What follows from what is free; what is *unknown* is never free. *why* says
        what nobody could have had."""
        wished = look.among(free)
        if wished and (look.is_exact or look.is_latest):
            return self.chosen(state, wished[0], look.questions)
        near = wished or look.near(free)
        shown = state.model_copy(update={"shown": near, "choices": []})
        if wished:
            return self.ask(shown, "some" if wished[1:] else "only")
        if why:
            return self._shut(shown, why)
        replies = ("near", "unseen") if near else ("none", "unknown")
        return self.ask(shown, replies[bool(unknown)])

    def _shut(self, shown: Arrangement, why: Shut) -> Step:
        """Nobody can have that; the nearest free ones are shown, if there are some."""
        said = self.ask(shown, why.reply)._replace(about=why.about, hours=why.hours)
        return said._replace(question="nearest") if shown.shown else said

    def met(self, state: Arrangement, heard: Heard, now: datetime) -> Step:
        """It has just become clear which one it is about, or has not."""
        if state.own and state.kind == "move" and heard.has_time:
            return self._wished(state, heard, now)
        return self.ask(_told(state, heard) if state.kind == "amend" else state)

    def listed(self, step: Step, heard: Heard) -> Step:
        """Asked what is wished, whoever wished for what there is not is told so."""
        if heard.unlisted and step.question == "service" and not step.reply:
            return step._replace(reply="unlisted", about=heard.unlisted)
        return step

    def discontinued(self, state: Arrangement, *, is_last: bool) -> Step:
        """What was chosen is not there any more; of something new, others may be."""
        if state.own or is_last:
            return Step(None, "discontinued")
        open = {"service": None, "slot": None, "shown": [], "choices": []}
        open |= {"lengths": [], "among": []}
        return self.ask(state.model_copy(update=open), "discontinued")

    def done(self, state: Arrangement, *, is_warned: bool) -> Step:
        """It is done. Of a new one a letter goes out, where it was told whereto."""
        sent = "warned" if is_warned else "sent"
        is_told = state.kind == "book" and state.told.get("email")
        step = Step(None, "booked", sent if is_told else "")
        return step._replace(then=_another(state)) if state.more else step

    def failed(self, state: Arrangement, code: str | None) -> Step:
        """It could not be done now; a yes tries it again."""
        return Step(state, "unknown" if code == UNKNOWN else "unfinished")

    def refused(self, state: Arrangement, others: Sequence[Any] | None) -> Step:
        """Somebody else was faster; or, where there can be no *others*, it is over."""
        if others is None:
            return Step(None, "over")
        shown = [Slot.model_validate(each) for each in others[:MOST]]
        left = state.model_copy(update={"slot": None, "shown": shown})
        return self.ask(left, "taken" if shown else "gone")

    def _wished(self, state: Arrangement, heard: Heard, now: datetime) -> Step:
        """A time: one to ask about, or what follows from one that is clear."""
        if meant := doubting.chosen(state.choices, heard.time, heard.zone):
            return self._meant(state, meant, heard)
        if open := _open(state, heard, now):
            more = {"more": state.more or heard.is_for_several}
            left = state.model_copy(update=FORGOTTEN | open.known | more)
            return self.ask(left, open.reply)._replace(about=open.about)
        if heard.is_for_several:
            state = state.model_copy(update={"more": True})
        return self._clear(state, heard)

    def _clear(self, state: Arrangement, heard: Heard) -> Step:
        """One of those that were shown, or a time to look for."""
        wish = look(state, heard.time, heard.zone)
        wish = replace(wish, is_latest=heard.is_latest and not wish.is_exact)
        named = [each for each in state.shown if wish.is_named(each, heard.time.names)]
        if len(named) == 1:
            return self.chosen(state, named[0])
        forgotten: dict[str, Any] = FORGOTTEN | {"choices": []}
        if days := _days_of(state, heard):
            hours = wish.span.start.time(), wish.span.end.time()
            left = state.model_copy(update=forgotten | {"hours": hours})
            return self._sought(left, looking.among_days(days, heard.zone))
        if state.service:
            forgotten["choices"] = doubting.others(state, heard.time, heard.zone)
        return self._sought(state.model_copy(update=forgotten), wish)

    def _sought(self, state: Arrangement, wish: Look) -> Step:
        """A time that is to be looked for, once it is known what for."""
        known = {"day": wish.day, "clock": wish.clock, "soonest": False}
        later = state.model_copy(update=known)
        if _expected_first(later) == "slot" and later.service:
            return Step(later, "", deed=wish)
        return self.ask(looking.remembered(later, wish))

    def _picked(self, told: Arrangement, before: Arrangement, heard: Heard) -> Step:
        """One of the slots that were shown, or of the times that were asked about."""
        place = heard.choice or 0
        if before.shown:
            return self.chosen(told, before.shown[place])
        return self._meant(told, before.choices[place], heard)

    def _meant(self, state: Arrangement, span: Span, heard: Heard) -> Step:
        change = {"choices": [], "slot": None, "shown": [], "asked": False}
        wish = looking.at(span, heard.zone)
        return self._sought(state.model_copy(update=change), wish)

    def _agreed(self, state: Arrangement, heard: Heard) -> Step:
        """A yes to the one thing that was asked."""
        if self.expected(state) == "confirm":
            return Step(state, "", deed="take")
        if state.shown:
            return self.chosen(state, state.shown[0])
        return self._meant(state, state.choices[0], heard)

    def _answered(self, state: Arrangement, heard: Heard) -> Step:
        """A yes, a no, or what says nothing here."""
        wanted = self.expected(state)
        if heard.answer == "yes" and state.asked:
            return self._agreed(state, heard)
        is_choice = wanted == "slot" and (state.shown or state.choices)
        if heard.answer == "no" and is_choice:
            change = {"shown": [], "choices": [], "day": None, "clock": None}
            return self.ask(state.model_copy(update=change))
        if heard.answer == "no":
            return Step(None, _given_up(state))
        if heard.is_aside:
            return self.aside(state)
        return self.ask(state, self._refused(state, heard))

    def _refused(self, state: Arrangement, heard: Heard) -> str:
        """The reply that says why what was said is no answer."""
        is_unclear = self.expected(state) == "confirm" and state.asked
        return heard.refused or ("unclear" if is_unclear else "")

    def aside(self, state: Arrangement) -> Step:
        """It is brought to mind what is open, unless that was put off."""
        aside = state.model_copy(update={"asked": False})
        waits = "" if state.rests else f"open_{self.expected(state)}"
        return Step(aside, waits, is_handled=False)


def _open(state: Arrangement, heard: Heard, now: datetime) -> doubting.Doubt | None:
    """What has to be asked about the time, and about who comes."""
    open = doubting.doubt(state, heard.time, heard.zone, now)
    if not heard.is_for_several:
        return open
    if open is None and not look(state, heard.time, heard.zone).is_exact:
        return None  # what is free then is shown, and one of it chosen
    open = open or doubting.several(state, heard.time, heard.zone)
    return open._replace(reply=open.reply or "several")


def _spoken_of(state: Arrangement, zone: ZoneInfo) -> list[date]:
    """The days that may have been meant, or those from the first that is shown through
    the last."""
    if state.choices:
        return [each.start.astimezone(zone).date() for each in state.choices]
    shown = [each.start.astimezone(zone).date() for each in state.shown]
    many = (max(shown) - min(shown)).days + 1 if shown else 0
    return [min(shown) + timedelta(days=n) for n in range(many)]


def _days_of(state: Arrangement, heard: Heard) -> list[date]:
    """The days on which a time of day is wished that is told without any: "not before
    4", where no single one is open."""
    is_any = state.slot is None and state.day is None
    is_clock = heard.time.names == {"clock"}
    return _spoken_of(state, heard.zone) if is_any and is_clock else []


def _expected_of_own(state: Arrangement) -> str:
    """What is missing to change what one has."""
    if state.every:
        return "confirm"
    if state.own is None:
        return "which"
    if state.kind == "amend":
        return "confirm" if state.told else "news"
    return "slot" if state.kind == "move" and state.slot is None else "confirm"


def _told(state: Arrangement, heard: Heard) -> Arrangement:
    """With the details and the offer that were named."""
    left = {n: told for n, told in state.told.items() if n not in heard.wrong}
    change: dict[str, Any] = {"told": left | heard.told}
    offer = None if heard.is_aside or state.own else heard.offer
    if offer and offer.name != state.service:
        change |= {"service": offer.name, "slot": None, "shown": [], "among": []}
    elif heard.among:
        change["among"] = [*heard.among]
    return state.model_copy(update=change)


def _expected_first(state: Arrangement) -> str:
    """What is missing as long as there is no time."""
    if not state.service:
        return "slot" if state.choices else "service"
    is_open = state.lengths and state.minutes is None and not state.own
    return "length" if is_open else "slot"


def _another(state: Arrangement) -> Arrangement | None:
    """The next one of several, right after the one that is booked now."""
    if state.kind != "book" or state.slot is None:
        return None
    end = state.slot.end.astimezone(ZoneInfo(state.slot.timezone))
    kept = {"service", "minutes", "lengths", "language", "home", "at", "more"}
    told = {name: each for name, each in state.told.items() if name == "email"}
    when = {"day": end.date(), "clock": end.time(), "told": told, "after": True}
    return Arrangement(**state.model_dump(include=kept), **when, id=uuid.uuid4().hex)


def _given_up(state: Arrangement) -> str:
    """The reply to who wants no more of it."""
    return "enough" if state.after else "cancelled"


def _is_soonest_now(state: Arrangement) -> bool:
    """Whether the first time that is free was wished for what is known only now."""
    return state.soonest and _expected_first(state) == "slot"


def _is_other(told: Arrangement, before: Arrangement) -> bool:
    """Whether it is another thing now, or takes another time."""
    is_sized = told.minutes not in (None, before.minutes)
    return is_sized or told.service != before.service
