"""Conversation manager: conversations, their messages, and the chat that answers.

Calls      action-executor, response-generation (optional), database-operations
Publishes  question.unanswered, conversation.handed-over

The answer goes out even when the conversation cannot be read or saved, and is marked.
After a hand-over the bot is silent until it is handed back.
"""

import logging
import uuid
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request

import chassis
from contracts.assistant import conversations as contract
from contracts.assistant.conversations import (
    ChatAnswer,
    ChatRequest,
    Conversation,
    Message,
)
from contracts.assistant.events import ConversationHandedOver
from contracts.assistant.pipelines import Execution
from contracts.infrastructure.database import Sort
from contracts.knowledge.answers import Enhanced
from contracts.knowledge.events import QuestionUnanswered

log = logging.getLogger(__name__)
REMEMBERED = 12  # messages that a pipeline is told of; what is older is summarised
STAFF = ("owner", "admin", "agent")
CHATS = chassis.policy(retry="keyed", public=True, timeout=29.0, stream=True)
READS = chassis.policy(retry="read", public=True)
WRITES = chassis.policy(retry="keyed", public=True)
HANDS = chassis.policy(retry="keyed", public=True, roles=STAFF)

executor = chassis.upstream("action-executor")
conversations = chassis.collection("conversations", Conversation)
messages = chassis.collection("messages", Message)
chat_routes = chassis.router("", tags=["conversation-manager"])
router = chassis.router("/api/v1/conversations", tags=["conversation-manager"])
OLDEST, NEWEST = [Sort(path="position")], [Sort(path="position", descending=True)]


HAND_OVER = {
    "name": "hand_over",
    "description": "Let a person of the business take over this conversation.",
    "parameters": {
        "type": "object",
        "properties": {"reason": {"type": "string"}},
    },
}


async def opened(asked: ChatRequest, caller: chassis.Context) -> Conversation:
    """The conversation that a message belongs to, or a new one."""
    if asked.conversation_id:
        found = await conversations.get(asked.conversation_id)
        require_own(found, caller)
        return found
    base = chassis.given(knowledge_base_id=asked.knowledge_base_id)
    return new(asked.message, caller, **base)


def new(title: str, caller: chassis.Context, **rest: Any) -> Conversation:
    now, id = chassis.now(), uuid.uuid4().hex
    dated = {"created_at": now, "updated_at": now, "customer": caller.subject}
    return Conversation(id=id, title=title[:80], **dated, **rest)


def require_own(conversation: Conversation, caller: chassis.Context) -> None:
    """A customer sees only its own conversations."""
    staff = set(STAFF) & set(caller.roles) or caller.is_service
    if not staff and conversation.customer != caller.subject:
        raise chassis.NotFound("there is no such conversation")


async def history(conversation: Conversation) -> list[dict[str, str]]:
    """The latest turns, oldest first."""
    mine = {"conversation_id": conversation.id}
    latest = await messages.matching(mine, NEWEST, limit=REMEMBERED)
    return [{"role": m.role, "text": m.text} for m in reversed(latest)]


def add(conversation: Conversation, role: str, text: str, **rest: Any) -> Message:
    """The next message of a conversation, in the unit of work."""
    conversation.messages += 1
    message = Message(
        id=uuid.uuid4().hex,
        conversation_id=conversation.id,
        position=conversation.messages,
        role=role,
        text=text,
        created_at=chassis.now(),
        **rest,
    )
    messages.put(message.id, message)
    return message


async def saved(conversation: Conversation) -> bool:
    """Best effort: whether what was said could be written."""
    conversation.updated_at = chassis.now()
    conversations.put(conversation.id, conversation)
    try:
        await chassis.commit()
    except chassis.Problem as problem:
        log.warning("conversation %s not saved: %s", conversation.id, problem)
        return False
    return True


def asked_of_pipeline(
    asked: ChatRequest, conversation: Conversation, turns: list[dict[str, str]]
) -> dict[str, Any]:
    return {
        "message": asked.message,
        "history": turns,
        "summary": conversation.summary,
        "conversation_id": conversation.id,
        "knowledge_base_id": conversation.knowledge_base_id,
        "also": [HAND_OVER],
    }


def as_answer(output: dict[str, Any], conversation: Conversation) -> ChatAnswer:
    """The pipeline's output as the chat's answer; the hand-over is applied here."""
    said = Enhanced.model_validate(output["answer"])
    actions = output.get("acted", {}).get("results", [])
    planned = {action["name"] for action in output["plan"]["actions"]}
    if "hand_over" in planned:
        hand_over(conversation, "the customer asked for a person")
    degraded = [
        said.degraded,
        output["plan"].get("degraded"),
        *output.get("faults", []),
    ]
    return ChatAnswer(
        **said.model_dump(exclude={"degraded"}),
        degraded="; ".join(filter(None, degraded)) or None,
        conversation_id=conversation.id,
        message_id="",
        trace_id=chassis.current().trace_id,
        actions=actions,
        handed_over="hand_over" in planned,
    )


def hand_over(conversation: Conversation, reason: str) -> None:
    """From now on a person answers."""
    conversation.state = "human"
    event = ConversationHandedOver(conversation_id=conversation.id, reason=reason)
    chassis.publish(event)


async def known(asked: ChatRequest, caller: chassis.Context) -> Any:
    """(conversation, latest turns); a new and empty one while nothing can be read."""
    try:
        conversation = await opened(asked, caller)
        return conversation, await history(conversation)
    except chassis.UpstreamFailed:
        conversation = new(asked.message, caller)
        return conversation, []


@chat_routes.post("/v1/api/chat", response_model=ChatAnswer, **CHATS)
async def chat(asked: ChatRequest, request: Request, caller: chassis.Caller) -> Any:
    """Answer a message; as server-sent events when those are accepted."""
    conversation, turns = await known(asked, caller)
    add(conversation, "user", asked.message)
    if conversation.state == "human":
        return silent(conversation, await saved(conversation))
    given = {"input": asked_of_pipeline(asked, conversation, turns)}
    if chassis.wants_events(request):
        return chassis.event_stream(streamed(given, conversation))
    done = await executor.call("run_pipeline", Execution, name="chat", json=given)
    return await finished(done, conversation)


async def finished(done: Execution, conversation: Conversation) -> ChatAnswer:
    """The answer of a pipeline that ran, written down as far as it can be."""
    if done.status != "SUCCEEDED":
        raise chassis.UpstreamFailed(
            done.cause or "the chat pipeline failed", upstream=done.error or "chat"
        )
    answer = as_answer(done.output, conversation)
    told = answer.model_dump(include={"citations", "abstained", "trace_id"})
    message = add(conversation, "assistant", answer.answer, **told)
    if answer.abstained and not answer.clarify:
        question = done.output["plan"]["question"]
        unanswered = QuestionUnanswered(
            conversation_id=conversation.id, question=question
        )
        chassis.publish(unanswered)
    kept = await saved(conversation)
    return answer.model_copy(update={"message_id": message.id, "saved": kept})


async def streamed(
    given: dict[str, Any], conversation: Conversation
) -> AsyncIterator[tuple[str, Any]]:
    """States as they are entered, the answer's words as they come, then all of it."""
    async for name, data in executor.stream("run_pipeline", name="chat", json=given):
        if name == "execution":
            done = Execution.model_validate(data)
            yield "answer", await finished(done, conversation)
        else:
            yield name, data


def silent(conversation: Conversation, kept: bool) -> ChatAnswer:
    """What the bot says while a person has the conversation: nothing."""
    return ChatAnswer(
        answer="",
        abstained=False,
        citations=[],
        conversation_id=conversation.id,
        message_id="",
        trace_id=chassis.current().trace_id,
        saved=kept,
        handed_over=True,
    )


@router.post("", status_code=201, **WRITES)
async def create_conversation(
    given: contract.NewConversation, caller: chassis.Caller
) -> Conversation:
    conversation = new(given.title, caller, knowledge_base_id=given.knowledge_base_id)
    conversations.put(conversation.id, conversation, version=0)
    return conversation


@router.get("", **READS)
async def list_conversations(
    paging: chassis.Paged, caller: chassis.Caller, state: str | None = None
) -> chassis.Page[Conversation]:
    """The caller's conversations, or all of them for staff, the latest first."""
    mine = None if set(STAFF) & set(caller.roles) else caller.subject
    latest = [Sort(path="updated_at", descending=True)]
    wanted = chassis.given(state=state, customer=mine)
    return await conversations.page(paging, wanted, latest)


@router.get("/{id}", **READS)
async def get_conversation(id: str, caller: chassis.Caller) -> Conversation:
    require_own(found := await conversations.get(id), caller)
    return found


@router.delete("/{id}", status_code=204, **WRITES)
async def delete_conversation(id: str, caller: chassis.Caller) -> None:
    """Delete a conversation with its messages."""
    require_own(await conversations.get(id), caller)
    messages.delete_all({"conversation_id": id})
    conversations.delete(id)


@router.get("/{id}/messages", **READS)
async def list_messages(
    id: str, paging: chassis.Paged, caller: chassis.Caller
) -> chassis.Page[Message]:
    require_own(await conversations.get(id), caller)
    return await messages.page(paging, {"conversation_id": id}, OLDEST)


@router.post("/{id}/messages", response_model=Any, **CHATS)
async def post_message(
    id: str, given: contract.NewMessage, request: Request, caller: chassis.Caller
) -> Any:
    """A customer's message is answered; a colleague's is shown as theirs."""
    if given.role == "user":
        asked = ChatRequest(message=given.text, conversation_id=id)
        return await chat(asked, request, caller)
    if not set(STAFF) & set(caller.roles):
        raise chassis.Forbidden("only staff may answer as a person")
    conversation = await conversations.get(id)
    message = add(conversation, "agent", given.text)
    conversations.put(id, conversation)
    return message


@router.put("/{id}/state", **HANDS)
async def set_state(id: str, given: contract.NewState) -> Conversation:
    """Hand over to a person, back to the bot, or close."""
    conversation = await conversations.get(id)
    if given.state == "human":
        hand_over(conversation, given.reason)
    conversation.state = given.state
    conversations.put(id, conversation)
    return conversation


@router.put("/{id}/messages/{message_id}/feedback", status_code=204, **WRITES)
async def give_feedback(
    id: str, message_id: str, given: contract.Feedback, caller: chassis.Caller
) -> None:
    """Whether an answer helped."""
    require_own(await conversations.get(id), caller)
    await messages.get(message_id)
    messages.patch(message_id, {"feedback": given.feedback, "comment": given.comment})


app = chassis.create_app("conversation-manager", chat_routes, router)
