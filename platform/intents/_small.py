"""Small talk: what is answered without looking for anything, and how."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import langid
import phrases
import replies
from contracts.assistant.plans import PlanRequest

Said = Sequence[tuple[str, str]]  # (role, text)
NODS = {"yes": "nod", "no": "fine", "perhaps": "nod", "later": "fine"}


def accepted(asked: PlanRequest, said: Said) -> str | None:
    """The intent of an answer to the offer of a person: *said* ends with it, and
    nothing else waits for an answer."""
    if asked.dialogue and asked.dialogue.reminder:
        return None
    is_plea = replies.is_plea(asked.message)
    if not is_plea and replies.answer(asked.message) != "yes":
        return None
    if phrases.is_last("offer", said):
        return "hand_over"
    # An "ok" takes note of a refusal; a word of one's own language is more than that.
    is_told = is_plea or langid.spoken(asked.message)
    return "how_person" if is_told and phrases.is_last("hint", said) else None


def nod(message: str) -> str | None:
    """The intent of a yes, a no or a please that answers nothing, or of signs alone."""
    if replies.answer(message) == "none" and not any(map(str.isalnum, message)):
        return "nod"
    if not replies.is_bare(message) or "?" in message:
        return None
    answer = replies.answer(message)
    return "nod" if answer == "none" else NODS.get(answer)


def reply(name: str | None, asked: PlanRequest, now: datetime) -> str | None:
    """What is said in the customer's language; as an aside where a dialogue is open,
    whose question is the one to answer."""
    if name is None:
        return None
    if asked.dialogue and asked.dialogue.reminder:
        name = phrases.table().variant(name, "aside")
    return phrases.say(name, asked.locale, **_moment(asked, now))


def _moment(asked: PlanRequest, now: datetime) -> dict[str, str]:
    # Told beside the time, so that UTC misleads nobody.
    zone = ZoneInfo(asked.timezone or "UTC")
    here = now.astimezone(zone)
    day = phrases.say("weekdays", asked.locale).split()[here.weekday()]
    date, time = here.date().isoformat(), f"{here:%H:%M}"
    return {"day": day, "date": date, "time": time, "zone": zone.key}
