"""What a customer of the demo's business books, and when, as its documents say."""

from typing import Any

ZONE = "Europe/Dublin"
OFFERS = {"check-up": ("Check-up", 20), "hygiene": ("Hygiene visit", 30)}
EVERY = 15  # minutes
# As ``opening-hours.md`` has it, for Quayside; on Tuesdays the last appointment starts
# at 19:15. Of 28 to 30 December it says that they are for emergencies only.
HOURS = {
    "mon": ("08:00", "18:00"),
    "tue": ("08:00", "19:45"),
    "wed": ("08:00", "18:00"),
    "thu": ("08:00", "18:00"),
    "fri": ("08:00", "16:00"),
    "sat": ("09:00", "13:00"),
}
CLOSED = [
    *(f"2026-12-{day}" for day in (25, 26, 27, 28, 29, 30, 31)),
    *(f"2027-01-0{day}" for day in (1, 2, 3)),
    # public holidays
    *("2027-02-01", "2027-03-17", "2027-03-26", "2027-03-29", "2027-05-03"),
    *("2027-06-07", "2027-08-02", "2027-10-25", "2027-12-25", "2027-12-26"),
]
SHORT = {
    "2026-12-24": ("08:00", "12:00"),
    "2027-03-10": ("13:00", "18:00"),
    "2027-10-13": ("13:00", "18:00"),
    **{f"2027-08-{day:02}": ("08:00", "18:00") for day in (3, 10, 17, 24)},
}


def offers() -> dict[str, dict[str, Any]]:
    """What a customer books, by its name."""
    hours, short = (
        {day: [{"opens": opens, "closes": closes}] for day, (opens, closes) in of}
        for of in (HOURS.items(), SHORT.items())
    )
    times = {"timezone": ZONE, "hours": hours, "holidays": CLOSED, "exceptions": short}
    return {
        name: {"title": title, "duration": minutes, "every": EVERY} | times
        for name, (title, minutes) in OFFERS.items()
    }
