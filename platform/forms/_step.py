"""One turn of a dialogue that fills in a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from replies import Answer

Values = dict[str, Any]  # of the fields that are named
Deed = Literal["prepare", "perform", ""]
CONFIRM, CHANGED, LOST, LATER = "confirm", "changed", "lost", "later"
AGAIN, STAYS = "again", "stays"  # replies to what is said of what is done
OPEN = ("collecting", "confirming")


@dataclass(frozen=True)
class Form:
    """``fields`` are asked for in that order. ``undone`` is what rests upon them.
    ``result`` is what doing it leaves, until it is taken back; ``again`` are the
    replies of talks that have had one before, by those that they take the place of.
    """

    fields: tuple[str, ...]
    undone: Mapping[str, Any]
    patience: timedelta
    rest: timedelta = timedelta(days=1)  # the same where an answer was put off
    done: str = "done"
    result: str = ""
    again: Mapping[str, str] = field(default_factory=dict)

    @property
    def anew(self) -> Values:
        """What a talk has to have whose fields are filled in anew."""
        return {"state": "collecting", "asked": "", **self.undone}

    def reply(self, name: str, talk: Any, before: Any) -> str:
        """The reply by that name, or the one for a talk that had a result *before*."""
        had = getattr(before, self.result) if self.result else None
        is_new = name != self.done or had != getattr(talk, self.result, None)
        return self.again.get(name, name) if had and is_new else name


@dataclass(frozen=True)
class Heard:
    """What a message says. ``unclear``: a field that it names, but not beyond doubt.
    ``is_about``: it is about the form, though it may fill in nothing. ``is_answer``: it
    is said to the form's question, and nobody else's matter. ``instead`` is the reply
    to what has nothing to do with the form's state, and ``told`` answers a question
    that leaves all as it is: the reply is "told", and begins nothing.
    """

    answer: Answer = "none"
    values: Mapping[str, Any] = field(default_factory=dict)
    unclear: str = ""
    is_about: bool = False
    is_answer: bool = False
    instead: str = ""
    told: str = ""

    @property
    def is_aside(self) -> bool:
        """Whether it has nothing to do with the form."""
        is_meant = self.is_about or self.is_answer or self.instead or self.told
        return self.answer == "none" and not (self.values or self.unclear or is_meant)

    @property
    def is_lost(self) -> bool:
        """Whether it was said to the form, which can make nothing of it."""
        is_open = self.answer in ("none", "perhaps")
        return self.is_answer and is_open and not self.is_about


class Step(NamedTuple):
    """The dialogue as it is now, the name of the reply, and what is to be done.

    A ``reply`` may be two, one after the other: "lost confirm".
    """

    talk: Any
    reply: str
    deed: Deed = ""

    def without(self, undone: Values) -> "Step":
        """The same of a talk of which that is taken back."""
        return self._replace(talk=self.talk.model_copy(update=dict(undone)))


def is_open(form: Form, talk: Any, now: datetime) -> bool:
    """Whether it waits for an answer, and has not waited too long."""
    return talk.state in OPEN and now - talk.updated_at < patience(form, talk)


def patience(form: Form, talk: Any) -> timedelta:
    """How long an answer is waited for; longer where it was put off."""
    return form.rest if talk.asked == LATER else form.patience


def step(form: Form, talk: Any, heard: Heard, now: datetime) -> Step:
    """Where the *talk* is once that was *heard*, what is replied, and what to do."""
    if heard.told:
        return _moved(talk, "told", told=heard.told)
    if heard.instead:
        return _moved(talk, heard.instead)
    if talk.state != form.done and not is_open(form, talk, now):
        state = "abandoned" if talk.state in OPEN else talk.state
        return _moved(talk, state, state=state)
    said = _put_by(form, talk, heard) or _told(form, talk, heard)
    return said or _answered(form, talk, heard)


def _put_by(form: Form, talk: Any, heard: Heard) -> Step | None:
    """It is given up, or put off."""
    if heard.answer == "cancel":
        return _moved(talk, "cancelled", state="cancelled")
    if heard.answer == "later" and talk.state != form.done:
        return _moved(talk, LATER, asked=LATER)
    return None


def _moved(talk: Any, reply: str, deed: Deed = "", **changes: Any) -> Step:
    changes = {"asked": ""} | changes
    return Step(talk.model_copy(update=changes), reply, deed)


def _wanting(form: Form, talk: Any) -> Step:
    """Ask for what is missing, or find out what there is to confirm."""
    missing = (name for name in form.fields if getattr(talk, name) is None)
    if name := next(missing, None):
        return _moved(talk, name, asked=name)
    return _moved(talk, CONFIRM, "prepare")


def _told(form: Form, talk: Any, heard: Heard) -> Step | None:
    """What comes of the fields that the message names; None without any, and where it
    is done with these very ones."""
    if not heard.values and not heard.unclear:
        return None
    is_new = any(getattr(talk, name) != value for name, value in heard.values.items())
    if talk.state == form.done and not (is_new or heard.unclear):
        return None
    news = form.anew | heard.values
    if heard.unclear:
        news |= {heard.unclear: None, "asked": heard.unclear}
        return _moved(talk, "unclear", **news)
    return _still_open(form, talk, _wanting(form, talk.model_copy(update=news)))


def _still_open(form: Form, talk: Any, step: Step) -> Step:
    """It is asked about what was not clear before, whatever else was told meanwhile."""
    is_open = step.reply == form.fields[0] and getattr(talk, "doubt", "")
    return step._replace(reply="unclear") if is_open else step


def _answered(form: Form, talk: Any, heard: Heard) -> Step:
    """What comes of a yes, a no, or of something that is not about the form."""
    if talk.state == form.done:
        return _had(form, talk, heard)
    if heard.is_aside:
        return _aside(talk)
    if heard.is_lost:
        return _lost(form, talk)
    if talk.state != "confirming":
        return _wanting(form, talk)
    if heard.answer == "no":
        return _moved(talk, CHANGED, **form.anew | {"asked": CHANGED})
    if heard.answer == "yes" and talk.asked == CONFIRM:
        return _moved(talk, form.done, "perform", asked=CONFIRM)
    return _moved(talk, CONFIRM, asked=CONFIRM)


def _had(form: Form, talk: Any, heard: Heard) -> Step:
    """What is done is told again to whoever speaks of it, and to nobody else. A no to
    nothing leaves it; one that is about it takes it back."""
    if heard.is_aside:
        return _moved(talk, "")
    if not heard.is_about:
        return _moved(talk, AGAIN if heard.answer == "none" else STAYS)
    if heard.answer == "no":
        return _moved(talk, CHANGED, **form.anew | {"asked": CHANGED})
    return _moved(talk, AGAIN)


def _aside(talk: Any) -> Step:
    """It is brought to mind, unless that was put off."""
    still = "" if talk.asked == CONFIRM else talk.asked
    return _moved(talk, "" if still == LATER else "aside", asked=still)


def _lost(form: Form, talk: Any) -> Step:
    """The question again, after saying that its answer was not understood: what it
    might have changed must not be confirmed unsaid."""
    if talk.asked == LATER and talk.state == "confirming":
        return _moved(talk, CONFIRM, asked=CONFIRM)
    if talk.state == "confirming" or talk.asked == CHANGED:
        name = talk.asked or CONFIRM
        return _moved(talk, f"{LOST} {name}", asked=name)
    step = _wanting(form, talk)
    if step.deed:
        return step
    name = "unclear" if getattr(talk, "doubt", "") else step.reply
    return step._replace(reply=f"{LOST} {name}")
