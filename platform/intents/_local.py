"""The local plan: what a message calls for by its wording, or by what it is near to."""

import json
from collections.abc import Mapping
from copy import copy
from datetime import datetime
from importlib.resources.abc import Traversable
from typing import Any

import wording
from contracts.assistant.plans import Plan, PlanRequest
from intents import _small
from intents._dialogues import ENDS, OTHERWISE, Dialogues
from intents._nearest import Intents, Near, fitting
from intents._small import Said
from intents._worded import Worded


class Local:
    """From the tables of ``wishes``, ``dialogues`` and ``wordings``."""

    def __init__(
        self,
        wishes: Mapping[str, Any],
        dialogues: Mapping[str, Any],
        wordings: Mapping[str, Any],
    ) -> None:
        self.known = Intents({**wishes, **dialogues["intents"]})
        self.led = Dialogues.of(dialogues)
        self._worded = Worded(wordings)

    @classmethod
    def of(cls, folder: Traversable) -> "Local":
        """From these tables of a folder, as JSON."""
        names = ("intents", "dialogues", "wordings")
        texts = (folder.joinpath(f"{name}.json").read_text("utf-8") for name in names)
        return cls(*map(json.loads, texts))

    def naming(
        self, titles: wording.Titles, text: str, said: Said, language: str
    ) -> "Local":
        """The same tables, as they are read where *text* names one of *titles*; but a
        title alone goes on with the question that was *said* before it."""
        led = self.led.naming_of(titles, text, language)
        asked = [wording.is_question(each) for role, each in said if role == "user"]
        if led.is_bare(text) and asked[-1:] == [True]:
            return self
        known = copy(self)
        known.led = led
        return known

    def heard(self, asked: PlanRequest, said: Said, question: str) -> Near | None:
        """What the message says beyond doubt: a wish for a person before all, then what
        begins a dialogue, then other small talk; a nod where it is no more. *said*
        before it may be the offer that it answers."""
        told = self._worded.told(asked.message)
        if told not in ENDS:
            begun = self._begun(asked, said, question)
            # "Super, danke" to a refusal is thanks, and no yes to a person.
            is_thanks = told == "thank" and begun == "how_person"
            told = told if is_thanks else begun or told or _small.nod(asked.message)
        if told is None or (told in ENDS and told not in _names(asked)):
            return None
        values = {"sought": wording.sought(question)}
        return Near(told, 1.0, f"the wording says {told}", values)

    def _begun(self, asked: PlanRequest, said: Said, question: str) -> str | None:
        """What answers an offer, or begins a dialogue that somebody leads."""
        told = _small.accepted(asked, said) or self.led.told(asked.message)
        told = told or self.led.continued(asked)
        told = told or self.led.followed(asked, question)
        action = self.led.action(told) if told else None
        return told if action is None or action in _names(asked) else None

    def meant(self, asked: PlanRequest, near: Near) -> Near:
        """What it is *near* to, as far as that may begin by being near."""
        found = self.led.meant(asked.message, near, _names(asked))
        is_beside = self._worded.is_beside(found, asked.message)
        return near._replace(intent=OTHERWISE if is_beside else found)

    def reply(self, intent: str, asked: PlanRequest, now: datetime) -> str | None:
        return _small.reply(self.known.reply(intent), asked, now)

    def plan(
        self,
        asked: PlanRequest,
        whole: dict[str, Any],
        near: Near,
        now: datetime,
        **about: Any,
    ) -> Plan:
        """What the intent calls for, after a dialogue that is led.

        *whole*: the question and what it is about, as ``wording.whole`` tells them.

        Beside a dialogue nothing is looked for where small talk has an answer.
        """
        about |= {"intent": near.intent, "planner": "local", "why": near.why}
        made = Plan(actions=[], **whole, **about)
        question = made.question
        if made.dialogue and made.dialogue.besides and not made.dialogue.only_asks:
            made.question = made.dialogue.besides
        values = {"question": question, "knowledge_base_id": asked.knowledge_base_id}
        is_aside = made.dialogue and not made.dialogue.reply
        looked = self.known.wanted(
            "ask" if is_aside else made.intent, values | near.values
        )
        actions = self.led.first(made.dialogue, looked, asked)
        made.actions = fitting(actions, (*asked.actions, *asked.also))
        made.why = "; ".join(filter(None, [near.why, made.degraded]))
        made.degraded = made.degraded or near.degraded
        made.reply = None if made.dialogue else self.reply(near.intent, asked, now)
        return made


def spoken_of(asked: PlanRequest, said: Said) -> list[tuple[str, str]]:
    """What was *said*, (role, text), as a follow-up is heard: after a question it asks
    on, else it is about what the open dialogue is about, "and what does it cost?"."""
    theirs = [text for role, text in said if role == "user"]
    about = asked.dialogue.about if asked.dialogue else ""
    asks_on = bool(theirs) and wording.is_question(theirs[-1])
    return [*said, *([("user", about)] if about and not asks_on else [])]


def _names(asked: PlanRequest) -> set[str]:
    return {each.name for each in (*asked.actions, *asked.also)}
