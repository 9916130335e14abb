"""What was said, as an absolute span: days and hours joined, on a zone's clock."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from timex import _besides
from timex._canon import canon
from timex._clocks import Clock, told
from timex._dates import is_none, strong
from timex._days import WEAK, days
from timex._hours import Hours, hours
from timex._joined import joined
from timex._language import Language, fold, is_known, languages, order
from timex._periods import Days, Today, one
from timex._remarks import left_open, limited, numbered, shifted
from timex._saying import said
from timex._scene import MINUTE, Question, Reading, Scene
from timex._spans import LENGTH, timed, whole

# Tags that alone are no time, be there as many as there may.
IDLE = frozenset(
    "_ A AND OR AT ON IN TO FROM FOR BEFORE AFTER TILL LATEST ABOUT DASH".split()
)
STAMP = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)"
    r"|(?<!\d)\d{8}[Tt]\d{4}(?:\d\d)?(?:[Zz]|[+-]\d\d:?\d\d)?(?!\d)"
)
OFFSET = re.compile(r"(?:[Zz]|[+-]\d\d:?\d\d)$")


def _stamped(stamp: str, zone: ZoneInfo) -> datetime | None:
    """A moment in figures (ISO 8601), on the clock of the zone; None if there is no
    such."""
    try:
        moment = datetime.fromisoformat(stamp.upper())
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.astimezone(zone)


def _local(stamp: re.Match[str], zone: ZoneInfo) -> str:
    """A moment in figures, as it is on the clock of the zone."""
    moment = _stamped(stamp[0], zone)
    return f"{moment:%Y-%m-%d %H:%M}" if moment else stamp[0]


def _of_the_two(reading: Reading, text: str, zone: ZoneInfo) -> Reading:
    """Where its time comes twice, the one that figures with an offset name."""
    named = [each[0] for each in STAMP.finditer(text) if OFFSET.search(each[0])]
    told = [_stamped(each, zone) for each in named]
    if len(told) != 1 or told[0] is None or told[0].replace(fold=0) != reading.start:
        return reading
    shift = told[0].astimezone(UTC) - reading.start.astimezone(UTC)
    end = (reading.end.astimezone(UTC) + shift).astimezone(zone)
    asked = tuple(each for each in reading.ambiguous if each.about != "fold")
    return replace(reading, start=told[0], end=end, ambiguous=asked, others=())


def _exact(tags: str, scene: Scene) -> datetime | None:
    """A moment so many hours and minutes from now."""
    if re.fullmatch(r"(?:_ )*NOW(?: _)*", tags):
        return scene.now
    many = r"(?:(\d+) HOUR)?(?: AND)? ?(?:(?:AND )?(\d+) MIN)?(?!\S)"
    found = re.search(rf"(?<!\S)IN {many}", tags) or re.search(
        rf"(?<!\S){many} HENCE", tags
    )
    if not found or not any(found.groups()):
        return None
    ahead = [int(each or 0) for each in found.groups()]
    if max(ahead) > 100_000:
        return None
    return scene.after(scene.now, (ahead[0] * 60 + ahead[1]) * MINUTE)


def _lasting(tags: str) -> tuple[timedelta | None, str]:
    found = re.search(r"(?<!\S)FOR (\d{1,2}|\d{1,3}(?= MIN)) (HOUR|MIN)(?!\S)", tags)
    if not found:
        return None, tags
    many = int(found[1]) * (60 if found[2] == "HOUR" else 1)
    return many * MINUTE, tags[: found.start()] + tags[found.end() :]


def _read(tags: str, scene: Scene) -> tuple[Days | None, Hours | None]:
    """The day and the hours; of those that were corrected, what was said last."""
    when, clock = None, None
    for part in re.split(r"(?<!\S)CORR(?!\S)", tags):
        day, hour = _told(part.strip(), scene)
        when, clock = day or when, hour or clock
    return when, clock


def _told(tags: str, scene: Scene) -> tuple[Days | None, Hours | None]:
    turn = order(scene.language, scene.locale, str(scene.now.tzinfo))
    today, found = Today(scene.today, scene.language, *turn), list[Days]()
    tags = days(tags, strong(scene.language), today, found)
    if "#" in tags:
        return None, None  # a date that is none: a time alone would be of another day
    clock, tags = hours(tags, scene.language)
    tags = re.sub(r"(?<!\S)FROM (W\d|=\d) AT (?=W\d|=\d)", r"FROM \1 TO ", tags)
    tags = re.sub(r"(?<!\S)(?:AT|ON) (?!\d+ TH)", "", tags)
    tags = tags.replace(" LATEST", "") if clock else tags
    tags = shifted(days(tags, WEAK, today, found), found)
    when = limited(tags, joined(tags, found))
    return when if clock else numbered(tags, when), clock


def _span(tags: str, scene: Scene) -> Reading | None:
    """The span that is said, if one is."""
    lasting, tags = _lasting(tags)
    if exact := _exact(tags, scene):
        end = scene.after(exact, lasting or MINUTE)
        return Reading(exact, end, "minute", (), names=frozenset({"day", "clock"}))
    return _joined(tags, lasting, scene)


def _joined(tags: str, lasting: timedelta | None, scene: Scene) -> Reading | None:
    """The span that days and hours are, with what they leave open."""
    when, clock = _read(tags, scene)
    if when is None and (clock is None or "HOLIDAY" in tags):
        return None  # it may be an hour of a day that is not known here
    when = when and _still_to_come(when, clock, scene)
    reading = _placed(when, clock, lasting, scene)
    if when is None:
        return reading
    asked = (
        *(scene.ask(about, **told) for about, told in when.notes),
        *reading.ambiguous,
    )
    also = [_placed(day, clock, lasting, scene) for day in _other_days(when)]
    others = *reading.others, *((each.start, each.end) for each in also)
    told = {"is_weekday": when.plain, "is_counted": when.counted}
    return replace(reading, ambiguous=asked, others=others, **told)


def _still_to_come(when: Days, clock: Hours | None, scene: Scene) -> Days:
    """Without today among the days that may be meant, where its hour has gone by."""
    if clock is None or scene.at(scene.today, max(clock.begins)) > scene.now:
        return when
    notes = (each for each in when.notes if each[1].get("other") != scene.today)
    return replace(when, notes=tuple(notes))


def _other_days(when: Days) -> list[Days]:
    """Those that may be meant as well."""
    return [one(told["other"]) for _, told in when.notes if "other" in told]


def _placed(
    when: Days | None, clock: Hours | None, lasting: timedelta | None, scene: Scene
) -> Reading:
    return timed(when, clock, lasting, scene) if clock else whole(when, scene)


def _either(tags: str, scene: Scene) -> Reading | None:
    """One time or another, each with its day and its hour."""
    said = [_span(part, scene) for part in re.split(r"(?<!\S)OR(?!\S)", tags)]
    full = [each for each in said if each and each.names == {"day", "clock"}]
    if len(full) < 2 or len(full) < len(said):
        return None
    first, other = full[:2]
    moments = (scene.language.moment(each.start) for each in (first, other))
    asked = scene.ask("either", **dict(zip(("one", "other"), moments, strict=True)))
    spans = tuple((each.start, each.end) for each in full[1:])
    return replace(first, ambiguous=(asked, *first.ambiguous), others=spans)


def _passed(reading: Reading, scene: Scene) -> bool:
    """Whether it is over, or a moment that has gone by; of a span some is left."""
    is_moment = reading.end - reading.start == LENGTH.get(reading.grain)
    return reading.start < scene.now if is_moment else reading.end <= scene.now


def _answer(tags: str, scene: Scene) -> Reading | None:
    """What the tags say, seen from there; none where they say no time."""
    tags = tags.replace("THISTIME", f"@{scene.now.hour * 60 + scene.now.minute}m!")
    remarks, tags = left_open(tags, scene)
    either = _either(tags, scene) if "OR" in tags else None
    reading = either or _span(tags, scene)
    if reading is None or reading.start.timestamp() >= reading.end.timestamp():
        return None  # until midnight in the morning, say
    asked = dict.fromkeys((*remarks, *reading.ambiguous))
    if _passed(reading, scene):
        asked |= {scene.ask("past", one=scene.language.moment(reading.start)): None}
    return replace(reading, ambiguous=tuple(asked))


def _impossible(tags: str, scene: Scene) -> Question | None:
    """What is asked about a date or an hour that there is not."""
    if is_none(tags):
        return scene.ask("missing")
    return scene.ask("hour") if "NOTIME" in tags else None


def _on_clock(tags: str, scene: Scene, clock: Clock | None) -> Reading | None:
    """What the tags say on the clock that was named, seen from the scene's; of a day
    without an hour it says nothing."""
    if clock is None:
        return _answer(tags, scene)
    if clock.zone is None:
        reading = _answer(tags, scene)
        asked = scene.ask("zone", zone=str(scene.now.tzinfo))
        return reading and replace(reading, ambiguous=(asked, *reading.ambiguous))
    reading = _answer(tags, replace(scene, now=scene.now.astimezone(clock.zone)))
    if reading is None or "clock" not in reading.names:
        return _answer(tags, scene)
    zone = scene.now.tzinfo
    start, end = reading.start.astimezone(zone), reading.end.astimezone(zone)
    others = tuple((a.astimezone(zone), b.astimezone(zone)) for a, b in reading.others)
    return replace(reading, start=start, end=end, others=others)


def _heard(text: str, scene: Scene, home: ZoneInfo | None) -> Reading | None:
    """What the text says in the scene's language; without a start it is impossible."""
    plain = fold(text)
    clock = told(plain, scene.language, scene.zone, home, scene.now)
    tags = canon(clock.text if clock else plain, scene.language)
    if IDLE.issuperset(tags.split()):
        return None
    unread = tags.split().count("_")
    if reading := _on_clock(tags, scene, clock):
        text = said(reading.start, reading.end, reading.grain, scene.language)
        return replace(reading, text=text, unread=unread)
    asked = _impossible(tags, scene)
    return asked and Reading(None, None, None, (asked,), unread=unread)


@cache
def _greetings(language: Language) -> re.Pattern[str]:
    known = (re.escape(word) for word, tag in language.words.items() if tag == "_")
    return re.compile(rf"\b(?:{'|'.join(known) or '(?!)'})\b")


def _foreign(text: str, own: Language) -> str:
    """The text as another language reads it: a greeting in one's own names no day."""
    return _greetings(own).sub(" ", fold(text))


def _doubted(reading: Reading, scene: Scene) -> Reading:
    """What words that nobody here knows may have made another day of."""
    if not reading.unread:
        return reading
    asked = dict.fromkeys((*reading.ambiguous, scene.ask("day")))
    return replace(reading, ambiguous=tuple(asked))


def read(
    text: str,
    reference: datetime,
    zone: ZoneInfo,
    locale: str = "en",
    home: ZoneInfo | None = None,
) -> Reading:
    """The time that *text* says, told at *reference* (aware), on the clock of *zone*
    unless it names another one; *home* is the clock of "my time".

    In the language of the locale, or in the one of which it has most words. Moments
    have the zone's offset. Nothing here reads a clock.
    """
    now, given = reference.astimezone(zone), text
    text = STAMP.sub(lambda stamp: _local(stamp, zone), _besides.without(text))
    scenes = [Scene(now, language, locale) for language in languages(locale)]
    said = [text, *([_foreign(text, scenes[0].language)] * len(scenes[1:]))]
    both = zip(said, scenes, strict=True)
    heard = [each for each in (_heard(*one, home) for one in both) if each]
    made = [each for each in heard if each.start]
    if made:
        best = _of_the_two(min(made, key=lambda each: each.unread), given, zone)
        return best if is_known(locale) else _doubted(best, scenes[0])
    nothing = Reading(None, None, None, (scenes[0].ask("nothing"),))
    return next(iter(heard), nothing)
