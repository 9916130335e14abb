"""When it is open: told to who asks, of a day, of several, or of a usual week."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

import openings
import timex
from arranging import _offers as offering
from arranging._offers import Offer
from arranging._shut import listed
from arranging._steps import Step
from arranging._words import Words

DAY, MINUTE, WEEK = timedelta(days=1), timedelta(minutes=1), 7
SOON = 35  # days in which what is unlike a usual week is told beside it
MOMENT = timedelta(hours=1)
Hours = tuple[tuple[str, str], ...]  # of a day, each (title, "09:00–17:00" or "")


def told(
    text: str,
    offers: Sequence[Offer],
    now: datetime,
    locale: str,
    closed: str,
    words: Words,
) -> Step:
    """The hours that *text* asks for, as they are declared, with what is an exception
    to them; *closed* is the word for none. Whether it is open now is handled here, for
    no document knows what the clock shows."""
    asked = offering.written(text, offers) or offers
    zone, language = asked[0].zone, timex.languages(locale)[0]
    plain = offering.untitled(text, [each.title for each in offers])
    read = timex.read(plain, now, zone, locale, zone)
    tell = _Teller(asked, language, closed)
    if _is_now(read, now, text, words):
        return tell.at(now.astimezone(zone))
    if read.start is None or read.end is None:
        return tell.usual(now.astimezone(zone).date())
    days = _days(read.start.astimezone(zone), read.end.astimezone(zone))
    return tell.usual(days[0]) if days[WEEK:] else tell.on(days)


def _is_now(read: timex.Reading, now: datetime, text: str, words: Words) -> bool:
    """Whether it asks if it is open at this moment, and not for the hours: "are you
    still open?" """
    if words.any_times.search(text):
        return False
    if read.start is None:
        return words.now.search(text) is not None
    return read.grain == "minute" and abs(read.start - now) < MINUTE


def _days(start: datetime, end: datetime) -> list[date]:
    """Those that are asked about: that of a moment, else each of the span."""
    last = start if end - start <= MOMENT else end - timedelta(minutes=1)
    many = (last.date() - start.date()) // DAY
    return [start.date() + n * DAY for n in range(many + 1)]


@dataclass(frozen=True)
class _Teller:
    """Tells the hours of *offers* in a language, which calls none of them *closed*."""

    offers: Sequence[Offer]
    language: timex.Language
    closed: str

    def at(self, now: datetime) -> Step:
        """Whether it is open *now*, on the wall of the business: until when, or from
        when on again."""
        rules = [each.rule for each in self.offers]
        spans = openings.opened(rules, now - DAY, now + WEEK * DAY)
        ahead = [
            tuple(end.astimezone(now.tzinfo) for end in span)
            for span in spans
            if now < span.end
        ]
        if not ahead:
            return self.on([now.date()])
        start, end = ahead[0]
        if now < start:
            hours = f"{self.language.day(start.date())} {start:%H:%M}–{end:%H:%M}"
            return _step("hours_shut_now", hours=hours)._replace(is_handled=True)
        if end - now >= (WEEK - 1) * DAY:
            return _step("hours_always")._replace(is_handled=True)
        is_today = end - now < DAY
        until = "" if is_today else f"{self.language.day(end.date())} "
        told = _step("hours_open_now", about=f"{until}{end:%H:%M}")
        return told._replace(is_handled=True)

    def on(self, days: Sequence[date]) -> Step:
        """The hours of these days; of one that is closed, the next open one's, too."""
        rules, day = [each.rule for each in self.offers], self.language.day
        each = [(day(one), self._hours(rules, one)) for one in days]
        if any(hours for _, of_day in each for _, hours in of_day):
            return _step("hours", hours=self._said(each))
        if days[1:]:
            return _step("hours_shut_days", f"{day(days[0])} – {day(days[-1])}")
        ahead = (openings.next_open(rule, days[0]) for rule in rules)
        following = min(filter(None, ahead), default=None)
        if following is None:
            return _step("hours_shut", day(days[0]))
        then = [(day(following), self._hours(rules, following))]
        return _step("hours_shut_then", day(days[0]), self._said(then))

    def usual(self, since: date) -> Step:
        """Those of a usual week, and what is unlike it soon."""
        plain = [
            replace(each.rule, holidays=frozenset(), exceptions={})
            for each in self.offers
        ]
        monday = since - since.weekday() * DAY
        names = enumerate(self.language.saying["weekdays"].split())
        week = [(name, self._hours(plain, monday + n * DAY)) for n, name in names]
        other = self._said(self._unlike(plain, since))
        reply = "hours_week_but" if other else "hours_week"
        return _step(reply, other, self._said(_joined(week)))

    def _unlike(
        self, plain: Sequence[openings.Rule], since: date
    ) -> Iterator[tuple[str, Hours]]:
        rules = [each.rule for each in self.offers]
        for day in (since + n * DAY for n in range(SOON)):
            hours = self._hours(rules, day)
            if hours != self._hours(plain, day):
                yield self.language.day(day), hours

    def _hours(self, rules: Sequence[openings.Rule], day: date) -> Hours:
        """Of a day: once where all are alike, else of each by its title."""
        each = [listed(openings.hours_on(rule, day)) for rule in rules]
        if len(set(each)) == 1:
            return (("", each[0]),)
        titles = (offer.title for offer in self.offers)
        return tuple(zip(titles, each, strict=True))

    def _said(self, days: Iterable[tuple[str, Hours]]) -> str:
        """ "Monday–Friday 09:00–17:00; Saturday closed" """
        return "; ".join(f"{name} {self._of_day(hours)}" for name, hours in days)

    def _of_day(self, hours: Hours) -> str:
        each = (f"{title} {those or self.closed}".strip() for title, those in hours)
        return ", ".join(each)


def _joined(week: Sequence[tuple[str, Hours]]) -> Iterator[tuple[str, Hours]]:
    """Days after each other that are alike as one: "Monday–Friday"."""
    for hours, days in groupby(week, lambda each: each[1]):
        [first, *more] = [name for name, _ in days]
        yield (f"{first}–{more[-1]}" if more else first), hours


def _step(reply: str, about: str = "", hours: str = "") -> Step:
    return Step(None, reply, is_handled=False, about=about, hours=hours)
