"""One message and its answer: what the pipeline is asked, what becomes of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import wording
from contracts.assistant.conversations import (
    ChatAnswer,
    ChatRequest,
    Conversation,
    KeptMessage,
    Message,
    State,
)
from contracts.knowledge.answers import Enhanced
from dialogue import _unread
from redaction import redact_said

LONGEST = 8000  # characters of a message
TITLE = 80  # characters of a conversation's title
REMEMBERED = 12  # messages that a pipeline is told of; what is older is summarised
HAND_OVER = {
    "name": "hand_over",
    "description": "Let a person of the business take over this conversation.",
    "parameters": {
        "type": "object",
        "properties": {"reason": {"type": "string"}},
    },
}
ABSENT = "NotFound"  # the error of an action that looked where nothing is
EVIDENCE = ("search", "match_faqs")  # what they found is cited, as far as it counts
UNREAD = "the conversation could not be read: answered without what was said before"
UNKEPT = "the conversation could not be written: the next message begins without this"
Turns = list[dict[str, str]]


@dataclass
class Talk:
    """A message on its way to its answer.

    ``version`` is that of the conversation's document: 0 for a new one, None when it
    could not be read. ``reply`` is the answer that this message got already,
    ``question`` the message made self-contained.
    """

    asked: ChatRequest
    conversation: Conversation
    id: str
    trace_id: str
    version: int | None = 0
    turns: Turns = field(default_factory=list)
    reply: ChatAnswer | None = None
    question: str | None = None

    @property
    def is_silent(self) -> bool:
        """Whether a person answers instead."""
        return self.conversation.state == "human"

    @property
    def is_closed(self) -> bool:
        """Whether nobody answers any more."""
        return self.conversation.state == "closed"

    @property
    def input(self) -> dict[str, Any]:
        """What the chat pipeline is given."""
        asked, open = self.asked, self.conversation.dialogue
        base = asked.knowledge_base_id or self.conversation.knowledge_base_id
        return {
            "message": wording.unquoted(asked.message),
            "history": self.turns,
            "conversation_id": self.conversation.id,
            "knowledge_base_id": base,
            "also": [HAND_OVER],
            "dialogue": open and open.model_dump(mode="json"),
            "timezone": asked.timezone,
            "locale": asked.locale,
        }

    def messages(self, answer: ChatAnswer) -> list[KeptMessage]:
        """The message and, unless it is silence, its answer, as they are kept."""
        now, here = datetime.now(UTC), self.conversation.id
        at = self.conversation.messages + 1
        about = {"conversation_id": here, "created_at": now}
        mine = {"id": self.id, "role": "user", "text": self.asked.message}
        said = [KeptMessage(**mine, **about, position=at, reply=answer)]
        if answer.message_id:
            told = answer.model_dump(include={"citations", "abstained", "trace_id"})
            told |= {"id": answer.message_id, "text": answer.answer, "position": at + 1}
            said.append(KeptMessage(**told, **about, role="assistant"))
        return said

    def spoken(self, name: str | None = None) -> KeptMessage:
        """What a person of the business says here."""
        return KeptMessage(
            id=self.id,
            conversation_id=self.conversation.id,
            position=self.conversation.messages + 1,
            role="agent",
            name=name or self.conversation.person,
            text=self.asked.message,
            created_at=datetime.now(UTC),
            reply=silence(self),
        )

    def after(self, answer: ChatAnswer) -> Conversation:
        """The conversation with both, and handed over if the answer says so."""
        change = {
            "messages": self.conversation.messages + (2 if answer.message_id else 1),
            "dialogue": answer.dialogue,
            "updated_at": datetime.now(UTC),
        }
        after = self.conversation.model_copy(update=change)
        return stated(after, "human") if answer.handed_over else after


def kept(asked: ChatRequest, before: str = "") -> ChatRequest:
    """What of a message may be kept and handed on: it has no card and no secret.

    ``before``: what the customer said before; a card's number may be said in two parts.
    """
    text = redact_said(asked.message, before=before)
    return asked.model_copy(update={"message": text[:LONGEST]})


def named(subject: str | None, key: str | None) -> str:
    """A new id; for an idempotency *key* the same one every time."""
    if key is None:
        return uuid.uuid4().hex
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{subject}/{key}").hex


def begun(title: str, customer: str | None, id: str, **rest: Any) -> Conversation:
    """A conversation that begins now."""
    now = datetime.now(UTC)
    dated = {"created_at": now, "updated_at": now, "customer": customer}
    return Conversation(id=id, title=redact_said(title)[:TITLE], **dated, **rest)


def stated(
    conversation: Conversation, state: State, person: str | None = None
) -> Conversation:
    """The conversation in that state from now on, and who of the business answers."""
    now = datetime.now(UTC)
    is_new = state != conversation.state
    change = {
        "state": state,
        "state_at": now if is_new else conversation.state_at,
        "person": None if state == "open" else person or conversation.person,
        "updated_at": now,
    }
    return conversation.model_copy(update=change)


def turns(conversation: Conversation, latest: Sequence[Message]) -> Turns:
    """The summary of what is older, then the *latest* messages (newest first)."""
    said = [{"role": each.role, "text": each.text} for each in reversed(latest)]
    if not conversation.summary:
        return said
    return [{"role": "assistant", "text": f"Earlier: {conversation.summary}"}, *said]


def silence(talk: Talk) -> ChatAnswer:
    """What the bot says while a person has the conversation: nothing."""
    return ChatAnswer(
        answer="",
        abstained=False,
        citations=[],
        conversation_id=talk.conversation.id,
        message_id="",
        trace_id=talk.trace_id,
        handed_over=True,
        dialogue=talk.conversation.dialogue,
    )


def unread(talk: Talk) -> ChatAnswer | None:
    """The answer to what rests on a conversation that could not be read."""
    is_old = talk.version is None and talk.asked.conversation_id
    if not is_old or not _unread.rests(talk.asked.message):
        return None
    return ChatAnswer(
        answer=_unread.unread(talk.asked.message, talk.asked.locale),
        abstained=False,
        citations=[],
        conversation_id=talk.conversation.id,
        message_id=uuid.uuid4().hex,
        trace_id=talk.trace_id,
        degraded=UNREAD,
        saved=False,
    )


def unkept(answer: ChatAnswer, talk: Talk) -> ChatAnswer:
    """The answer that nobody will remember, which it tells; a conversation that should
    begin with it is not there to go on with."""
    missing = "; ".join(filter(None, [answer.degraded, UNKEPT]))
    told = {"saved": False, "degraded": missing}
    told |= {"conversation_id": talk.asked.conversation_id}
    if answer.dialogue:
        again = _unread.unkept(talk.asked.message, talk.asked.locale)
        told |= {"answer": f"{answer.answer}\n{again}", "dialogue": None}
    return answer.model_copy(update=told)


def answered(output: dict[str, Any], talk: Talk) -> ChatAnswer:
    """The output of the chat pipeline as the answer."""
    said = Enhanced.model_validate(output["answer"])
    plan = output["plan"]
    talk.question = plan["question"]
    unread = UNREAD if talk.version is None else None
    missing = [said.degraded, plan.get("degraded"), unread]
    answer = ChatAnswer(
        **said.model_dump(include=ChatAnswer.model_fields.keys() - {"degraded"}),
        degraded="; ".join(filter(None, missing)) or None,
        conversation_id=talk.conversation.id,
        message_id=uuid.uuid4().hex,
        trace_id=talk.trace_id,
        actions=[_told(each) for each in output.get("acted", {}).get("results", ())],
        handed_over=any(each["name"] == "hand_over" for each in plan["actions"]),
    )
    return _kept_open(answer, talk) if answer.handed_over else answer


def absent(answer: ChatAnswer, talk: Talk) -> str:
    """What says that the base does not exist that the message asks for, or ""."""
    if talk.asked.knowledge_base_id is None:
        return ""
    searched = (each for each in answer.actions if each["name"] == "search")
    return next(
        (s.get("cause", ABSENT) for s in searched if s.get("error") == ABSENT), ""
    )


def _kept_open(answer: ChatAnswer, talk: Talk) -> ChatAnswer:
    """A hand-over, with a reminder of what is open: whoever hands the conversation back
    finds it there, and its question comes anew."""
    if (open := talk.conversation.dialogue) is None or not open.reminder:
        return answer
    again = {"arguments": open.arguments | {"resumed": True}}
    text = "\n\n".join(filter(None, [answer.answer, open.reminder]))
    told = {"answer": text, "dialogue": open.model_copy(update=again)}
    return answer.model_copy(update=told)


def _told(action: dict[str, Any]) -> dict[str, Any]:
    """What an action did, without the passages that it found."""
    if action["name"] not in EVIDENCE:
        return action
    return {name: value for name, value in action.items() if name != "output"}
