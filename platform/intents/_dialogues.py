"""Dialogues: which one a message begins or goes on with, told by a table of patterns.

Another service leads a dialogue, turn by turn; a message begins one only where a
pattern says so, or an example is near, and no pattern speaks against it.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import langid
import phrases
import replies
import wording
from contracts.assistant.dialogues import Dialogue, Led
from contracts.assistant.plans import Action, ActionSpec, PlanRequest
from intents._nearest import Near
from intents._parted import Wish, is_own_question, parted, sentences

OTHERWISE = "ask"  # the intent of what is none of the others
ENDS = ("hand_over",)  # intents that leave nothing open
SURE = 0.8  # cosine from which an example begins a dialogue where no pattern does
LONGEST = 1_000  # characters of a message that are looked at
Patterns = tuple[re.Pattern[str], ...]
PATIENCE = 11.0  # seconds that a dialogue's service may take for its turn


@dataclass(frozen=True, eq=False)
class Dialogues:
    """The table: ``parts`` are fragments of patterns, by the name that stands for them
    in braces; of ``intents`` those count that have patterns ``begins`` and ``unless``,
    and ``away`` names what is said while nobody leads it.

    ``begun`` and ``barred`` find these patterns in a text, by the intent's name;
    ``meant_by`` tells which of two is to be cancelled, by their actions.

    No pattern knows what a business calls what it offers: its titles in a text, which
    are ``named``, are read as the ``noun`` that patterns know for all of them, of
    ``nouns`` by language. A text without any of ``naming`` needs no look at titles.
    What there may be ``besides`` a title says nothing more. What is ``untitled`` counts
    wherever a title may, for customers call what is offered by words that no title has.
    What has one of ``times`` says when.
    What has one of ``for_open`` is wished for the sake of what is open, and comes next.
    """

    intents: Mapping[str, Mapping[str, Any]]
    begun: Mapping[str, Patterns]
    barred: Mapping[str, Patterns]
    meant_by: Mapping[str, Mapping[str, str]]
    nouns: Mapping[str, str]
    naming: Patterns
    for_open: Patterns
    times: Patterns
    greeting: re.Pattern[str]
    titled: Mapping[str, Patterns]
    untitled: Mapping[str, Patterns]
    goes_on: Mapping[str, tuple[Patterns, Patterns]]
    besides: re.Pattern[str]
    named: tuple[str, ...] = ()
    noun: str = ""

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "Dialogues":
        """From the table as it is written; re.error for a pattern that is none."""
        parts, known = table["parts"], table["intents"]
        begun = {n: _each(each["begins"], parts) for n, each in known.items()}
        barred = {n: _each(each["unless"], parts) for n, each in known.items()}
        more = [_each(table[name], parts) for name in ("naming", "for_open", "times")]
        more += [compiled(table["greeting"], parts)]
        for kind in ("titled", "untitled"):
            each_of = {n: _each(e.get(kind, ()), parts) for n, e in known.items()}
            more.append(each_of)
        more += [
            {
                n: (_each(each["then"], parts), _each(each["after"], parts))
                for n, each in known.items()
                if "then" in each
            }
        ]
        more += [compiled(table["besides"], parts)]
        return cls(known, begun, barred, table["meant"], table["nouns"], *more)

    def may_name(self, text: str) -> bool:
        """Whether a title in it may say that it begins one."""
        return _in_any(self.naming, text[:LONGEST])

    def naming_of(
        self, titles: wording.Titles, text: str, language: str
    ) -> "Dialogues":
        """These, as they hear what *text* calls by a title."""
        noun = self.nouns.get(language, self.nouns["en"])
        named = tuple(dict.fromkeys(titles.named(text[:LONGEST])))
        return replace(self, named=named, noun=noun) if named else self

    def is_bare(self, text: str) -> bool:
        """Whether a title is all that it says."""
        return any(wording.joint(text) == wording.joint(each) for each in self.named)

    def is_named(self, text: str) -> bool:
        """Whether it says no more than a title: "for the massage, please"."""
        for each in self.named:
            text = text.replace(each, " ")
        return bool(self.named) and not self.besides.sub("", text).strip()

    def told(self, text: str, *, titled: bool = True) -> str | None:
        """The first intent that *text* says by a pattern, near its beginning: all of
        it, or else, of those that may be said ``in_part``, a sentence. Where it is not
        *titled*, the title of what is offered says nothing by itself."""
        if not titled and self.is_named(text):
            return None
        return _told(self, text[:LONGEST], titled)

    def said(self, text: str, *, titled: bool = True) -> Iterator[str]:
        """Those that *text* says, and does not speak against."""
        for one in self._readings(text):
            yield from (name for name in self.begun if self._is_said(one, name, titled))

    def _says(self, text: str, name: str, titled: bool = True) -> bool:
        each = self._readings(text)
        return any(self._is_said(reading, name, titled) for reading in each)

    def _readings(self, text: str) -> Iterable[str]:
        """It with the noun for what it names, before it as it stands; and both without
        the greeting that they begin with."""
        text = langid.contracted(text)
        plain = text
        for each in self.named:
            plain = plain.replace(each, self.noun)
        each = (plain, text)
        return dict.fromkeys((*each, *(self.greeting.sub("", one) for one in each)))

    def _is_said(self, text: str, name: str, titled: bool) -> bool:
        begins = self.begun.get(name, ())
        if titled and begins:
            begins += self.untitled[name] + (self.titled[name] if self.named else ())
        return _in_any(begins, text) and not self._is_barred(name, text)

    def _only_asks(self, intent: str) -> bool:
        """Whether what says it wishes for nothing."""
        return bool(self.intents.get(intent, {}).get("asks"))

    def action(self, intent: str) -> str | None:
        """The one that leads the dialogue which *intent* begins."""
        found: str | None = self.intents.get(intent, {}).get("dialogue")
        return found

    def meant(self, text: str, near: Near, offered: Collection[str]) -> str:
        """What *text* says by a pattern, else what it is near to; ``ask`` where it was
        not *offered*, or is not as near as what begins a dialogue has to be."""
        said = self.told(text)
        intent = said or near.intent
        action = self.action(intent)
        if action and (action not in offered or (not said and near.cosine < SURE)):
            return OTHERWISE
        return intent if said or not self._is_barred(intent, text) else OTHERWISE

    def led(
        self, asked: PlanRequest, intent: str, reply: str | None = None
    ) -> Led | None:
        """The dialogue that goes on, or that begins with *intent*; *reply* answers
        what is small talk to it.

        One that is open is left where a pattern says that another is to begin, and gone
        on with when that is over, or a pattern says so. It ends where a person is to
        take over.
        """
        if intent in ENDS:
            return None
        if asked.dialogue and asked.dialogue.wish:
            return self._offered(asked, asked.dialogue, intent, reply)
        two = self._two(asked) or self._next(asked, intent)
        two = two or self._chosen(asked) or self._unclear(asked, intent)
        return two or self._one(asked, intent, reply)

    def _one(self, asked: PlanRequest, intent: str, reply: str | None) -> Led | None:
        """The dialogue that alone is meant, whether it goes on or begins."""
        action = self.action(intent)
        is_said = bool(action) and self._is_turning(asked, intent)
        known = self._turned(asked, action if is_said else None)
        action = known.pop("action", action)
        about = {"is_question": wording.is_question(asked.message), "reply": reply}
        is_its, is_asked = action == self.action(intent), self._only_asks(intent)
        about["only_asks"] = is_its and is_asked
        if self.leading(action) and (is_its or not is_asked):
            about |= self._besides(asked.message[:LONGEST], intent)
        if is_its:
            about |= self._made_whole(asked, intent)
        return self._led(asked, action, intent, **known | about)

    def _made_whole(self, asked: PlanRequest, intent: str) -> dict[str, Any]:
        """What a follow-up asks that only says it by what was said before it."""
        known = self.intents.get(intent, {})
        if not known.get("follows") or self.told(asked.message):
            return {}
        return {"part": _whole_question(asked), "is_question": True}

    def _besides(self, text: str, intent: str) -> dict[str, str]:
        """What a message asks in a sentence of its own, beside what it wishes for; what
        only asks, too, is told in its own words alone. A time in what asks of the
        business is none that is wished."""
        each = sentences(text)
        own = next((one for one in each if self._says(one, intent)), None)
        others = [one for one in each if one is not own and is_own_question(one)]
        if own is None or not others:
            return {}
        if self._only_asks(intent):
            return {"part": own, "besides": " ".join(others)}
        return self._beside_wish(each, others)

    def _beside_wish(self, each: list[str], others: list[str]) -> dict[str, str]:
        """What *others* of the sentences ask, and what they leave to the wish."""
        last, asks = others[-1], [one for one in others if self._is_of_business(one)]
        beside = {"besides": _whole_of(each[: each.index(last) + 1])}
        if last in asks or not _in_any(self.times, last):
            beside["named"] = last
        if asks:
            beside["part"] = " ".join(one for one in each if one not in asks)
        return beside

    def _is_of_business(self, text: str) -> bool:
        """Whether it only asks what the business is, has or does."""
        said = self.told(text)
        return said is not None and self._only_asks(said)

    def _led(
        self, asked: PlanRequest, action: str | None, intent: str, **about: Any
    ) -> Led | None:
        """The dialogue of that *action*, if there is one, with what is true while it
        is away."""
        if not (leading := self.leading(action)):
            return None
        own = [i for i in leading if i is self.intents.get(intent) and "away" in i]
        away = phrases.say([*own, *leading][0]["away"], asked.locale)
        return Led(action=action, away=away, **about)

    def _two(self, asked: PlanRequest) -> Led | None:
        """The first of two dialogues that a message wants, the other put off."""
        if asked.dialogue and asked.dialogue.reminder:
            return None
        offered = {each.name for each in asked.actions}
        for one, other in parted(asked.message[:LONGEST], self.told):
            first, then = self.action(one.intent), self.action(other.intent)
            if (
                self._are_two(one, other)
                and first
                and then
                and {first, then} <= offered
            ):
                left, note = _one_after_the_other(first, then, other.said, asked.locale)
                about = {"part": one.said, "note": note, "left": left}
                return self._led(asked, first, one.intent, **about)
        return None

    def _are_two(self, one: Wish, other: Wish) -> bool:
        """Whether they are for two actions, or the same for two things by name. What
        only asks something is no wish."""
        said = {one.intent, other.intent}
        if any(map(self._only_asks, said)):
            return False
        if self.action(one.intent) != self.action(other.intent):
            return True
        is_again = len(said) == 1 and bool(self.intents[one.intent].get("again"))
        return is_again and self._name_two(one, other)

    def _name_two(self, one: Wish, other: Wish) -> bool:
        """Whether each of them names a title, and not the same."""
        each = [{n for n in self.named if n in part.said} for part in (one, other)]
        return all(each) and each[0].isdisjoint(each[1])

    def _next(self, asked: PlanRequest, intent: str) -> Led | None:
        """What is open goes on, and what is wished for its sake is put off."""
        open, then = asked.dialogue, self.action(intent)
        if (
            open is None
            or not open.reminder
            or open.left
            or then in (None, open.action)
        ):
            return None
        text = asked.message[:LONGEST]
        if not self._is_turning(asked, intent) or not _in_any(self.for_open, text):
            return None
        left, note = _one_after_the_other(open.action, then, text, asked.locale)
        return self._led(asked, open.action, intent, before=open, left=left, reply=note)

    def _unclear(self, asked: PlanRequest, intent: str) -> Led | None:
        """Asks back, where what the message gives up may be the open dialogue's, which
        waits for nothing any more, or another's of which was spoken here."""
        open, known = asked.dialogue, self.intents.get(intent, {})
        if open is None or open.reminder or not known.get("either"):
            return None
        if open.action == known.get("dialogue") or not self._is_spoken_of(asked, known):
            return None
        told = phrases.say("cancel_which", asked.locale)
        about = {"is_put_off": True, "reply": told}
        return self._led(asked, open.action, intent, before=open, **about)

    def _is_spoken_of(self, asked: PlanRequest, known: Mapping[str, Any]) -> bool:
        """Whether what its dialogue leads to was named before."""
        named = self.meant_by[known["dialogue"]]["named"]
        return any(re.search(named, each.text, re.IGNORECASE) for each in asked.history)

    def continued(self, asked: PlanRequest) -> str | None:
        """The intent that a message goes on with, by what was said just before it and
        though nothing is open: "80 euros, I think" to whether there is a bill."""
        if asked.dialogue:
            return None
        last, text = [each.text for each in asked.history[-2:]], asked.message
        for name, (then, after) in self.goes_on.items():
            is_about = any(_in_any(after, each) for each in last)
            if is_about and _in_any(then, text[:LONGEST]):
                return name
        return None

    def followed(self, asked: PlanRequest, question: str) -> str | None:
        """The intent that ``follows`` and which a message says once it is the whole
        *question*: "and on Saturday?" after "are you open on Friday?". To a dialogue
        that waits for an answer it may be one."""
        is_waiting = asked.dialogue and asked.dialogue.reminder
        if is_waiting or question == asked.message:
            return None
        said = self.told(question)
        return said if said and self.intents[said].get("follows") else None

    def _chosen(self, asked: PlanRequest) -> Led | None:
        """The dialogue that the answer to that names, told what is wished."""
        last = asked.history[-1].text if asked.history else ""
        if last not in phrases.table().every("cancel_which"):
            return None
        meant = self.meant_by.items()
        said = [
            a
            for a, one in meant
            if re.search(one["said"], asked.message, re.IGNORECASE)
        ]
        if len(said) != 1:
            return None
        is_open = asked.dialogue and asked.dialogue.action == said[0]
        about = {"before": asked.dialogue} if is_open else {}
        part = self.meant_by[said[0]]["cancel"]
        return self._led(asked, said[0], "cancel", part=part, **about)

    def _offered(
        self, asked: PlanRequest, put_off: Dialogue, intent: str, reply: str | None
    ) -> Led | None:
        """What becomes of a dialogue that was put off, now that it is its turn."""
        answer = replies.answer(asked.message)
        if answer in ("no", "cancel", "later"):
            dropped = phrases.say("dropped", asked.locale)
            about = {"is_put_off": True, "left": put_off.left, "reply": dropped}
            return self._led(asked, put_off.action, intent, **about)
        action = self.action(intent)
        if answer == "yes":
            part = {"part": put_off.wish, "left": put_off.left}
            return self._led(asked, put_off.action, intent, **part)
        if action and self.told(asked.message) == intent:
            left = put_off.left if action == put_off.action else put_off
            return self._led(asked, action, intent, left=left)
        about = {"before": put_off, "is_put_off": True, "reply": reply}
        return self._led(asked, put_off.action, intent, **about)

    def _is_turning(self, asked: PlanRequest, intent: str) -> bool:
        """Whether a pattern says so: what tells not of which dialogue it is for is
        heard first by the one that is open; so is a title and a time where it waits for
        something ("massage with Anna on Friday" may be what is paid)."""
        if asked.dialogue and self.intents[intent].get("alone"):
            return False
        is_waiting = bool(asked.dialogue and asked.dialogue.reminder)
        return self.told(asked.message, titled=not is_waiting) == intent

    def _turned(self, asked: PlanRequest, said: str | None) -> dict[str, Any]:
        """Which one goes on as it stood ``before``, and which one is ``left`` for it.

        *said* is the action of the one that a pattern says is to begin.
        """
        if (open := asked.dialogue) is None:
            return {}
        left = open.left
        is_left = left and said == left.action != open.action
        if left and (is_left or self._is_resumed(left, asked.message)):
            return self._back(left, said) | {"left": _waiting(open)}
        if said in (None, open.action):
            return {"action": open.action, "before": open}
        return {"left": _waiting(open)}

    def _back(self, left: Dialogue, said: str | None) -> dict[str, Any]:
        """How what was *left* goes on; what was put off begins, by what is *said* now
        or else by what was."""
        if left.wish:
            part = None if said == left.action else left.wish
            return {"action": left.action, "part": part}
        kept = left.arguments | {"resumed": True}
        again = left.model_copy(update={"arguments": kept, "left": None})
        return {"action": left.action, "before": again}

    def _is_resumed(self, left: Dialogue, text: str) -> bool:
        """Whether *text* wants to go back to what was *left*."""
        each = self.leading(left.action)
        patterns = [one for intent in each for one in intent.get("resumes", ())]
        return _in_any(_each(patterns, {}), text[:LONGEST])

    def leading(self, action: str | None) -> list[Mapping[str, Any]]:
        """The intents whose dialogue that action leads."""
        each = self.intents.values()
        return [i for i in each if action and i.get("dialogue") == action]

    def tools(self, offered: Iterable[ActionSpec]) -> list[ActionSpec]:
        """Those that a model may choose: what a dialogue asks about first is not left
        to it where the dialogue is there."""
        there = [*offered]
        names = {each.name for each in there}
        led = [i for i in self.intents.values() if i.get("dialogue") in names]
        kept_back = {name for each in led for name in each.get("instead_of", ())}
        return [each for each in there if each.name not in kept_back]

    def begun_by(
        self, calls: Sequence[Action], asked: PlanRequest
    ) -> tuple[list[Action], Led | None]:
        """What a model called, the dialogue's action first and given the very message;
        and the dialogue, where it called one."""
        for name, each in self.intents.items():
            if each.get("dialogue") in (call.name for call in calls):
                led = self.led(asked, name)
                rest = [call for call in calls if call.name != each["dialogue"]]
                return self.first(led, rest, asked), led
        return [*calls], None

    def first(
        self, led: Led | None, wanted: Sequence[Action], asked: PlanRequest
    ) -> list[Action]:
        """The message for whoever leads the dialogue, with what it asked to get back;
        then what is *wanted* beside it."""
        if led is None or led.is_put_off:
            return [*wanted]
        told = {"message", "conversation_id", "timezone", "locale"}
        given = asked.model_dump(include=told, exclude_none=True)
        given |= {"message": led.part} if led.part else {}
        kept = led.before.arguments if led.before else {}
        turn = Action(name=led.action, arguments=given | kept, timeout=PATIENCE)
        return [turn, *wanted]

    def _is_barred(self, name: str, text: str) -> bool:
        return name in self.barred and _in_any(self.barred[name], text[:LONGEST])


def _whole_question(asked: PlanRequest) -> str:
    """The message with what it leaves to what was said before."""
    said = [
        ("user" if e.role == "user" else "assistant", e.text) for e in asked.history
    ]
    return str(wording.whole(asked.message, said)["question"])


def _whole_of(sentences: Sequence[str]) -> str:
    """The last of them, with what it leaves to those before it."""
    *before, last = sentences
    return str(wording.whole(last, [("user", one) for one in before])["question"])


def _one_after_the_other(
    first: str, then: str, wish: str, locale: str | None
) -> tuple[Dialogue, str]:
    """The second of two actions, put off, and what is said of both."""
    offer = phrases.say("put_off", locale, wish=wish)
    one, other = (phrases.say(f"name_{each}", locale) for each in (first, then))
    # Of two that are called the same, the second is told by what was said of it.
    told = {"one": one, "other": f"“{wish}”" if first == then else other}
    put_off = Dialogue(action=then, wish=wish, reminder=offer)
    return put_off, phrases.say("both", locale, **told)


def _waiting(open: Dialogue) -> Dialogue | None:
    """The dialogue as one that is left, if it waits for something still."""
    return open.model_copy(update={"left": None}) if open.reminder else None


@lru_cache(maxsize=64)
def _told(dialogues: Dialogues, text: str, titled: bool) -> str | None:
    """Remembered, since one message is looked at more than once on its way."""
    every = [*dialogues.said(text, titled=titled)]
    wish = next((name for name in every if not dialogues._only_asks(name)), None)
    return wish or _in_part(dialogues, text, titled) or next(iter(every), None)


def _in_part(dialogues: Dialogues, text: str, titled: bool) -> str | None:
    """What a sentence of it wishes for, which what only asks does not hide: "book the
    9th, and how do I pay?"; else what one asks."""
    parts = [name for name, each in dialogues.intents.items() if each.get("in_part")]
    each = [*itertools.product(sentences(text), parts)]
    each.sort(key=lambda pair: dialogues._only_asks(pair[1]))
    said = (name for one, name in each if dialogues._says(one, name, titled))
    return next(said, None)


def _each(patterns: Iterable[str], parts: Mapping[str, str]) -> Patterns:
    """Each by itself: one of all of them would be slower by half, since what every
    pattern begins with is no help to it."""
    whole = (_whole(pattern, parts) for pattern in patterns)
    return tuple(re.compile(each, re.IGNORECASE) for each in whole)


def _in_any(patterns: Patterns, text: str) -> bool:
    return any(each.search(text) for each in patterns)


def compiled(patterns: Iterable[str], parts: Mapping[str, str]) -> re.Pattern[str]:
    each = [f"(?:{_whole(pattern, parts)})" for pattern in patterns] or [r"(?!)"]
    return re.compile("|".join(each), re.IGNORECASE)


def _whole(pattern: str, parts: Mapping[str, str]) -> str:
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern
