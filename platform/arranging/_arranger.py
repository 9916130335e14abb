"""Turns of an arrangement, with whoever knows what is free and takes it."""

import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import replies
from arranging import _changing as changing
from arranging import _lasting as lasting
from arranging import _limiting as limiting
from arranging import _looking as looking
from arranging import _offers as offering
from arranging import _opening as opening
from arranging import _recalling as recalling
from arranging import _telling as telling
from arranging._hearing import Heard, hear
from arranging._looking import Look
from arranging._offers import Offer
from arranging._saying import fields
from arranging._scene import Scene
from arranging._shut import shut
from arranging._steps import Form, Step
from arranging._words import Words
from contracts.assistant.dialogues import Dialogue, DialogueTurn
from contracts.calendar.slots import Slot
from contracts.calendar.times import Span
from contracts.calendar.turns import Appointment, Arrangement, BookingMessage

log = logging.getLogger(__name__)
REFUSED = ("taken", "gone")
REMEMBERED = timedelta(days=400)  # in which one had what one wishes for again
ONLY = 2  # words that say no more than that something is to be booked
Freed = Awaitable[tuple[list[Slot], str | None]]
Free = Callable[[str | None, Span, int | None], Freed]
Mine = Callable[[str | None, datetime], Awaitable[Sequence[Appointment]]]
Take = Callable[[Arrangement, str | None], Awaitable[Step]]


@dataclass(frozen=True)
class Arranger:
    """Leads the dialogue of the name *action*.

    ``offered`` tells what there is, ``free`` the free slots of a service in a span, of
    so many minutes where there is a choice, and what is unknown of it, ``mine`` what a
    customer has from some time on, and ``take`` what comes of doing what was said yes
    to; both are told the conversation. While they
    raise *failures* the reply is ``away``, and the dialogue stays as it is.
    """

    action: str
    form: Form
    words: Words
    said: replies.Replies
    offered: Callable[[], Awaitable[Sequence[Offer]]]
    free: Free
    mine: Mine
    take: Take
    failures: type[Exception]

    async def turn(self, asked: BookingMessage, now: datetime) -> DialogueTurn:
        """What is answered, and where it stands then."""
        state, is_first = self._begun(asked, now), not asked.id
        kind = changing.kind_of(asked.message, state, self.words, is_first=is_first)
        state = state.model_copy(update={"kind": kind})
        try:
            offers = await self.offered()
            if told := await self._known(asked, state, offers, now):
                return told
            state = changing.of_another(asked.message, state, offers, self.words)
            state = await self._prepared(asked, state, offers, now)
            refused = self._refused(asked, state, offers)
            state, step = refused or await self._step(asked, state, offers, now)
        except self.failures as failure:
            log.warning("a turn of %s found nobody: %s", state.id, failure)
            offers, step = [], Step(state, "away")
        return self._told(step, state, offers)

    async def _known(
        self,
        asked: BookingMessage,
        state: Arrangement,
        offers: Sequence[Offer],
        now: datetime,
    ) -> DialogueTurn | None:
        """What is told to a question, and changes nothing."""
        text = asked.message
        if asked.id and replies.wished(text):
            return self._told(self._of_open(asked, state), state, offers)
        if self.words.is_asking(text):
            return await self._recalled(asked, state, offers, now)
        if asked.id and state.slot and self.words.lasts.search(text):
            return self._told(self.form.ask(state, "lasts"), state, offers)
        return self._fact(asked, state, offers, now)

    def _fact(
        self,
        asked: BookingMessage,
        state: Arrangement,
        offers: Sequence[Offer],
        now: datetime,
    ) -> DialogueTurn | None:
        """What is known of what there is, unless somebody else knows more of it; where
        nothing is offered that is nothing."""
        if not offers and telling.only_asks(asked.message, self.words):
            unknown = self._told(Step(None, "", is_handled=False), state, offers)
            return unknown.model_copy(update={"otherwise": True})
        if told := self._open_hours(asked, state, offers, now):
            return told
        reply, of = telling.fact(asked.message, state, offers, self.words)
        is_asked = not asked.id and telling.is_asked(self.words.lasts, asked.message)
        if not reply and not is_asked:
            return None
        told = self._told(Step(None, reply, is_handled=False), of, offers)
        if not asked.id:
            return told.model_copy(update={"otherwise": True})
        rest = self._told(self.form.ask(state), state, offers)
        return rest.model_copy(update={"reply": f"{told.reply} {rest.reply}"})

    def _open_hours(
        self,
        asked: BookingMessage,
        state: Arrangement,
        offers: Sequence[Offer],
        now: datetime,
    ) -> DialogueTurn | None:
        """When it is open, to who asks that and wishes for nothing; what is open here
        besides stays so."""
        if not telling.is_asked(self.words.hours, asked.message):
            return None
        locale = state.language or replies.DEFAULT
        closed = self.said.say("hours_none", locale)
        step = opening.told(asked.message, offers, now, locale, closed, self.words)
        told = self._told(step, state, offers)
        rest = self._told(self.form.aside(state), state, offers) if asked.id else told
        known = {"reply": told.reply, "otherwise": True}
        if step.is_handled:
            open = rest.dialogue.reminder if rest.dialogue else ""
            text = "\n\n".join(filter(None, (told.reply, open)))
            known = {"reply": text, "handled": True}
        return rest.model_copy(update=known)

    async def _prepared(
        self,
        asked: BookingMessage,
        state: Arrangement,
        offers: Sequence[Offer],
        now: datetime,
    ) -> Arrangement:
        """It with what one has already, where that is what it is about."""
        kind = state.kind
        if kind != asked.kind or (kind != "book" and not state.mine):
            mine = state.mine or await self.mine(asked.conversation_id, now)
            return changing.begun(state, mine, now)
        if not asked.id and self.words.shifts.counts(asked.message):
            mine = await self.mine(asked.conversation_id, now)
            return recalling.beside(state, mine)
        if not asked.id and self.words.again.search(asked.message):
            had = await self.mine(asked.conversation_id, now - REMEMBERED)
            return recalling.again(state, had, offers, asked.message, now)
        return state

    def _begun(self, asked: BookingMessage, now: datetime) -> Arrangement:
        """How it stood when it was said."""
        wished = replies.wished(asked.message)
        language = (
            wished or asked.language or self.said.language(asked.locale, asked.message)
        )
        begun = {"id": asked.id or uuid.uuid4().hex, "language": language}
        if asked.resumed:
            begun["asked"] = False
        if asked.timezone:
            begun["home"] = asked.timezone
        return self.form.began(Arrangement(**asked.model_dump() | begun), now)

    def _refused(
        self, asked: BookingMessage, state: Arrangement, offers: Sequence[Offer]
    ) -> tuple[Arrangement, Step] | None:
        """What is said to who wants another one's booking changed; None for one's
        own."""
        if state.kind == "book":
            return None
        titles = [each.title for each in (*offers, *state.mine)]
        whose = changing.another_s(asked.message, state.mine, titles, self.words)
        if not whose:
            return None
        step = self._of_open(asked, state) if asked.id else Step(None, "")
        told = step._replace(before="not_yours", about=whose, is_handled=True)
        return state, told

    async def _recalled(
        self,
        asked: BookingMessage,
        state: Arrangement,
        offers: Sequence[Offer],
        now: datetime,
    ) -> DialogueTurn:
        """What one has already is told; what is open besides stays so."""
        mine = await self.mine(asked.conversation_id, now)
        if not mine and not self.words.asks.search(asked.message):
            return self._told(self._of_open(asked, state), state, offers)
        about = state, mine, asked.message, now, self.words
        shown, reply = recalling.told(*about)
        told = self._told(Step(None, reply), shown, offers)
        if not asked.id:
            return told
        kept = Arrangement(**asked.model_dump()) if asked.kind == state.kind else state
        kept = kept.model_copy(update={"asked": False})
        waits = f"open_{self.form.expected(kept)}"
        rest = self._told(Step(kept, waits), kept, offers)
        return rest.model_copy(update={"reply": f"{told.reply} {rest.reply}"})

    def _of_open(self, asked: BookingMessage, state: Arrangement) -> Step:
        """What is open, once more; where nothing is, it was not about that."""
        if not asked.id:
            return Step(None, "", is_handled=False)
        is_known = state.slot and self.form.expected(state) != "confirm"
        return self.form.ask(state, "free" if is_known else "")

    async def _step(
        self,
        asked: BookingMessage,
        state: Arrangement,
        offers: Sequence[Offer],
        now: datetime,
    ) -> tuple[Arrangement, Step]:
        """How it stands then, and what follows."""
        if at_once := self._at_once(state, offers, is_first=not asked.id):
            return state, at_once
        state, heard, is_met = self._heard(asked, state, offers, now)
        if not asked.id and not self._is_wish(asked.message, state, heard, offers):
            return state, Step(None, "", is_handled=False)
        step = (self.form.met if is_met else self.form.step)(state, heard, now)
        if step.state is None or step.deed is None:
            return state, self.form.listed(step, heard)
        done = await self._done(asked, step.state, step.deed, offers, now)
        return state, done._replace(before=step.before)

    async def _done(
        self,
        asked: BookingMessage,
        state: Arrangement,
        deed: str,
        offers: Sequence[Offer],
        now: datetime,
    ) -> Step:
        """What follows from the *deed*, once it is done."""
        if state.kind != "cancel" and not lasting.rule_of(state, offers):
            return self.form.discontinued(state, is_last=not offers)
        if deed != "take":
            return await self._looked(state, deed, offers, now)
        taken = await self.take(state, asked.conversation_id)
        return self._because(taken, state, offers, now)

    def _is_wish(
        self, text: str, state: Arrangement, heard: Heard, offers: Sequence[Offer]
    ) -> bool:
        """Whether what somebody begins with wishes for something that is here: what
        began it knows nothing of what there is."""
        if len(text.split()) <= ONLY:
            return True
        is_timed = heard.has_time or heard.is_soonest
        is_known = state.kind != "book" or state.service or offering.meant(text, offers)
        return bool(is_timed or is_known or self.words.wants.search(text))

    def _at_once(
        self, state: Arrangement, offers: Sequence[Offer], *, is_first: bool
    ) -> Step | None:
        """What follows whatever was said besides."""
        if state.kind == "book" and not offers:
            return Step(None, "unoffered")
        if state.kind != "book" and not state.mine:
            return Step(None, "nothing", is_handled=not is_first)
        return self.form.ask(state, "again") if state.choices and is_first else None

    def _heard(
        self,
        asked: BookingMessage,
        before: Arrangement,
        offers: Sequence[Offer],
        now: datetime,
    ) -> tuple[Arrangement, Heard, bool]:
        """What was said, and whether it tells now which one is to be changed."""
        state, text, is_first = before, asked.message, before.kind != asked.kind
        if state.kind != "book" or self.words.changes["move"].search(text):
            state, text = changing.told(before, text, now, self.words)
        expected = self.form.expected(state)
        heard = hear(text, Scene(state, offers, expected, now, self.words))
        is_met = (state.own, state.every) != (before.own, before.every)
        if state.kind != "book":
            answer = self._answer_of_own(state, asked.message, expected)
            heard = replace(heard, answer="none" if is_first else answer)
        if is_first or is_met or not asked.id:  # it is what somebody began with
            heard = replace(heard, is_aside=False)
        return state, heard, is_met

    def _answer_of_own(
        self, state: Arrangement, text: str, expected: str
    ) -> replies.Answer:
        """What is answered to whether what one has shall be changed."""
        if expected == "confirm" and self.words.is_agreed(text, state.kind):
            return "yes"
        answer = replies.answer(text, self.words.about)
        return changing.agreed(state, text, answer, self.words)

    async def _looked(
        self, state: Arrangement, look: Look, offers: Sequence[Offer], now: datetime
    ) -> Step:
        """What follows from what is free when it was wished, or else soon after."""
        look = limiting.limited(look, state)
        free, unknown = list[Slot](), None
        for span in look.spans:
            free, unknown = await self.free(state.service, span, lasting.chosen(state))
            if look.wished(free) or unknown:
                break
        rule = lasting.rule_of(state, offers)
        why = rule and shut(rule, look, now, state.language or replies.DEFAULT)
        return self.form.found(state, look, free, unknown, why)

    def _because(
        self, step: Step, before: Arrangement, offers: Sequence[Offer], now: datetime
    ) -> Step:
        """That it could not be taken, as it is: nobody was faster where what is offered
        has changed meanwhile."""
        rule, slot = lasting.rule_of(before, offers), before.slot
        if step.reply not in REFUSED or rule is None or slot is None:
            return step
        meant = looking.at(Span(start=slot.start, end=slot.start), rule.zone)
        if shut(rule, meant, now, before.language or replies.DEFAULT) is None:
            return step
        question = "nearest" if step.state and step.state.shown else "slot"
        return step._replace(reply="withdrawn", question=question)

    def _told(
        self, step: Step, before: Arrangement, offers: Sequence[Offer]
    ) -> DialogueTurn:
        left = step.state or before
        told = fields(step, left, offers, self.said)
        doubt = "doubt" if step.open else ""
        said = (step.before, step.reply, doubt, step.question)
        kind = "all" if left.every else left.kind
        names = [self.said.variant(name, kind) for name in said if name]
        texts = [self.said.say(name, left.language, **told) for name in names]
        known = left.model_dump(mode="json", exclude_defaults=True)
        turn = DialogueTurn(reply=" ".join(texts), handled=step.is_handled)
        if step.then:
            after = self._told(Step(step.then, "another"), step.then, offers)
            text = f"{turn.reply} {after.reply}"
            return after.model_copy(update={"reply": text})
        if step.state:
            waits = f"open_{self.form.expected(step.state)}"
            waits = self.said.variant(waits, kind)
            reminder = self.said.say(waits, left.language, **told)
            about = offering.title_of(left, offers)
            open = Dialogue(action=self.action, arguments=known, about=about)
            turn.dialogue = open.model_copy(update={"reminder": reminder})
        return turn
