"""Turns of an arrangement, with whoever knows what is free and takes it."""

import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import replies
from arranging._hearing import Offer, Words, hear
from arranging._looking import Look
from arranging._saying import fields
from arranging._steps import Form, Step
from contracts.assistant.dialogues import Dialogue, DialogueTurn
from contracts.calendar.slots import Slot
from contracts.calendar.times import Span
from contracts.calendar.turns import Arrangement, BookingMessage

log = logging.getLogger(__name__)
Free = Callable[[str | None, Span], Awaitable[tuple[list[Slot], str | None]]]
Take = Callable[[Arrangement, str | None], Awaitable[Step]]


@dataclass(frozen=True)
class Arranger:
    """Leads the dialogue of the name *action*.

    ``offered`` tells what there is, ``free`` the free slots of a service in a span and
    what is unknown of it, ``take`` what comes of taking what was said yes to. While
    they raise *failures* the reply is ``away``, and the dialogue stays as it is.
    """

    action: str
    form: Form
    words: Words
    said: replies.Replies
    offered: Callable[[], Awaitable[Sequence[Offer]]]
    free: Free
    take: Take
    failures: type[Exception]

    async def turn(self, asked: BookingMessage, now: datetime) -> DialogueTurn:
        """What is answered, and where it stands then."""
        language = asked.language or self.said.language(asked.locale, asked.message)
        begun = {"id": asked.id or uuid.uuid4().hex, "language": language}
        state = self.form.began(Arrangement(**asked.model_dump() | begun), now)
        try:
            offers = await self.offered()
            step = await self._step(asked, state, offers, now)
        except self.failures as failure:
            log.warning("a turn of %s found nobody: %s", state.id, failure)
            offers, step = [], Step(state, "away")
        return self._told(step, state, offers)

    async def _step(
        self,
        asked: BookingMessage,
        state: Arrangement,
        offers: Sequence[Offer],
        now: datetime,
    ) -> Step:
        wanted = self.form.expected(state)
        heard = hear(asked.message, state, offers, wanted, now, self.words)
        if not asked.id:  # it is what somebody began with
            heard = replace(heard, is_aside=False)
        step = self.form.step(state, heard, now)
        if step.state is None or step.deed is None:
            return step
        if step.deed == "take":
            return await self.take(step.state, asked.conversation_id)
        return await self._looked(step.state, step.deed)

    async def _looked(self, state: Arrangement, look: Look) -> Step:
        """What follows from what is free when it was wished, or else soon after."""
        free, unknown = list[Slot](), None
        for span in look.spans:
            free, unknown = await self.free(state.service, span)
            if free or unknown:
                break
        return self.form.found(state, look, free, unknown)

    def _told(
        self, step: Step, before: Arrangement, offers: Sequence[Offer]
    ) -> DialogueTurn:
        left = step.state or before
        told = fields(step, left, offers, left.language or replies.DEFAULT)
        names = (step.reply, "doubt" if step.open else "", step.question)
        texts = [self.said.say(name, left.language, **told) for name in names if name]
        known = left.model_dump(mode="json", exclude_defaults=True)
        dialogue = step.state and Dialogue(action=self.action, arguments=known)
        return DialogueTurn(
            reply=" ".join(texts), handled=step.is_handled, dialogue=dialogue
        )
