"""Who says something, when and where; and what becomes of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil import tz

from timex._language import Language

MINUTE = timedelta(minutes=1)


class Question(str):
    """What to ask in words; ``about`` names what is open, for all languages."""

    about: str

    def __new__(cls, text: str, about: str) -> "Question":
        made = super().__new__(cls, text)
        made.about = about
        return made


@dataclass(frozen=True)
class Reading:
    """A span, or none; ``ambiguous`` are questions about what was left open.

    ``text`` says the span: dates, times, zone and offset. ``names`` tells whether a
    ``day`` and a ``clock`` time were said; ``unread`` counts the words of other things.
    ``others`` are what was said to be as good, or may be meant as well: spans, too.
    ``is_weekday``: no more than a weekday says the day; ``is_counted``: no more than
    its number in a month does.
    """

    start: datetime | None
    end: datetime | None
    grain: str | None
    ambiguous: tuple[Question, ...]
    text: str | None = None
    names: frozenset[str] = frozenset()
    unread: int = 0
    others: tuple[tuple[datetime, datetime], ...] = ()
    is_weekday: bool = False
    is_counted: bool = False


@dataclass(frozen=True)
class Scene:
    """Who says it when and where: ``now`` is on the clock of the zone."""

    now: datetime
    language: Language
    locale: str

    @property
    def zone(self) -> ZoneInfo:
        zone = self.now.tzinfo
        assert isinstance(zone, ZoneInfo)
        return zone

    @property
    def today(self) -> date:
        return self.now.date()

    def at(self, day: date, minutes: int) -> datetime:
        """That moment on the wall; after the gap, if the clocks skip it."""
        wall = datetime.combine(day, time()) + minutes * MINUTE
        return tz.resolve_imaginary(wall.replace(tzinfo=self.now.tzinfo))

    def after(self, moment: datetime, length: timedelta) -> datetime:
        """So much later in elapsed time, whatever the clocks do meanwhile."""
        return (moment.astimezone(UTC) + length).astimezone(self.now.tzinfo)

    def ask(self, about: str, **values: str | date) -> Question:
        told = {
            name: value if isinstance(value, str) else self.language.day(value)
            for name, value in values.items()
        }
        return Question(self.language.ask(about, **told), about)
