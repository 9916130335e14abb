"""How a span is said: absolute, with its zone and offset."""

from datetime import datetime, timedelta

from timex._language import Language

LENGTHS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
DAY = timedelta(days=1)


def offset(moment: datetime) -> str:
    """``UTC+01:00``"""
    text = f"{moment:%z}"
    return f"UTC{text[:3]}:{text[3:5]}"


def said(start: datetime, end: datetime, grain: str, language: Language) -> str:
    """``Friday, 27 November 2026 at 15:00 (Europe/Berlin, UTC+01:00)``.

    A day, a week and a month are said by their dates, a span by both its ends.
    """
    zone = f"({start.tzinfo}, {offset(start)})"
    to = language.saying["to"]
    if grain in ("day", "week", "month"):
        first, last = start.date(), (end - DAY / 2).date()
        until = "" if last <= first else f" {to} {language.day(last)}"
        return f"{language.day(first)}{until} {zone}"
    if end - start == LENGTHS.get(grain):
        return f"{language.moment(start)} {zone}"
    same = (end - timedelta(minutes=1)).date() == start.date()
    until = f"{end:%H:%M}" if same else language.moment(end)
    return f"{language.moment(start)} {to} {until} {zone}"
