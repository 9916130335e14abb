"""What an arrangement's replies are filled with: times in full, titles, details."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import replies
import timex
from arranging import _lasting as lasting
from arranging._offers import Offer, zone_of
from arranging._steps import Step
from contracts.calendar.slots import Slot
from contracts.calendar.times import Span
from contracts.calendar.turns import Appointment, Arrangement

MINUTE = timedelta(minutes=1)


def fields(
    step: Step, state: Arrangement, offers: Sequence[Offer], said: replies.Replies
) -> dict[str, str]:
    """``title``, ``titles``, ``when``, ``times``, ``open``, ``about``, ``hours``,
    ``letter``, ``minutes`` that it takes, the ``lengths`` that there are, and the
    details; a title has its length where there are several; ``was`` is the time of the
    one that is changed, ``mine`` are those that may be; ``choices`` are the times that
    were perhaps meant. Where the customer's clock shows another time, both are told."""
    titles = {each.name: each.title for each in offers}
    asked = [titles[each] for each in state.among if each in titles]
    own, meant = state.own, state.choices
    tell = Teller(said, state.language or replies.DEFAULT, state.home)
    zone, joint = zone_of(state, offers), said.say("or", state.language)
    return {
        "title": own.title if own else _titled(state, titles, said),
        "titles": ", ".join(asked or titles.values()),
        "was": tell.slot(own and own.slot),
        "mine": tell.named(state.mine),
        "when": tell.slot(state.slot),
        "minutes": f"{lasting.minutes_of(state.slot)}",
        "lengths": listed(_lengths(state, offers), joint.strip("; ")),
        "times": tell.slots(state.shown),
        "open": " ".join(step.open),
        "about": step.about,
        "hours": step.hours,
        "letter": _letter(state, said),
        "news": _news(state, said),
        "choices": joint.join(tell.span(each, zone) for each in meant),
        **state.told,
    }


def _titled(
    state: Arrangement, titles: Mapping[str, str], said: replies.Replies
) -> str:
    """What was chosen, and how long it takes where that was chosen, too."""
    title = titles.get(state.service or "", state.service or "")
    minutes = lasting.chosen(state)
    if minutes is None:
        return title
    about = {"title": title, "minutes": f"{minutes}"}
    return said.say("sized", state.language, **about)


def _lengths(state: Arrangement, offers: Sequence[Offer]) -> list[str]:
    found = lasting.lengths_of(state.service, offers)
    one = lasting.usual(state, offers)
    return [f"{each}" for each in found or [one or 0]]


def listed(each: Sequence[str], joint: str) -> str:
    """ "30, 60 or 90" """
    *first, last = each
    return f"{', '.join(first)} {joint} {last}" if first else last


def _letter(state: Arrangement, said: replies.Replies) -> str:
    """Whereto a confirmation goes, or that none does."""
    if email := state.told.get("email"):
        return said.say("letter", state.language, email=email)
    return said.say("no_letter", state.language)


def _news(state: Arrangement, said: replies.Replies) -> str:
    """What is to be another of what one has: name, address."""
    told = {each: said_of for each, said_of in state.told.items() if said_of}
    names = (f"news_{each}" for each in told if state.kind == "amend")
    return ", ".join(said.say(each, state.language, **told) for each in names)


@dataclass(frozen=True)
class Teller:
    """Tells times in a language, on the clock of the place and, where *home* is known
    and shows another time, on that one too."""

    said: replies.Replies
    locale: str
    home: str | None

    def slot(self, slot: Slot | None) -> str:
        """When it begins; "" for none."""
        if slot is None:
            return ""
        return self._both(self._here(slot))

    def slots(self, those: Sequence[Slot]) -> str:
        """When each begins: those of a day after one another, with zone and offset
        once, unless two clocks are told of each."""
        told = list[str]()
        for _, each in groupby(those, self._day):
            first, *more = each
            here = [f"{self._here(slot):%H:%M}" for slot in (first, *more)]
            whole = self.slot(first)
            told.append(whole.replace(here[0], ", ".join(here), 1))
        return "; ".join(told)

    def _day(self, slot: Slot) -> tuple[object, ...]:
        """What the slots that are told together have in common."""
        here = self._here(slot)
        one = slot.id if self._there(here) else ""
        return here.date(), here.utcoffset(), slot.timezone, one

    def _here(self, slot: Slot) -> datetime:
        return slot.start.astimezone(ZoneInfo(slot.timezone))

    def _there(self, here: datetime) -> datetime | None:
        """On the customer's own clock; None where that shows the same."""
        there = here.astimezone(ZoneInfo(self.home)) if self.home else here
        return None if there.utcoffset() == here.utcoffset() else there

    def named(self, those: Sequence[Appointment]) -> str:
        """Each with its title."""
        return "; ".join(f"{each.title}, {self.slot(each.slot)}" for each in those)

    def span(self, span: Span, zone: ZoneInfo) -> str:
        """What may have been meant: a moment, days, or a part of one."""
        start, end = span.start.astimezone(zone), span.end.astimezone(zone)
        if end - start <= timedelta(hours=1):
            return self._both(start)
        grain = "day" if start.time() == end.time() else "part_of_day"
        return timex.said(start, end, grain, timex.languages(self.locale)[0])

    def _both(self, here: datetime) -> str:
        when = _moment(here, self.locale)
        if (there := self._there(here)) is None:
            return when
        told = {"when": when, "there": _moment(there, self.locale)}
        return self.said.say("both", self.locale, **told)


def in_full(slot: Slot, locale: str) -> str:
    """Weekday, date, time, zone and offset: ``Friday, 27 November 2026 at 15:00
    (Europe/Berlin, UTC+01:00)``."""
    return _moment(slot.start.astimezone(ZoneInfo(slot.timezone)), locale)


def _moment(moment: datetime, locale: str) -> str:
    language = timex.languages(locale)[0]
    return timex.said(moment, moment + MINUTE, "minute", language)
