"""Days that were said together: one answer of them."""

import re
from dataclasses import replace
from datetime import timedelta

from timex._periods import DAY, WEEK, Days, on_weekday

LINKED = r"(BETWEEN )?=\d (?:_ )?(TO|DASH|TILL|AND|OR|BEFORE)? ?=\d"
MEANS = dict.fromkeys(("TO", "DASH", "TILL", "BEFORE"), "through") | {"AND": "or"}


def joined(tags: str, found: list[Days]) -> Days | None:
    """One answer of the days that were said."""
    if len(found) < 2:
        return found[0] if found else None
    first, last = sorted(found, key=lambda each: tags.index(f"={found.index(each)}"))
    match _link(tags):
        case "through":
            return _through(first, last)
        case "or":
            note = ("either", {"one": first.first, "other": last.first})
            return replace(first, notes=(*first.notes, note))
    return _weekday_of(first, last) if last.plain else _weekday_of(last, first)


def _link(tags: str) -> str | None:
    found = re.search(LINKED, re.sub(r"(?<!\S)W\d (?==\d)", "", tags))
    if found is None or found[2] is None:
        return None
    return "through" if found[1] else MEANS.get(found[2], "or")


def _through(first: Days, last: Days) -> Days:
    """From one day through another, which is a week later where it would be before."""
    ahead = WEEK if last.plain and last.first < first.first else timedelta()
    if last.last + ahead <= first.first:
        return first
    notes = tuple(n for n in first.notes if n[0] != "next")
    return Days(first.first, last.last + ahead, "day", notes)


def _weekday_of(days: Days, weekday: Days) -> Days:
    """A weekday with what else is said: its week, or its date."""
    if not weekday.plain:
        return days
    number = weekday.first.weekday()
    if days.grain in ("week", "month"):
        day = on_weekday(number, days.first - DAY)
        notes = (("vague", {"words": day}),) if days.grain == "month" else ()
        return Days(day, day + DAY, "day", notes)
    if days.first.weekday() == number or days.last - days.first > DAY:
        return days
    return replace(days, notes=(*days.notes, ("mismatch", {"date": days.first})))
