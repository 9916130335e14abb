"""Dialogues that book, move and cancel: every one of a table, turn by turn."""

import asyncio
import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import arranging
import chassis
import openings
from contracts.assistant.dialogues import DialogueTurn
from contracts.calendar.bookings import Customer
from contracts.calendar.slots import Slot
from contracts.calendar.times import Span
from contracts.calendar.turns import Appointment, Arrangement, BookingMessage
from services.calendar.schedule_optimization.app import FORM, SAID, WORDS

NAMES = (
    "dialogues",
    "changes",
    "doubts",
    "details",
    "clocks",
    "recalls",
    "wished",
    "lengths",
    "hours",
    "titles",
)
FILES = [Path(__file__).with_name(f"{name}.txt") for name in NAMES]
PARTS = [part for file in FILES for part in file.read_text().split("\n-- ")[1:]]
TABLE = [part.strip().split("\n") for part in PARTS]
HEARD = Path(__file__).with_name("heard.txt").read_text(encoding="utf-8").splitlines()
ROWS = [line for line in HEARD if line and line[0] != "#"]
BEFORE = {
    "slot": ["> book a check-up"],
    "name": ["> book a check-up on Friday at 15:00"],
    "email": ["> book a check-up on Friday at 15:00, my name is Ann Lee"],
    "confirm": ["> book a check-up on Friday at 15:00, my name is Ann Lee", "> no"],
    "begins": [],
    "had": ["@ has check-up 2026-11-27 15:00"],
    "moving": ["@ has check-up 2026-11-27 15:00", "> move my appointment"],
    "moved": [
        "@ has check-up 2026-11-27 15:00",
        "> move my appointment to Tuesday at 10",
    ],
}
ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 10, tzinfo=ZONE)
LENGTHS = {"check-up": 30, "cleaning": 60}
HOURS = {day: [(time(9), time(17))] for day in range(5)}
HORIZON = timedelta(days=120)
CLOSED = date(2026, 12, 25)


def rule(minutes: int) -> openings.Rule:
    length, lead = timedelta(minutes=minutes), timedelta(hours=1)
    times = {"duration": length, "every": length, "lead": lead, "horizon": HORIZON}
    return openings.Rule(ZONE, HOURS, holidays=frozenset({CLOSED}), **times)


OFFERS = [
    arranging.Offer("check-up", "Check-up", rule(30)),
    arranging.Offer("cleaning", "Cleaning", rule(60)),
]


def called(what: str) -> list[arranging.Offer]:
    """Others instead, of an hour each, or of the lengths that are named; or a check-up,
    with one more ``holiday``."""
    if what.startswith("holiday "):
        day, known = date.fromisoformat(what.removeprefix("holiday ")), rule(30)
        closed = replace(known, holidays=known.holidays | {day})
        return [arranging.Offer("check-up", "Check-up", closed)]
    each = enumerate(what.split("; "))
    return [_called(f"o{n}", said) for n, said in each]


def _called(name: str, said: str) -> arranging.Offer:
    """ "Massage = 30 60 90" takes any of these, an hour where nothing is said."""
    title, _, lengths = said.partition(" = ")
    known = tuple(map(int, lengths.split()))
    return arranging.Offer(name, title, rule(60), known)


class Practice:
    """What is free at one place, and what was booked there."""

    home: str | None

    def __init__(self) -> None:
        self.now = NOW
        self.taken: set[datetime] = set()
        self.booked: list[tuple[str, ...]] = []
        self.had: list[Appointment] = []
        self.only: datetime | None = None
        self.minutes: int | None = None
        self.unknown: str | None = None
        self.is_full = self.is_away = self.has_no_bookings = self.is_over = False
        self.is_unset, self.home, self.reply = False, None, ""
        self.offers = OFFERS

    async def offered(self) -> list[arranging.Offer]:
        if self.is_away:
            raise chassis.UpstreamFailed("away", upstream="slot-management")
        return [] if self.is_unset else self.offers

    async def free(
        self, service: str | None, span: Span, minutes: int | None = None
    ) -> tuple[list[Slot], str | None]:
        assert service
        self.minutes = minutes
        day, found = span.start.astimezone(ZONE).date(), list[Slot]()
        while day <= span.end.astimezone(ZONE).date():
            found += self._of(service, day)
            day += timedelta(days=1)
        free = [each for each in found if self._is_free(each, span)]
        return ([] if self.is_full else free), self.unknown

    async def mine(
        self, conversation: str | None, since: datetime
    ) -> list[Appointment]:
        if self.is_away:
            raise chassis.UpstreamFailed("away", upstream="booking-management")
        return [each for each in self.had if each.slot.start >= since]

    async def take(self, state: Arrangement, conversation: str | None) -> Any:
        order, *more = arranging.orders(state, conversation)
        if self.has_no_bookings:
            return arranging.Step(state, "unfinished")
        if self.is_over:
            return FORM.refused(state, None)
        if state.kind == "cancel":
            self.booked += (("cancelled", each.path["id"]) for each in (order, *more))
            return FORM.done(state, is_warned=False)
        if state.kind == "amend":
            who = order.body["customer"]
            told = "amended", order.path["id"], who["name"], who["email"]
            self.booked.append(told)
            return FORM.done(state, is_warned=False)
        slot = state.slot
        assert slot
        if slot.start in self.taken:
            around = Span(start=slot.start, end=slot.start + timedelta(hours=3))
            others, _ = await self.free(slot.service, around)
            return FORM.refused(state, others[:3])
        when = f"{slot.start.astimezone(ZONE):%Y-%m-%d %H:%M}"
        if state.kind == "move":
            self.booked.append(("moved", order.path["id"], "to", when))
        else:
            who = order.body["customer"]
            minutes = (slot.end - slot.start) // timedelta(minutes=1)
            long = f"{minutes}min" if self.minutes else ""
            booked = slot.service, when, long, who["name"], who["email"]
            self.booked.append(booked)
        return FORM.done(state, is_warned=False)

    def happens(self, what: str) -> None:
        """An ``@`` line of the table."""
        match what.split():
            case ["held", *when]:
                self.taken.add(_moment(when))
            case ["has", service, *when]:
                self.had.append(_appointment(service, _moment(when)))
            case ["only", *when]:
                self.only = _moment(when)
            case ["partly", "unknown", *when]:
                self.taken.add(_moment(when))
                self.unknown = "cal-2: it cannot be read now"
            case ["unknown"]:
                self.unknown, self.is_full = "cal-1: it cannot be read now", True
            case ["later", hours, "hours"]:
                self.now += timedelta(hours=int(hours))
            case ["back"]:
                self.is_away = self.has_no_bookings = False
            case [flag]:
                setattr(self, f"is_{flag}", True)
            case _:
                self.has_no_bookings = True

    def _of(self, service: str, day: date) -> list[Slot]:
        length = self.minutes or LENGTHS.get(service, 60)
        minutes = timedelta(minutes=length)
        begins = datetime.combine(day, time(9), ZONE)
        starts = [begins + n * minutes for n in range(8 * 60 // length)]
        if day.weekday() > 4 or day == CLOSED:
            return []
        return [
            Slot(
                id=f"{service}.{at:%Y%m%dT%H%M}",
                service=service,
                start=at,
                end=at + minutes,
                timezone="Europe/Berlin",
            )
            for at in starts
        ]

    def _is_free(self, slot: Slot, span: Span) -> bool:
        is_early_enough = slot.start >= self.now + timedelta(hours=1)
        is_early_enough &= slot.start <= self.now + HORIZON
        is_within = span.start <= slot.start and slot.end <= span.end
        is_shown = self.only is None or slot.start == self.only
        is_there = is_early_enough and is_within and is_shown
        return is_there and slot.start not in self.taken


def _appointment(service: str, start: datetime) -> Appointment:
    """Its id is what it is, and when."""
    at = {"start": start, "end": start + timedelta(minutes=LENGTHS[service])}
    about = {"service": service, "timezone": "Europe/Berlin"}
    slot = Slot(id=f"{service}.{start:%Y%m%dT%H%M}", **at, **about)
    title = next(each.title for each in OFFERS if each.name == service)
    id = f"{service} {start:%Y-%m-%d %H:%M}"
    whose = Customer(name="Joe Bloggs", email="joe@example.com")
    return Appointment(id=id, title=title, slot=slot, customer=whose)


def _moment(words: list[str]) -> datetime:
    return datetime.fromisoformat(" ".join(words)).replace(tzinfo=ZONE)


def play(lines: list[str]) -> Practice:
    """One dialogue; every line that says what is answered is looked at."""
    practice, turn = Practice(), DialogueTurn(reply="")
    does = practice.offered, practice.free, practice.mine, practice.take
    arranger = arranging.Arranger("booking", FORM, WORDS, SAID, *does, chassis.Problem)
    for line in lines:
        kind, text = line[0], line[2:]
        if kind == ">":
            kept = turn.dialogue.arguments if turn.dialogue else {}
            # As it goes over the wire, and lies in a conversation.
            kept = json.loads(json.dumps(kept))
            about = {"conversation_id": "c1", "timezone": practice.home}
            asked = BookingMessage(message=text, **about, **kept)
            turn = asyncio.run(arranger.turn(asked, practice.now))
            practice.reply = turn.reply
        elif kind == "%":
            practice.home = text or None
        elif kind == "*":
            practice.offers = called(text)
        elif kind == "@":
            practice.happens(text)
        elif kind in "<~":
            assert turn.handled == (kind == "<"), turn
            for part in text.split(" | "):
                assert part.strip() in turn.reply, f"{part!r} is not in {turn.reply!r}"
        elif kind == "=":
            wanted = [] if text == "nothing" else text.split(" | ")
            told = [" ".join(filter(None, each)) for each in practice.booked]
            assert told == wanted
            assert not (wanted and turn.dialogue)
    return practice


def test_there_are_many_dialogues_and_each_says_what_comes_of_it() -> None:
    assert len(TABLE) >= 60
    assert all(any(line.startswith("= ") for line in each) for each in TABLE)


@pytest.mark.parametrize("lines", TABLE, ids=[each[0] for each in TABLE])
def test_a_dialogue_goes_as_told(lines: list[str]) -> None:
    play(lines[1:])


@pytest.mark.parametrize("row", ROWS)
def test_what_is_said_at_a_question_is_taken_for_what_it_is(row: str) -> None:
    where, rest = row.split(" > ", 1)
    said, awaited = rest.rsplit(" < ", 1)
    messages = [f"> {each}" for each in said.split(" >> ")]
    reply = play([*BEFORE[where], *messages]).reply.casefold()
    for part in awaited.casefold().split(" | "):
        assert (part.removeprefix("!") in reply) == (part[0] != "!"), reply


@pytest.mark.parametrize(
    "said",
    [
        "What services do you offer?",
        "Which treatments do you have?",
        "When are you open on Mondays?",
        "are you open on 24 December?",
        "How long does it take?",
        "Habt ihr am Sonntag offen?",
    ],
)
def test_of_a_business_that_has_declared_nothing_only_documents_answer(
    said: str,
) -> None:
    practice = Practice()
    practice.happens("unset")
    does = practice.offered, practice.free, practice.mine, practice.take
    arranger = arranging.Arranger("booking", FORM, WORDS, SAID, *does, chassis.Problem)
    turn = asyncio.run(arranger.turn(BookingMessage(message=said), practice.now))
    assert (turn.otherwise, turn.handled, turn.reply) == (True, False, "")


WEEK = st.sampled_from(
    [
        ("Monday", "Montag", "lundi", "lunes"),
        ("Tuesday", "Dienstag", "mardi", "martes"),
        ("Thursday", "Donnerstag", "jeudi", "jueves"),
        ("Friday", "Freitag", "vendredi", "viernes"),
    ]
)
INSTEAD = (
    ("a check-up", "instead of {} at {}:00, {} at {}:00", "{} at {}:00"),
    ("Termin check-up bitte", "statt {} um {} Uhr am {} um {} Uhr", "{} um {} Uhr"),
    ("un check-up svp", "au lieu de {} à {}h {} à {}h", "{} à {}h"),
    ("quiero un check-up", "en vez del {} a las {}:00 el {} a las {}:00", "{} {}:00"),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(WEEK, min_size=2, max_size=2, unique=True), st.data())
def test_the_time_instead_of_which_another_is_wished_says_nothing(
    days: list[tuple[str, ...]], data: st.DataObject
) -> None:
    hours = data.draw(st.lists(st.integers(9, 16), min_size=2, max_size=2))
    at = data.draw(st.integers(0, len(INSTEAD) - 1))
    begins, both, alone = INSTEAD[at]
    one, other = ((day[at], hour) for day, hour in zip(days, hours, strict=True))
    told = play([f"> {begins}", f"> {both.format(*one, *other)}"]).reply
    assert told == play([f"> {begins}", f"> {alone.format(*other)}"]).reply
    assert f"{other[1]:02}:00" in told
