"""People of the business in a conversation: taking over, answering, giving back."""

from dataclasses import dataclass
from datetime import datetime

from contracts.assistant.conversations import (
    Change,
    ChatRequest,
    Conversation,
    Message,
    NewState,
)
from dialogue import _talk
from dialogue._desk import OLDEST, TRIES, Caller, Desk
from feeds import Entry

SHOWN = 200  # messages that a watcher is told of at a time
ANSWERED = "a person answered"


@dataclass(frozen=True, slots=True)
class People:
    """Those who answer at a desk in place of the bot, and whoever watches them."""

    desk: Desk

    async def speaks(
        self, id: str | None, caller: Caller, role: str | None = None
    ) -> bool:
        """Whether the caller speaks as a person of the business: where that is *role*,
        and without one, where staff speaks in somebody else's conversation.

        Nobody can tell while it cannot be read; then a message is a customer's.
        NotFound; Forbidden to customers.
        """
        if role == "agent" and not caller.is_staff:
            raise self.desk.platform.Forbidden("only staff may answer as a person")
        if role or not id or not caller.is_staff or caller.is_service:
            return role == "agent"
        try:
            found = await self.desk.own(id, caller)
        except self.desk.platform.UpstreamFailed:
            return False
        return found.value.customer != caller.subject

    async def said(
        self, asked: ChatRequest, caller: Caller, name: str | None = None
    ) -> Message:
        """What a person says, kept at once and for certain.

        Who answers in an open conversation has taken it over.
        """
        for _ in range(TRIES):
            talk = await self.desk.opened(asked, caller)
            message = talk.spoken(name)
            if talk.version is None:
                break
            if talk.reply is not None:
                return message
            if not talk.is_silent:
                self._hand_over(talk.conversation.id, ANSWERED)
            after = _talk.stated(talk.after(_talk.silence(talk)), "human", name)
            if await self.desk.put(talk, [message], after):
                return message
        why = "the conversation could not be written; try again"
        raise self.desk.platform.UpstreamFailed(why, upstream="database-operations")

    def stated(self, was: Conversation, given: NewState) -> Conversation:
        """A conversation that is handed over, given back or closed."""
        if given.state == "human":
            self._hand_over(was.id, given.reason)
        self.desk.platform.publish(self.desk.changed(conversation_id=was.id))
        return _talk.stated(was, given.state, given.name)

    async def since(self, id: str, moment: datetime) -> list[Entry]:
        """What changed in a conversation since a moment, for a feed."""
        known = (await self.desk.conversations.read(id)).value
        told = Change(state=known.state, person=known.person)
        new = {
            "conversation_id": id,
            "created_at": {"gte": self.desk.platform.utc(moment)},
        }
        said = await self.desk.messages.matching(new, OLDEST, SHOWN)
        entries = [Entry(m.id, m.created_at, _with(told, m)) for m in said]
        if known.state_at and known.state_at >= moment:
            mark = f"{known.state} {known.state_at.isoformat()}"
            entries.append(Entry(mark, known.state_at, told))
        return entries

    def _hand_over(self, id: str, reason: str) -> None:
        event = self.desk.handed_over(conversation_id=id, reason=reason)
        self.desk.platform.publish(event)


def _with(told: Change, message: Message) -> Change:
    shown = Message.model_validate(message.model_dump())
    return told.model_copy(update={"message": shown})
