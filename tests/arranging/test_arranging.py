"""An arrangement takes nothing but after a yes to the question that said all of it."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import arranging
import openings
import replies
from contracts.calendar.slots import Slot
from contracts.calendar.times import Span
from contracts.calendar.turns import Appointment, Arrangement, BookingMessage

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
NAMES = (
    "service slot name free some only near none unknown unseen passed taken gone "
    "booked unfinished away cancelled later open_service open_slot open_name "
    "open_confirm which open_which nothing meant or several no_name no_such_day "
    "no_such_hour yours yours_none yours_not_then again both skipped twice mismatch "
    "series which_day which_hour unclear one_email between nearest "
    "unlisted withdrawn discontinued sized length no_length open_length offered takes "
    "not_yours another enough"
).split()
TEXTS = {name: f"{name} {{when}} {{times}}" for name in NAMES}
ASKED = {
    "confirm": "confirm book {title} {name} {when}",
    "confirm_move": "confirm move {title} {was} {when}",
    "confirm_cancel": "confirm cancel {title} {was}",
    "confirm_all": "confirm all {mine}",
}
MORE = {"doubt": "{open}", "or": " or ", "letter": "{email}", "no_letter": ""}
SAID = replies.Replies({"en": TEXTS | MORE | ASKED})
WORDS = arranging.Words(
    {
        "about": [],
        "wants": [r"\bfree\b"],
        "either": [r"\bor\b"],
        "lasts": [r"how long"],
        "details": [r"wrong name"],
        "offering": [r"what is there"],
        "hours": [r"when is it open"],
        "now": [r"still"],
        "any_times": [r"hours"],
        "whose": [r"(?P<one>\w+)'s boat"],
        "named": [r"my name is (?P<what>\w+)"],
        "fillers": [r"^hello"],
        "renamed": [r"^yes for (?P<what>\w+)$"],
        "before": [r"^i am "],
        "after": [r" please$"],
        "no_name": [r"[\d?]"],
        "no_part": [r"\bprice\b"],
        "also_names": [r"jo"],
        "said_else": ["cheers"],
        "days": {"en": ["friday"]},
        "agrees": {"book": [r"book it"], "move": [r"move it"]},
        "wrong": {"name": [r"name is wrong"]},
        "shifts": {
            "counts": {"an": 1},
            "units": {"hour": 60},
            "later": ["later"],
            "earlier": ["earlier"],
            "pushed": {"later": [r"push it back"], "earlier": [r"bring it up"]},
            "days": {"1": [r"the day after"]},
            "somewhat": [r"a bit (?:(?P<later>later)|earlier)"],
            "clock": [r"make it (\d+)"],
            "same": [r"same time"],
            "following": [r"following"],
        },
        "lengths": {
            "counts": {"an": 1},
            "whole": {"30": "half an hour"},
            "hours": ["hours?"],
            "minutes": ["minutes?"],
            "half": ["and a half"],
            "and": "and",
            "before": ["in"],
            "after": ["later"],
            "for": ["for"],
            "one": ["one"],
            "shortest": [r"\bshorter\b"],
            "longest": [r"\blonger\b"],
            "usual": [r"\busual\b"],
        },
        "declined": [r"^no"],
        "letterless": [r"no letter"],
        "last": [r"the last"],
        "latest": [r"the last slot"],
        "instead": [r"instead of "],
        "several": [r"both of us"],
        "soonest": [r"first free"],
        "also": [r"\balso\b"],
        "sought": [r"book a (?P<what>\w+)$"],
        "general": [r"^slot$"],
        "never": [r"not on (\w+)"],
        "retorts": [r"no (\w+)"],
        "no_part_of_day": [r"not in the (\w+)"],
        "any_day": [r"any day"],
        "any_hours": [r"only"],
        "pair": [r" and "],
        "ordinals": [[r"first"], [r"second"]],
        "changes": {"move": [r"\bmove my\b"], "cancel": [r"\bcancel my\b"]},
        "existing": [r"\bother\b"],
        "anew": [r"\banother\b"],
        "target": [r"\bto\b"],
        "denied": [r"\bnot on\b"],
        "cancels": [r"\bcancel\b"],
        "denies": [r"\bnot\b"],
        "asks": [r"\bwhen is my\b"],
        "reminds": [r"\bwhen was it\b"],
        "following": [r"\bnext\b"],
        "again": [r"\bsame\b"],
        "every": [r"\ball\b"],
        "both": [r"\bboth\b"],
    }
)
SAYINGS = (
    "a boat tomorrow at 10",
    "Friday",
    "at 11",
    "yes",
    "yes, but later",
    "no",
    "cancel",
    "Ann",
    "my name is Bob",
    "the second",
    "is it far from the station to you?",
    "do you have anything free on Monday?",
    "move my boat to Friday at 11",
    "cancel my boat",
    "when is my boat?",
    "cancel both",
    "the same boat again",
    "cancel my other boat, please",
    "another boat tomorrow",
    "an hour later",
    "push it back an hour",
    "when was it?",
    "book a plane",
    "also a boat on Friday",
    "not on Friday",
    "mornings only",
    "the day after",
    "a bit earlier",
    "make it 11",
    "same time on Friday",
    "book it",
    "yes for Tom",
    "the name is wrong",
    "cheers",
)


DAILY = {day: [(time(), time())] for day in range(7)}
ALWAYS = openings.Rule(ZoneInfo("Asia/Tokyo"), DAILY)


class Pier:
    """Boats every hour of every day; those that were taken are gone."""

    def __init__(self) -> None:
        self.taken: list[Slot] = []
        self.done: list[str] = []

    async def offered(self) -> list[arranging.Offer]:
        return [arranging.Offer("boat", "Boat", ALWAYS)]

    async def free(
        self, service: str | None, span: Span, minutes: int | None = None
    ) -> tuple[list[Slot], str | None]:
        start = span.start.astimezone(UTC).replace(minute=0, second=0)
        hours = (start + n * timedelta(hours=1) for n in range(1, 24 * 16))
        return [self._slot(at) for at in hours if at < span.end], None

    async def mine(
        self, conversation: str | None, since: datetime
    ) -> list[Appointment]:
        starts = (NOW + timedelta(days=n) for n in (2, 3))
        slots = [self._slot(at) for at in starts]
        return [Appointment(id=each.id, title="Boat", slot=each) for each in slots]

    async def take(self, state: Arrangement, conversation: str | None) -> Any:
        own = f" {arranging.in_full(state.own.slot, 'en')}" if state.own else ""
        slot = f" {arranging.in_full(state.slot, 'en')}" if state.slot else ""
        name = f" {state.told['name']}" if state.kind == "book" else ""
        mine = (f"Boat, {arranging.in_full(one.slot, 'en')}" for one in state.mine)
        asked = f"confirm {state.kind} Boat{name}{own}{slot}"
        self.done.append(f"confirm all {'; '.join(mine)}" if state.every else asked)
        if state.slot:
            self.taken.append(state.slot)
        return arranging.Step(None, "booked")

    def _slot(self, at: datetime) -> Slot:
        ends = {"start": at, "end": at + timedelta(hours=1)}
        about = {"id": f"{at:%d%H}", "service": "boat", "timezone": "Asia/Tokyo"}
        return Slot(**about, **ends)


async def talked(pier: Pier, sayings: list[str], wait: timedelta) -> list[Any]:
    """(message, the reply before it, what was done by it) of each turn."""
    form = arranging.Form(("name",))
    ends = (pier.offered, pier.free, pier.mine, pier.take, LookupError)
    arranger = arranging.Arranger("boats", form, WORDS, SAID, *ends)
    kept, before, told, now = {}, "", [], NOW
    for text in sayings:
        many = len(pier.done)
        turn = await arranger.turn(BookingMessage(message=text, **kept), now)
        told.append((text, before, pier.done[many:]))
        before = turn.reply
        kept = turn.dialogue.arguments if turn.dialogue else {}
        now += wait
    return told


@example(["cancel both", "cancel my other boat, please"])
@given(st.lists(st.sampled_from(SAYINGS), max_size=12))
def test_nothing_is_taken_but_after_a_yes_to_all_of_it(sayings: list[str]) -> None:
    pier = Pier()
    for text, before, done in asyncio.run(talked(pier, sayings, timedelta())):
        for each in done:
            is_repeated = text.startswith("cancel my") and "cancel Boat" in each
            is_yes = text == "yes" or WORDS.is_agreed(text, "book")
            assert is_yes or is_repeated
            assert before.endswith(each)
            assert each.endswith("(Asia/Tokyo, UTC+09:00)")


@given(st.lists(st.sampled_from(SAYINGS), max_size=12))
def test_a_yes_that_comes_much_later_takes_nothing(sayings: list[str]) -> None:
    pier = Pier()
    asyncio.run(talked(pier, sayings, timedelta(minutes=61)))
    assert pier.done == []


@pytest.mark.parametrize(
    ("sayings", "done"),
    [
        (["move my boat to Friday at 11", "the first", "yes"], "confirm move Boat"),
        (["cancel my boat", "the second", "yes"], "confirm cancel Boat"),
    ],
)
def test_what_one_has_is_changed_after_a_yes_to_which_and_how(
    sayings: list[str], done: str
) -> None:
    pier = Pier()
    asyncio.run(talked(pier, sayings, timedelta(minutes=1)))
    [told] = pier.done
    assert told.startswith(done)


def test_a_yes_to_all_of_it_takes_what_was_said() -> None:
    pier = Pier()
    sayings = ["a boat tomorrow at 10", "Ann", "yes"]
    asyncio.run(talked(pier, sayings, timedelta(minutes=1)))
    [slot] = pier.taken
    assert slot.start == datetime(2026, 11, 26, 1, tzinfo=UTC)


@pytest.mark.parametrize("failing", ["offered", "free"])
def test_while_nobody_tells_what_is_free_that_is_said_and_nothing_lost(
    failing: str,
) -> None:
    async def fail(*_: Any) -> Any:
        raise LookupError

    pier = Pier()
    setattr(pier, failing, fail)
    ends = (pier.offered, pier.free, pier.mine, pier.take, LookupError)
    form = arranging.Form(("name",))
    arranger = arranging.Arranger("boats", form, WORDS, SAID, *ends)
    asked = BookingMessage(message="at 11", told={"name": "Ann"}, service="boat")
    turn = asyncio.run(arranger.turn(asked, NOW))
    assert turn.reply.startswith("away")
    assert turn.dialogue
    assert turn.dialogue.arguments["told"] == {"name": "Ann"}
