"""Conversations beside others who write into them: a person counts before the bot."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import BaseModel

import chassis
import dialogue
from contracts.assistant.conversations import ChatRequest

DONE = {
    "id": "e1",
    "pipeline": "chat",
    "status": "SUCCEEDED",
    "started_at": "2030-01-01T00:00:00Z",
    "output": {
        "plan": {"actions": [], "question": "whole", "degraded": None},
        "answer": {"answer": "Nine.", "abstained": False, "citations": []},
    },
}


class Documents:
    """A collection, and what of it is written when the platform commits."""

    def __init__(self, platform: "Platform") -> None:
        self.held: dict[str, tuple[Any, int]] = {}
        self._platform = platform

    async def read(self, id: str) -> chassis.Stored[Any]:
        self._platform.require()
        if id not in self.held:
            raise chassis.NotFound(id)
        value, version = self.held[id]
        return chassis.Stored(id, version, value)

    async def find(self, id: str) -> Any:
        self._platform.require()
        return self.held.get(id, (None, 0))[0]

    async def matching(self, filter: Any, sort: Any, limit: int) -> list[Any]:
        self._platform.require()
        found = [value for value, _ in self.held.values()]
        down = sort[0].descending
        return sorted(found, key=lambda each: each.position, reverse=down)[:limit]

    def put(self, id: str, value: Any, *, version: int | None) -> None:
        def check() -> bool:
            return version in (None, self.held.get(id, (None, 0))[1])

        def write() -> None:
            self.held[id] = (value, self.held.get(id, (None, 0))[1] + 1)

        self._platform.changes.append((check, write))

    def patch(self, id: str, body: dict[str, Any]) -> None:
        def write() -> None:
            value, version = self.held[id]
            self.held[id] = (value.model_copy(update=body), version + 1)

        self._platform.changes.append((lambda: id in self.held, write))


@dataclass
class Platform:
    """A unit of work that commits all or nothing, and may be away."""

    Problem, Stale = chassis.Problem, chassis.Stale
    UpstreamFailed, NotFound = chassis.UpstreamFailed, chassis.NotFound
    Conflict = chassis.Conflict
    changes: list[tuple[Callable[[], bool], Callable[[], None]]] = field(
        default_factory=list
    )
    published: list[BaseModel] = field(default_factory=list)
    events: list[BaseModel] = field(default_factory=list)
    ongoing: list[asyncio.Future[Any]] = field(default_factory=list)
    is_away: bool = False
    meanwhile: Callable[[], None] | None = None

    def require(self) -> None:
        if self.is_away:
            raise chassis.UpstreamFailed("away", upstream="database-operations")

    async def commit(self) -> None:
        self.require()
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        changes, self.changes = self.changes, []
        events, self.events = self.events, []
        if not all(check() for check, _ in changes):
            raise chassis.Stale("moved on")
        for _, write in changes:
            write()
        self.published += events

    def publish(self, event: BaseModel) -> None:
        self.events.append(event)

    def background(self, work: Coroutine[Any, Any, Any]) -> None:
        self.ongoing.append(asyncio.ensure_future(work))

    @contextmanager
    def detached(self, *_: Any) -> Iterator[None]:
        yield


class Told(BaseModel):
    """An event, whatever it says."""

    kind: str
    about: dict[str, Any]


def asking(**known: Any) -> chassis.Context:
    """A customer's context, but for what is *known* of it."""
    about = {"tenant": "t", "subject": "c1", "roles": ("customer",)}
    return chassis.Context(**about | {"trace_id": "a" * 32} | known)


class Office:
    """A desk with its documents, and a model that sums up or fails."""

    def __init__(self) -> None:
        self.platform = Platform()
        self.conversations = Documents(self.platform)
        self.messages = Documents(self.platform)
        self.summary: str | None = None
        self.desk = dialogue.Desk(
            self.conversations,
            self.messages,
            Documents(self.platform),
            self.complete,
            self.platform,
            lambda **about: Told(kind="unanswered", about=about),
            lambda **about: Told(kind="handed-over", about=about),
            lambda **about: Told(kind="changed", about=about),
        )

    async def complete(self, json: Any) -> Any:
        if self.summary is None:
            raise chassis.UpstreamFailed("no model", upstream="OpenAI")
        return type("Completion", (), {"text": self.summary})

    async def ask(self, message: str, caller: chassis.Context, **more: Any) -> Any:
        id, done = more.pop("id", None), DONE | more
        asked = ChatRequest(message=message, conversation_id=id)
        talk = await self.desk.opened(asked, caller)
        if talk.reply or talk.is_silent:
            return talk.reply or await self.desk.silent(talk, caller)
        return await self.desk.finished(talk, done, caller)

    def change(self, id: str, **change: Any) -> None:
        """As somebody else would, beside."""
        value, version = self.conversations.held[id]
        changed = value.model_copy(update=change)
        self.conversations.held[id] = (changed, version + 1)

    def texts(self) -> list[str]:
        kept = [value for value, _ in self.messages.held.values()]
        return [each.text for each in sorted(kept, key=lambda each: each.position)]


@pytest.fixture
def office() -> Office:
    return Office()


def output(**answer: Any) -> dict[str, Any]:
    told = DONE["output"]
    assert isinstance(told, dict)
    return {"output": told | {"answer": told["answer"] | answer}}


def test_message_and_answer_are_kept_together(office: Office) -> None:
    answer = asyncio.run(office.ask("When?", asking()))
    assert (answer.answer, answer.saved) == ("Nine.", True)
    assert office.texts() == ["When?", "Nine."]
    assert office.conversations.held[answer.conversation_id][0].messages == 2


def test_a_repeated_key_gets_the_first_answer_and_writes_nothing(
    office: Office,
) -> None:
    async def work() -> None:
        first = await office.ask("When?", caller)
        assert await office.ask("When?", caller) == first
        with pytest.raises(chassis.Conflict):
            await office.ask("Where?", caller)

    caller = asking(idempotency_key="k")
    asyncio.run(work())
    assert office.texts() == ["When?", "Nine."]


def test_nobody_reads_anothers_conversation_but_staff_does(office: Office) -> None:
    async def work() -> None:
        id = (await office.ask("When?", asking())).conversation_id
        with pytest.raises(chassis.NotFound):
            await office.ask("And?", asking(subject="c2"), id=id)
        staff = asking(subject="s", roles=("agent",))
        assert (await office.desk.own(id, staff)).id == id
        assert (await office.desk.own(id, asking(roles=("service",)))).id == id

    asyncio.run(work())


def test_a_closed_conversation_takes_no_message(office: Office) -> None:
    async def work() -> None:
        id = (await office.ask("When?", asking())).conversation_id
        office.change(id, state="closed")
        with pytest.raises(chassis.Conflict, match="closed"):
            await office.ask("And?", asking(), id=id)
        asked = ChatRequest(message="This is Ana.", conversation_id=id)
        with pytest.raises(chassis.Conflict, match="closed"):
            await dialogue.People(office.desk).said(asked, asking(roles=("agent",)))

    asyncio.run(work())
    assert office.texts() == ["When?", "Nine."]


def test_while_nothing_can_be_written_the_answer_goes_out_marked(
    office: Office,
) -> None:
    office.platform.is_away = True
    caller = asking(idempotency_key="k")
    answer = asyncio.run(office.ask("When?", caller, id="known"))
    assert (answer.answer, answer.saved) == ("Nine.", False)
    assert "could not be read" in answer.degraded


@pytest.mark.parametrize(
    ("said", "again"),
    [("I want to book a boat", "begin again"), ("Ich möchte buchen", "noch einmal an")],
)
def test_a_conversation_that_cannot_be_kept_has_no_id_and_tells_what_to_do(
    office: Office, said: str, again: str
) -> None:
    office.platform.is_away = True
    asks = output(answer="When?", dialogue={"action": "book", "reminder": "a boat"})
    answer = asyncio.run(office.ask(said, asking(idempotency_key="k"), **asks))
    assert (answer.conversation_id, answer.dialogue, answer.saved) == (
        None,
        None,
        False,
    )
    assert answer.answer.startswith("When?\n")
    assert again in answer.answer
    assert "begins without this" in answer.degraded


def test_who_writes_beside_another_reads_again_and_keeps_both(office: Office) -> None:
    async def work() -> None:
        id = (await office.ask("One?", asking())).conversation_id
        office.platform.meanwhile = lambda: office.change(id, messages=4)
        answer = await office.ask("Two?", asking(), id=id)
        assert answer.saved
        assert office.conversations.held[id][0].messages == 6

    asyncio.run(work())
    assert office.texts() == ["One?", "Nine.", "Two?", "Nine."]


def test_if_a_person_took_over_meanwhile_the_answer_becomes_silence(
    office: Office,
) -> None:
    async def work() -> None:
        id = (await office.ask("One?", asking())).conversation_id
        office.platform.meanwhile = lambda: office.change(id, state="human")
        answer = await office.ask("Two?", asking(), id=id)
        assert (answer.answer, answer.handed_over) == ("", True)

    asyncio.run(work())
    assert office.texts() == ["One?", "Nine.", "Two?"]


def test_who_is_always_too_late_says_that_it_is_not_saved(office: Office) -> None:
    async def work() -> None:
        id = (await office.ask("One?", asking())).conversation_id

        def again() -> None:
            office.change(id)
            office.platform.meanwhile = again

        office.platform.meanwhile = again
        answer = await office.ask("Two?", asking(), id=id)
        assert (answer.answer, answer.saved) == ("Nine.", False)

    asyncio.run(work())


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        ({}, []),
        ({"abstained": True}, ["unanswered"]),
        ({"abstained": True, "clarify": True}, []),
    ],
)
def test_only_what_was_not_known_counts_as_unanswered(
    office: Office, answer: dict[str, Any], kinds: list[str]
) -> None:
    asyncio.run(office.ask("When?", asking(), **output(**answer)))
    assert [event.kind for event in office.platform.published] == kinds


def test_handing_over_is_told_once(office: Office) -> None:
    async def work() -> None:
        plan = {"actions": [{"name": "hand_over"}], "question": "q", "degraded": None}
        done = output()["output"] | {"plan": plan}
        answer = await office.ask("A person!", asking(), output=done)
        assert answer.handed_over
        await office.ask("Hello?", asking(), id=answer.conversation_id)

    asyncio.run(work())
    kinds = [event.kind for event in office.platform.published]
    assert kinds == ["handed-over", "changed", "changed"]


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "RUNNING"])
def test_a_pipeline_that_did_not_succeed_is_no_answer(
    office: Office, status: str
) -> None:
    with pytest.raises(chassis.UpstreamFailed, match="search: down"):
        asyncio.run(office.ask("When?", asking(), status=status, cause="search: down"))
    assert office.texts() == []


@pytest.mark.parametrize("summary", ["They asked for the hours.", None])
def test_a_long_conversation_is_summed_up_by_a_model_or_without(
    office: Office, summary: str | None
) -> None:
    async def work() -> Any:
        id = None
        for number in range(12):
            answer = await office.ask(f"question {number}", asking(), id=id)
            id = answer.conversation_id
        await asyncio.gather(*office.platform.ongoing)
        return office.conversations.held[id][0]

    office.summary = summary
    known = asyncio.run(work())
    assert known.summarised == 12
    assert known.summary == summary or "user: question 0" in known.summary


PAYING = {"action": "payment", "arguments": {"id": "t1"}}


def test_an_open_dialogue_is_kept_until_an_answer_closes_it(office: Office) -> None:
    async def work() -> None:
        opened = await office.ask("Pay.", asking(), **output(dialogue=PAYING))
        id = opened.conversation_id
        assert opened.dialogue.action == "payment"
        asked = ChatRequest(message="yes", conversation_id=id, timezone="Asia/Tokyo")
        talk = await office.desk.opened(asked, asking())
        assert PAYING.items() <= talk.input["dialogue"].items()
        assert (talk.input["timezone"], talk.input["locale"]) == ("Asia/Tokyo", None)
        await office.ask("yes", asking(), id=id)
        assert office.conversations.held[id][0].dialogue is None

    asyncio.run(work())


def test_a_dialogue_outlives_a_conversation_that_was_written_beside_it(
    office: Office,
) -> None:
    async def work() -> None:
        id = (await office.ask("One?", asking())).conversation_id
        office.platform.meanwhile = lambda: office.change(id, messages=4)
        await office.ask("Pay.", asking(), id=id, **output(dialogue=PAYING))
        assert office.conversations.held[id][0].dialogue.action == "payment"

    asyncio.run(work())


def test_a_card_number_in_two_messages_is_kept_nowhere(office: Office) -> None:
    async def work() -> None:
        id = (await office.ask("my card is 5555 5555", asking())).conversation_id
        await office.ask("the rest is 5555 4444", asking(idempotency_key="k"), id=id)
        again = await office.ask(
            "the rest is 5555 4444", asking(idempotency_key="k"), id=id
        )
        assert again.conversation_id == id
        held = {**office.messages.held, **office.conversations.held}
        assert not re.search("5555 (?:5555|4444)", str(held))

    asyncio.run(work())


def test_a_card_number_is_handed_to_nobody_and_kept_nowhere(office: Office) -> None:
    async def work() -> None:
        asked = ChatRequest(message="4242 4242 4242 4242, cvc 123")
        talk = await office.desk.opened(asked, asking())
        assert "4242 4242" not in str(talk.input)
        answer = await office.ask(asked.message, asking())
        await dialogue.People(office.desk).said(asked, asking(roles=("agent",)))
        held = {**office.messages.held, **office.conversations.held}
        assert answer.saved
        assert "4242 4242" not in str(held)
        assert "redacted card" in office.texts()[0]

    asyncio.run(work())


async def answered(turns: dialogue.Turns, office: Office, text: str, id: str) -> Any:
    """A message through its turn; its pipeline lets others go on meanwhile."""
    asked = ChatRequest(message=text, conversation_id=id)
    with await turns.begin(asked, asking()) as talk:
        if talk.reply:
            return talk.reply
        await asyncio.sleep(0)
        return await office.desk.finished(talk, DONE, asking())


def test_the_same_message_twice_at_once_is_one_with_one_answer(office: Office) -> None:
    async def work() -> None:
        id = (await office.ask("One?", asking())).conversation_id
        turns = dialogue.Turns(office.desk)
        said = [answered(turns, office, "Yes", id) for _ in range(3)]
        first, *others = await asyncio.gather(*said)
        assert others == [first, first]
        assert office.texts() == ["One?", "Nine.", "Yes", "Nine."]
        await answered(turns, office, "Yes", id)  # said again later: another answer
        assert office.texts()[4:] == ["Yes", "Nine."]

    asyncio.run(work())


def test_a_key_sent_twice_at_once_begins_one_conversation(office: Office) -> None:
    async def run(json: Any) -> Any:
        runs.append(json)
        await asyncio.sleep(0)
        return DONE

    async def work() -> None:
        turns, asked = dialogue.Turns(office.desk), ChatRequest(message="Yes")
        who = asking(idempotency_key="k")
        said = [turns.answered(asked.model_copy(), who, run) for _ in range(3)]
        first, *others = await asyncio.gather(*said)
        assert others == [first, first]
        assert len(runs) == 1
        assert office.texts() == ["Yes", "Nine."]

    runs: list[Any] = []
    asyncio.run(work())


def test_who_sends_two_at_once_is_answered_in_turn(office: Office) -> None:
    async def work() -> None:
        id = (await office.ask("One?", asking())).conversation_id
        turns = dialogue.Turns(office.desk)
        await asyncio.gather(*(answered(turns, office, t, id) for t in "ab"))
        assert office.texts() == ["One?", "Nine.", "a", "Nine.", "b", "Nine."]

    asyncio.run(work())


def test_a_turn_that_failed_or_never_ends_holds_up_nobody_for_long(
    office: Office,
) -> None:
    async def work() -> None:
        id = (await office.ask("One?", asking())).conversation_id
        turns = dialogue.Turns(office.desk, patience=0.01)
        asked = ChatRequest(message="Two?", conversation_id=id)
        with pytest.raises(chassis.NotFound):
            await turns.begin(asked, asking(subject="c2"))
        left = await turns.begin(asked, asking())
        assert (await answered(turns, office, "Three?", id)).saved
        assert left is not None

    asyncio.run(work())
