"""Dialogues that are kept: a message in, the reply out, and what follows written down.

A talk's document has, beside what ``step`` needs: ``id``, ``reply``, ``customer``,
``conversation_id``, ``locale``, ``language``, ``doubt`` (what was said and was not
clear), ``turn``, ``history``, ``created_at``.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import redaction
from forms._step import CONFIRM, OPEN, Form, Heard, Step, patience, step
from replies import Answer, Replies, is_plea, is_question, wished

KEPT = 50  # turns of a history
LIFE = 30 * 86_400.0  # seconds that a talk is kept after its last turn
Deed = Callable[[Any], Awaitable[Any]]


def key(*parts: object) -> str:
    """The same for the same parts, so that a repeat makes nothing twice."""
    return uuid.uuid5(uuid.NAMESPACE_OID, repr(parts)).hex


class Taken(NamedTuple):
    """``redacted`` is the message as it may be kept. ``handled``: it was about the
    form; ``goes_on``: the next message may be, too."""

    talk: Any
    redacted: str
    handled: bool
    goes_on: bool


@dataclass(frozen=True)
class Desk:
    """The talks of the current tenant. Card data is refused and kept nowhere.

    ``answer`` is what a message answers to a yes-or-no question, and ``read`` what else
    it means; ``prepare`` and ``perform`` are the deeds, as
    talks that they have been done for, and ``retract`` takes what was done back, or is
    in Conflict with what has come of it; ``fields`` are those of the replies. ``meet``
    is the talk as it is by now. The documents are a collection of the ``platform``'s,
    whose problems become replies: for what was not acceptable "refused", or "unclear"
    with what ``refusal`` makes of the problem, else "away".
    ``expires`` is an event to oneself, delayed.
    """

    form: Form
    said: Replies
    documents: Any
    platform: Any
    expires: Callable[..., Any]
    answer: Callable[[str], Answer]
    read: Callable[[Any, str, Answer], Awaitable[Heard]]
    prepare: Deed
    perform: Deed
    retract: Deed
    meet: Deed
    refusal: Callable[[Any, Any], Mapping[str, Any]]
    fields: Callable[[Any], Mapping[str, Any]]

    def new(self, caller: Any, **known: Any) -> Any:
        """A talk of the caller's, which is not stored yet."""
        now = self.platform.now()
        about = {"created_at": now, "updated_at": now, "customer": caller.subject}
        return self.documents.model(id=uuid.uuid4().hex, **about | known)

    async def own(self, id: str, caller: Any) -> Any:
        """The stored talk; of a customer's only its own are there."""
        found = await self.documents.read(id)
        if not caller.owns(found.value.customer):
            raise self.platform.NotFound(f"there is no talk {id}")
        return found

    async def meant(
        self, id: str | None, caller: Any, message: str = "", **known: Any
    ) -> Any:
        """The stored talk of that id, or else the open one of the caller's in the
        conversation; where the *message* cancels, the latest that is done, too. A new
        one at version 0 where there is none."""
        new = self.new(caller, **known)
        if id is None and new.conversation_id:
            is_ending = self.answer(message) == "cancel"
            id = await self._standing(new, is_ending=is_ending)
        try:
            return await self.own(id or new.id, caller)
        except self.platform.NotFound:
            return await self.documents.read(new.id, new)

    async def _standing(self, new: Any, *, is_ending: bool) -> str | None:
        mine = {"conversation_id": new.conversation_id, "customer": new.customer}
        states = [*OPEN, self.form.done] if is_ending else [*OPEN]
        found = await self.documents.matching(mine | {"state": {"in": states}})
        found.sort(key=lambda talk: (talk.state in OPEN, talk.updated_at))
        return found[-1].id if found else None

    def begin(self, talk: Any) -> Any:
        """Store a new talk with its first question."""
        news = {"language": self.said.language(talk.locale)}
        moved = step(self.form, talk, Heard(is_about=True), self.platform.now())
        return self._kept(moved.talk.model_copy(update=news), talk, moved.reply, 0)

    async def take(
        self, known: Any, message: str, *, is_resumed: bool = False
    ) -> Taken:
        """Answer a message. One that a new talk has nothing to do with begins none; one
        that *is_resumed* is no answer to the question that was asked last."""
        text = redaction.cardless(message)
        before = await self._met(known.value, text)
        if is_resumed:
            before = before.model_copy(update={"asked": ""})
        heard = await self._heard(before, text)
        if is_resumed:
            heard = self._back(heard, text)
        if known.version == 0 and heard.answer == "cancel":
            heard = Heard(told=self.said.say("idle", before.language))
        if known.version == 0 and (heard.is_aside or heard.told):
            told = before.model_copy(update={"reply": heard.told})
            return Taken(told, text, handled=bool(heard.told), goes_on=False)
        talk, name = await self._done(before, heard)
        talk = self._kept(talk, before, name, known.version, text)
        return Taken(talk, text, not heard.is_aside, self._goes_on(talk, heard))

    def _back(self, heard: Heard, text: str) -> Heard:
        """What somebody says who comes back to it: "back to my payment" """
        is_it = (heard.is_aside or heard.is_lost) and not is_question(text)
        return Heard(is_about=True) if is_it else heard

    def reminder(self, talk: Any) -> str:
        """What it waits for still, in words; "" for nothing."""
        is_waiting = talk.state in OPEN
        told = self.fields(talk) if is_waiting else {}
        return self.said.say("aside", talk.language, **told) if is_waiting else ""

    def _goes_on(self, talk: Any, heard: Heard) -> bool:
        """Whether the next message may be about it."""
        is_on = talk.state == self.form.done and not heard.is_aside
        return is_on or talk.state in OPEN

    async def expire(self, event: Any) -> None:
        """End a talk in which nobody has answered since the event's turn."""
        try:
            found = await self.documents.read(event.talk_id)
        except self.platform.NotFound:
            return
        if found.value.turn == event.turn and found.value.state in OPEN:
            over = found.value.model_copy(update={"state": "abandoned", "asked": ""})
            self.documents.put(found.id, over, version=found.version, ttl=LIFE)

    async def forget(self, event: Any) -> None:
        """Delete the talks of the event's conversation: what was said in them. What
        was done stays."""
        self.documents.delete_all({"conversation_id": event.conversation_id})

    async def _met(self, talk: Any, text: str) -> Any:
        known = wished(text) or talk.language
        language = known or self.said.language(talk.locale, text)
        with suppress(self.platform.Problem):  # then it is as it was
            talk = await self.meet(talk)
        spoken = {"language": language, "locale": talk.locale or language or None}
        return talk.model_copy(update=spoken)

    async def _heard(self, talk: Any, text: str) -> Heard:
        if redaction.CARD in text:
            return Heard(instead="card")
        said = self.answer(text)
        if said in ("yes", "cancel", "later"):  # nothing else is said
            return Heard(said)
        if talk.asked == CONFIRM and is_plea(text):
            return Heard("perhaps")  # asked again: no yes to what costs money
        try:
            return await self.read(talk, text, said)
        except self.platform.Problem:
            return Heard(instead="away")

    async def _done(self, talk: Any, heard: Heard) -> tuple[Any, str]:
        """The talk after the step and its deeds, and the name of the reply."""
        moved = step(self.form, talk, heard, self.platform.now())
        if talk.state == self.form.done != moved.talk.state:
            # First of all: two results never stand beside each other.
            try:
                await self.retract(talk)
            except self.platform.Conflict:
                return talk, "kept"
            except self.platform.Problem:
                return talk, "standing"
            moved = moved.without(self.form.undone)
        return await self._deed(moved) if moved.deed else (moved.talk, moved.reply)

    async def _deed(self, moved: Step) -> tuple[Any, str]:
        news: dict[str, Any] = {"state": "confirming", "asked": CONFIRM}
        deed = self.prepare
        if moved.deed == "perform":
            deed, news = self.perform, {"state": self.form.done, "asked": ""}
        try:
            return (await deed(moved.talk)).model_copy(update=news), moved.reply
        except self.platform.Invalid as problem:
            why, first = self.refusal(moved.talk, problem), self.form.fields[0]
            news = self.form.anew | {first: None, "asked": first} | why
            return moved.talk.model_copy(update=news), "unclear" if why else "refused"
        except self.platform.Problem:
            return moved.talk.model_copy(update={"asked": ""}), "away"

    def _kept(
        self, talk: Any, before: Any, name: str, version: int, text: str = ""
    ) -> Any:
        """The talk, put with its reply and what ends it if nobody answers. Conflict
        where the conversation has another that is open."""
        name, known = self.form.reply(name, talk, before), self.fields(talk)
        told = (self.said.say(each, talk.language, **known) for each in name.split())
        reply = " ".join(told)
        turn, now = talk.turn + 1, self.platform.now()
        said = [*talk.model_dump()["history"], {"message": text, "reply": reply}][
            -KEPT:
        ]
        news = {"reply": reply, "turn": turn, "history": said, "updated_at": now}
        talk = type(talk).model_validate(talk.model_dump() | news)
        is_waiting = talk.state in OPEN
        held = [talk.conversation_id] if is_waiting and talk.conversation_id else []
        self.documents.put(talk.id, talk, version=version, unique=held, ttl=LIFE)
        self.platform.cancel(f"{talk.id} {turn - 1}")
        if is_waiting:
            over = self.expires(talk_id=talk.id, turn=turn)
            ends = {"deliver_at": now + patience(self.form, talk)}
            self.platform.publish(over, cancel_key=f"{talk.id} {turn}", **ends)
        return talk
