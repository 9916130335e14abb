"""The course of a reservation: which status follows which, and when."""

from datetime import datetime, timedelta
from typing import Any

COURSE = {
    "pending": ("confirmed", "cancelled"),
    "confirmed": ("confirmed", "checked_in", "completed", "no_show", "cancelled"),
    "checked_in": ("completed",),
}
SEATED = ("confirmed", "checked_in", "completed", "no_show")
OVER = ("completed", "no_show", "cancelled")
EARLY = timedelta(days=1)  # that somebody may be checked in before the start
REMEMBERED = 50  # entries of a history


class NotNow(Exception):
    """It cannot become that any more, or not yet."""


def require(reservation: Any, status: str, now: datetime) -> None:
    """NotNow, unless it can get that status now. Confirmed again means moved."""
    if status not in COURSE.get(reservation.status, ()):
        raise NotNow(f"it is {reservation.status}, and cannot become {status}")
    has_begun = reservation.start <= now
    if has_begun and reservation.status == "confirmed" and status in COURSE["pending"]:
        raise NotNow("it has begun, so that it can be neither moved nor cancelled")
    if status == "checked_in" and now < reservation.start - EARLY:
        raise NotNow("it is too early to check in")
    if status in ("no_show", "completed") and not has_begun:
        raise NotNow("it has not begun yet")


def changed(reservation: Any, now: datetime, **fields: Any) -> Any:
    """The reservation with these fields, and an entry in its history."""
    text = f"{now:%Y-%m-%dT%H:%M:%SZ} {fields.get('status', reservation.status)}"
    known = {"history": [*reservation.history, text][-REMEMBERED:], "updated_at": now}
    return reservation.model_copy(update=known | fields)
