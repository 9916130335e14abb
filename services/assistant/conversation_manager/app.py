"""Conversation manager: conversations, their messages, and the chat that answers.

Calls      action-executor, response-generation (optional), database-operations
Publishes  question.unanswered, conversation.handed-over

The answer goes out even when the conversation cannot be read or saved, and is marked.
After a hand-over the bot is silent until it is handed back.
"""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Request

import chassis
import dialogue
from contracts.assistant import conversations as contract
from contracts.assistant.conversations import ChatAnswer, ChatRequest, Conversation
from contracts.assistant.events import ConversationHandedOver
from contracts.infrastructure.database import Sort
from contracts.knowledge.answers import Completion
from contracts.knowledge.events import QuestionUnanswered

READS = chassis.policy(retry="read", public=True)
KEYED: dict[str, Any] = {"retry": "keyed", "public": True}
CHATS = chassis.policy(**KEYED, timeout=29.0, stream=True, replays=True)
WRITES = chassis.policy(**KEYED)
OLDEST, LATEST = [Sort(path="position")], [Sort(path="updated_at", descending=True)]
HANDS = chassis.policy(**KEYED, roles=chassis.STAFF)

executor = chassis.upstream("action-executor")
answers = chassis.upstream("response-generation")
conversations = chassis.collection("conversations", Conversation)
messages = chassis.collection("messages", contract.KeptMessage)
parts = conversations, messages, partial(answers.call, "complete", Completion)
desk = dialogue.Desk(*parts, chassis, QuestionUnanswered, ConversationHandedOver)
turns = dialogue.Turns(desk)
chats = chassis.router("", tags=["conversation-manager"])
router = chassis.router("/api/v1/conversations", tags=["conversation-manager"])


async def _own(id: str, caller: chassis.Caller) -> Any:
    return await desk.own(id, caller)


Own = Annotated[chassis.Stored[Conversation], Depends(_own)]


async def told(
    turn: dialogue.Turn, caller: chassis.Context, *, as_events: bool
) -> AsyncIterator[tuple[str, Any]]:
    """States as they are entered, the answer's words as they come, then all of it."""
    with turn as talk:
        given: dict[str, Any] = {"name": "chat", "json": {"input": talk.input}}
        if talk.reply or talk.is_silent:
            yield "answer", talk.reply or await desk.silent(talk, caller)
        elif as_events:
            async for name, data in executor.stream("run_pipeline", **given):
                is_end = name == "execution"
                answer = await desk.finished(talk, data, caller) if is_end else data
                yield ("answer" if is_end else name), answer
        else:
            done = await executor.call("run_pipeline", **given)
            yield "answer", await desk.finished(talk, done, caller)


@chats.post("/v1/api/chat", response_model=ChatAnswer, **CHATS)
async def chat(asked: ChatRequest, request: Request, caller: chassis.Caller) -> Any:
    """Answer a message; as server-sent events when those are accepted."""
    as_events = chassis.wants_events(request)
    events = told(await turns.begin(asked, caller), caller, as_events=as_events)
    if as_events:
        return chassis.event_stream(events)
    return [data async for _, data in events][-1]


@router.post("", status_code=201, **WRITES)
async def create_conversation(
    given: contract.NewConversation, caller: chassis.Caller
) -> Conversation:
    id, about = dialogue.named(None, None), given.model_dump(exclude={"title"})
    new = dialogue.begun(given.title, caller.subject, id, **about)
    conversations.put(id, new, version=0)
    return new


@router.get("", **READS)
async def list_conversations(
    paging: chassis.Paged, caller: chassis.Caller, state: str | None = None
) -> chassis.Page[Conversation]:
    """The caller's conversations, or all of them for staff, the latest first."""
    mine = None if caller.is_staff else caller.subject
    wanted = chassis.given(state=state, customer=mine)
    return await conversations.page(paging, wanted, LATEST)


@router.get("/{id}", **READS)
async def get_conversation(own: Own) -> Conversation:
    return own.value


@router.delete("/{id}", status_code=204, **WRITES)
async def delete_conversation(own: Own) -> None:
    """Delete a conversation with its messages."""
    messages.delete_all({"conversation_id": own.id})
    conversations.delete(own.id)


@router.get("/{id}/messages", **READS)
async def list_messages(
    own: Own, paging: chassis.Paged
) -> chassis.Page[contract.Message]:
    mine = {"conversation_id": own.id}
    return (await messages.page(paging, mine, OLDEST)).model_dump()


@router.post("/{id}/messages", response_model=Any, **CHATS)
async def post_message(
    id: str, given: contract.NewMessage, request: Request, caller: chassis.Caller
) -> Any:
    """A customer's message is answered; a colleague's is shown as theirs."""
    asked = ChatRequest(message=given.text, conversation_id=id)
    if given.role == "user":
        return await chat(asked, request, caller)
    if caller.is_staff:
        return (await desk.said(asked, caller)).model_dump(exclude={"reply"})
    raise chassis.Forbidden("only staff may answer as a person")


@router.put("/{id}/state", **HANDS)
async def set_state(own: Own, given: contract.NewState) -> Conversation:
    """Hand over to a person, back to the bot, or close."""
    if given.state == "human":
        chassis.publish(desk.handed_over(conversation_id=own.id, reason=given.reason))
    changed = own.value.model_copy(update={"state": given.state})
    conversations.put(own.id, changed, version=own.version)
    return changed


@router.put("/{id}/messages/{message_id}/feedback", status_code=204, **WRITES)
async def give_feedback(own: Own, message_id: str, given: contract.Feedback) -> None:
    """Whether an answer helped."""
    if (await messages.get(message_id)).conversation_id != own.id:
        raise chassis.NotFound(f"there is no message {message_id}")
    messages.patch(message_id, given.model_dump())


app = chassis.create_app("conversation-manager", chats, router)
