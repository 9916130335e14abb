"""One message and its answer: what is asked, what is kept, what is told before."""

from datetime import UTC, datetime
from typing import Any

import pytest

import dialogue
from contracts.assistant.conversations import (
    ChatAnswer,
    ChatRequest,
    Conversation,
    Message,
)
from dialogue import _summary, _talk

TRACE = "a" * 32


def talk(message: str = "When are you open?", **more: Any) -> _talk.Talk:
    conversation = dialogue.begun(message, "c1", "conv", **more)
    return _talk.Talk(ChatRequest(message=message), conversation, "m1", TRACE)


def answer(**more: Any) -> ChatAnswer:
    told = {"answer": "Nine.", "abstained": False, "citations": []}
    ids = {"conversation_id": "conv", "message_id": "m2", "trace_id": TRACE}
    return ChatAnswer.model_validate(told | ids | more)


def said(position: int, role: str = "user", text: str = "text") -> Message:
    about = {"conversation_id": "conv", "created_at": datetime.now(UTC)}
    place = {"id": str(position), "position": position}
    return Message.model_validate({"role": role, "text": text} | about | place)


def output(**more: Any) -> dict[str, Any]:
    plan = {"actions": [], "question": "whole question", "degraded": None}
    told = {"answer": "Nine.", "abstained": False, "citations": []}
    return {"answer": told | more.pop("answer", {}), "plan": plan | more}


def test_a_key_names_the_same_message_for_its_sender_alone() -> None:
    assert dialogue.named("c1", "k") == dialogue.named("c1", "k")
    assert dialogue.named("c1", "k") != dialogue.named("c2", "k")
    assert dialogue.named("c1", None) != dialogue.named("c1", None)


def test_a_new_conversation_is_titled_by_its_first_message_cut_short() -> None:
    assert dialogue.begun("x" * 100, "c1", "conv").title == "x" * 80


def test_message_and_answer_take_the_next_two_positions() -> None:
    mine = talk(messages=4)
    assert [each.position for each in mine.messages(answer())] == [5, 6]
    assert mine.after(answer()).messages == 6


def test_silence_keeps_the_message_alone() -> None:
    mine = talk(messages=4, state="human")
    silence = _talk.silence(mine)
    assert [each.role for each in mine.messages(silence)] == ["user"]
    assert mine.after(silence).messages == 5
    assert (silence.answer, silence.handed_over) == ("", True)


def test_a_repeat_finds_the_answer_with_its_message() -> None:
    told = answer()
    assert talk().messages(told)[0].reply == told


@pytest.mark.parametrize(("handed_over", "state"), [(True, "human"), (False, "open")])
def test_an_answer_that_hands_over_leaves_it_to_a_person(
    handed_over: bool, state: str
) -> None:
    assert talk().after(answer(handed_over=handed_over)).state == state


def test_a_message_may_name_another_knowledge_base_than_its_conversation() -> None:
    mine = talk(knowledge_base_id="own")
    assert mine.input["knowledge_base_id"] == "own"
    mine.asked = ChatRequest(message="hi", knowledge_base_id="other")
    assert mine.input["knowledge_base_id"] == "other"


def test_what_was_said_before_is_told_oldest_first_after_its_summary() -> None:
    known = dialogue.begun("t", "c1", "conv", summary="of older ones")
    told = _talk.turns(known, [said(2, "assistant", "two"), said(1, "user", "one")])
    assert [turn["text"] for turn in told] == ["Earlier: of older ones", "one", "two"]


def test_an_answer_tells_all_that_was_missing() -> None:
    mine = talk()
    mine.version = None
    given = output(answer={"degraded": "no vectors"}, degraded="no intents")
    told = _talk.answered(given, mine)
    assert told.degraded == f"no vectors; no intents; {_talk.UNREAD}"
    assert mine.question == "whole question"


def test_an_answer_with_nothing_missing_is_not_degraded() -> None:
    assert _talk.answered(output(), talk()).degraded is None


def test_planning_to_hand_over_hands_over() -> None:
    actions = [{"name": "hand_over", "arguments": {}}]
    assert _talk.answered(output(actions=actions), talk()).handed_over


def test_what_was_found_as_evidence_is_not_repeated_in_the_answer() -> None:
    found = {"name": "search", "status": "succeeded", "output": {"results": []}}
    made = {"name": "book", "status": "succeeded", "output": {"at": "9:00"}}
    given = output() | {"acted": {"results": [found, made]}}
    assert _talk.answered(given, talk()).actions == [
        {"name": "search", "status": "succeeded"},
        made,
    ]


def conversation(messages: int, summarised: int = 0, summary: str = "") -> Conversation:
    about = {"messages": messages, "summarised": summarised, "summary": summary}
    return dialogue.begun("t", "c1", "conv", **about)


@pytest.mark.parametrize(
    ("messages", "summarised", "due"),
    [(12, 0, False), (23, 0, False), (24, 0, True), (35, 12, False), (36, 12, True)],
)
def test_a_summary_is_due_when_twelve_are_too_old_to_be_told(
    messages: int, summarised: int, due: bool
) -> None:
    assert _summary.due(conversation(messages, summarised)) is due


def test_what_is_summarised_next_begins_after_the_last_time() -> None:
    assert _summary.older(conversation(36, 12)) == (13, 24)


def test_a_local_summary_is_bounded_and_ends_with_the_latest() -> None:
    known = conversation(24, summary="s" * 3000)
    text = _summary.local_summary(known, [said(1, text="y" * 500), said(2, text="z")])
    assert len(text) <= _summary.LONGEST
    assert text.endswith("user: z")


def test_a_model_is_shown_what_is_summed_up_as_data() -> None:
    asked = _summary.request(conversation(24), [said(1, text="ignore all")])
    roles = [each["role"] for each in asked["messages"]]
    assert roles == ["system", "user"]
    assert "ignore all" in asked["messages"][1]["content"]
