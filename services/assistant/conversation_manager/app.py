"""Conversation manager: conversations, their messages, and the chat that answers.

Calls      action-executor, response-generation (optional), database-operations
Publishes  question.unanswered, conversation.handed-over|changed, and hears the last

The answer goes out even when the conversation cannot be read or saved, and is marked.
After a hand-over the bot is silent and people answer, until it is handed back.
"""

from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

import chassis
import dialogue
import feeds
from contracts.assistant import conversations as contract
from contracts.assistant import events
from contracts.assistant.conversations import ChatRequest, Conversation
from contracts.infrastructure.database import Sort
from contracts.knowledge.answers import Completion
from contracts.knowledge.documents import KnowledgeBase
from contracts.knowledge.events import QuestionUnanswered

READS = chassis.policy(retry="read", public=True)
KEYED: dict[str, Any] = {"retry": "keyed", "public": True}
CHATS = chassis.policy(**KEYED, timeout=29.0, stream=True, replays=True)
WRITES = chassis.policy(**KEYED)
OLDEST, LATEST = [Sort(path="position")], [Sort(path="updated_at", descending=True)]
WATCHES = chassis.policy(retry="read", public=True, stream=True)
HANDS = chassis.policy(**KEYED, roles=chassis.STAFF)
Sent = Annotated[str | None, Header()]

executor = chassis.upstream("action-executor")
answers = chassis.upstream("response-generation")
conversations = chassis.collection("conversations", Conversation)
messages = chassis.collection("messages", contract.KeptMessage)
bases = chassis.collection("knowledge-bases", KnowledgeBase)
EVENTS = QuestionUnanswered, events.ConversationHandedOver, events.ConversationChanged
parts = conversations, messages, bases, partial(answers.call, "complete", Completion)
desk = dialogue.Desk(*parts, chassis, *EVENTS)
turns, people = dialogue.Turns(desk), dialogue.People(desk)
signals = feeds.Signals(most=500)
chats = chassis.router("", tags=["conversation-manager"])
runs = partial(executor.call, "run_pipeline", name="chat")
streams = partial(executor.stream, "run_pipeline", name="chat")
router = chassis.router("/api/v1/conversations", tags=["conversation-manager"])


async def _own(id: str) -> Any:
    return await desk.own(id, chassis.current())


Own = Annotated[chassis.Stored[Conversation], Depends(_own)]


async def answer(asked: ChatRequest, request: Request, of: chassis.Context) -> Any:
    if chassis.wants_events(request):
        return chassis.event_stream(await turns.streamed(asked, of, streams))
    return await turns.answered(asked, of, runs)


@chats.post("/v1/api/chat", response_model=contract.ChatAnswer, **CHATS)
async def chat(asked: ChatRequest, request: Request, caller: chassis.Caller) -> Any:
    """Answer a message, as server-sent events when those are accepted. What staff says
    in a customer's conversation is said as a person, and not answered."""
    if await people.speaks(asked.conversation_id, caller):
        return (await people.said(asked, caller)).reply
    return await answer(asked, request, caller)


@router.post("", status_code=201, **WRITES)
async def create_conversation(
    given: contract.NewConversation, caller: chassis.Caller
) -> Conversation:
    """Begin one before anything is said; NotFound without its knowledge base."""
    return await desk.begun(given, caller)


@router.get("", **READS)
async def list_conversations(
    paging: chassis.Paged, caller: chassis.Caller, state: contract.State | None = None
) -> chassis.Page[Conversation]:
    """The caller's conversations, or all of them for staff, the latest first."""
    mine = None if caller.is_staff else caller.subject
    wanted = chassis.given(state=state, customer=mine)
    return await conversations.page(paging, wanted, LATEST)


@router.delete("/{id}", status_code=204, **WRITES)
async def delete_conversation(own: Own) -> None:
    """Delete a conversation with its messages."""
    messages.delete_all({"conversation_id": own.id})
    conversations.delete(own.id)
    chassis.publish(events.ConversationRemoved(conversation_id=own.id))


@router.get("/{id}/messages", response_model=chassis.Page[contract.Message], **READS)
async def list_messages(own: Own, paging: chassis.Paged) -> Any:
    mine = {"conversation_id": own.id}
    return (await messages.page(paging, mine, OLDEST)).model_dump()


@router.get("/{id}/messages/watch", **WATCHES)
async def watch_messages(own: Own, last_event_id: Sent = None) -> Response:
    """Server-sent events: every message and state from now, or Last-Event-ID, on."""
    since, topic = partial(people.since, own.id), f"{chassis.current().tenant}/{own.id}"
    told = feeds.follow(signals, topic, since, last_event_id, poll=5.0)
    return chassis.event_stream(told)


@router.post("/{id}/messages", response_model=Any, **CHATS)
async def post_message(
    id: str, given: contract.NewMessage, request: Request, caller: chassis.Caller
) -> Any:
    """A customer's message is answered; what a person of the business says is shown as
    theirs, under their name, and takes an open conversation over."""
    asked = ChatRequest(message=given.text, conversation_id=id)
    if not await people.speaks(id, caller, given.role):
        return await answer(asked, request, caller)
    return (await people.said(asked, caller, given.name)).model_dump(exclude={"reply"})


@router.put("/{id}/state", **HANDS)
async def set_state(own: Own, given: contract.NewState) -> Conversation:
    """Hand over to a person, back to the bot, or close."""
    changed = people.stated(own.value, given)
    conversations.put(own.id, changed, version=own.version)
    return changed


@router.put("/{id}/messages/{message_id}/feedback", status_code=204, **WRITES)
async def give_feedback(own: Own, message_id: str, given: contract.Feedback) -> None:
    """Whether an answer helped."""
    if (await messages.get(message_id)).conversation_id != own.id:
        raise chassis.NotFound(f"there is no message {message_id}")
    messages.patch(message_id, given.model_dump())


@chassis.heard(events.ConversationChanged, lost=signals.wake)
async def heed(event: events.ConversationChanged) -> None:
    """Tell those who watch, in whichever replica."""
    signals.wake(f"{chassis.current().tenant}/{event.conversation_id}")


chassis.items(router, conversations, "conversation", read=_own)
MEANINGS = {feeds.BadMark: chassis.Invalid, feeds.Crowded: chassis.Unavailable}
app = chassis.create_app("conversation-manager", chats, router, heed, meanings=MEANINGS)
