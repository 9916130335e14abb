"""Where messages are received and answers are kept, beside others who do the same.

A conversation is written at the version it was read at. Who finds that it moved on
reads it again: a person may have taken over meanwhile, and then the bot is silent.
"""

import logging
from collections.abc import (
    Awaitable,
    Callable,
    Coroutine,
    Iterator,
    Sequence,
)
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from contracts.assistant.conversations import (
    ChatAnswer,
    ChatRequest,
    Conversation,
    Message,
    NewConversation,
)
from contracts.assistant.pipelines import Execution
from contracts.infrastructure.database import Sort
from contracts.knowledge.documents import DEFAULT_BASE
from dialogue import _summary, _talk
from dialogue._talk import REMEMBERED, Talk
from redaction import CARD

log = logging.getLogger(__name__)
LATE = "States.Timeout"  # a pipeline's error when a step did not answer in time
EXECUTOR = "action-executor"  # whose failure it is where it names nobody else's
TRIES = 3  # to write beside others who write into the same conversation
OLDEST, NEWEST = [Sort(path="position")], [Sort(path="position", descending=True)]


class Documents(Protocol):
    """A collection: ``put`` joins what is committed next."""

    async def read(self, id: str) -> Any: ...

    async def find(self, id: str) -> Any: ...

    async def matching(
        self, filter: dict[str, Any], sort: Sequence[Sort], limit: int
    ) -> list[Any]: ...

    def put(self, id: str, value: Any, *, version: int | None) -> None: ...

    def patch(self, id: str, body: dict[str, Any]) -> None: ...


class Caller(Protocol):
    """Who sends a message, and under which trace and idempotency key."""

    @property
    def tenant(self) -> str | None: ...

    @property
    def subject(self) -> str | None: ...

    @property
    def roles(self) -> Sequence[str]: ...

    @property
    def is_staff(self) -> bool: ...

    def owns(self, subject: str | None) -> bool: ...

    @property
    def is_service(self) -> bool: ...

    @property
    def trace_id(self) -> str: ...

    @property
    def idempotency_key(self) -> str | None: ...


class Platform(Protocol):
    """What a service stands on: its unit of work, its background, its failures.

    Stale: a document is not at its version. UpstreamFailed: nobody can be asked.
    """

    Problem: type[Exception]
    Stale: type[Exception]
    UpstreamFailed: Callable[..., Exception]
    NotFound: Callable[..., Exception]
    Conflict: Callable[..., Exception]
    Forbidden: Callable[..., Exception]

    async def commit(self) -> Any: ...

    def utc(self, moment: datetime) -> str: ...

    def publish(self, event: BaseModel) -> Any: ...

    def background(self, work: Coroutine[Any, Any, Any]) -> Any: ...

    def detached(
        self, tenant: str, subject: str | None, roles: tuple[str, ...]
    ) -> AbstractContextManager[Any]: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Conversations and their messages, about what is in ``bases``; ``complete`` asks a
    language model.

    ``unanswered``, ``handed_over`` and ``changed`` make the events that say so.
    """

    conversations: Documents
    messages: Documents
    bases: Documents
    complete: Callable[..., Awaitable[Any]]
    platform: Platform
    unanswered: Callable[..., BaseModel]
    handed_over: Callable[..., BaseModel]
    changed: Callable[..., BaseModel]

    async def own(self, id: str, caller: Caller) -> Any:
        """The stored conversation; of a customer's only its own are there."""
        found = await self.conversations.read(id)
        if not caller.owns(found.value.customer):
            raise self.platform.NotFound(f"there is no conversation {id}")
        return found

    async def begun(self, given: NewConversation, caller: Caller) -> Conversation:
        """A conversation in which nothing was said; NotFound without its base."""
        if given.knowledge_base_id != DEFAULT_BASE:
            await self.bases.read(given.knowledge_base_id)
        id, about = _talk.named(None, None), given.model_dump(exclude={"title"})
        new = _talk.begun(given.title, caller.subject, id, **about)
        self.conversations.put(id, new, version=0)
        return new

    async def opened(
        self, asked: ChatRequest, caller: Caller, *, repeats: bool = False
    ) -> Talk:
        """The message in its conversation; alone while nothing can be read.

        From here on it has no card in it, and no secret. Where it *repeats* what was
        said last, it has the same answer. Conflict where the conversation is closed,
        or the key was another message's.
        """
        asked, key = _talk.kept(asked), caller.idempotency_key
        id = _talk.named(caller.subject, key)
        here = asked.conversation_id or _talk.named(id, key)
        given = {"knowledge_base_id": asked.knowledge_base_id}
        base = given if asked.knowledge_base_id else {}
        new = _talk.begun(asked.message, caller.subject, here, **base)
        talk = Talk(asked, new, id, caller.trace_id)
        try:
            if key is not None:
                talk.reply = await self._earlier(id, asked)
            if asked.conversation_id and talk.reply is None:
                await self._join(talk, caller, repeats=repeats)
        except self.platform.UpstreamFailed:
            talk.version = None
        return talk

    async def finished(self, talk: Talk, done: Any, caller: Caller) -> ChatAnswer:
        """The answer of a pipeline that ran, written down as far as that can be."""
        done = Execution.model_validate(done)
        if done.status != "SUCCEEDED":
            why = done.cause or f"the chat pipeline is {done.status}"
            late = {"timed_out": done.error == LATE}
            failed = done.upstream or EXECUTOR
            raise self.platform.UpstreamFailed(why, upstream=failed, **late)
        try:
            told = _talk.answered(done.output, talk)
        except (KeyError, TypeError, AttributeError, ValidationError) as exc:
            # A business may have a chat pipeline of its own; ours never ends so.
            why = f"the pipeline {done.pipeline} ended with what is no answer"
            said = {"upstream": EXECUTOR, "code": "BAD_PIPELINE"}
            raise self.platform.UpstreamFailed(why, **said) from exc
        if absent := _talk.absent(told, talk):
            raise self.platform.NotFound(absent)
        answer = await self.saved(talk, told, caller)
        if _summary.due(talk.conversation):
            self.platform.background(self.summarised(talk.conversation, caller))
        return answer

    async def silent(self, talk: Talk, caller: Caller) -> ChatAnswer:
        """The message is kept for the person who answers; the bot says nothing."""
        return await self.saved(talk, _talk.silence(talk), caller)

    async def summarised(self, long: Conversation, caller: Caller) -> None:
        """Sum up what is too old to be told word for word; locally if need be."""
        who = caller.tenant, caller.subject, tuple(caller.roles)
        with self.platform.detached(*who):
            first, last = _summary.older(long)
            old = {"position": {"gte": first, "lte": last}, "conversation_id": long.id}
            said = await self.messages.matching(old, OLDEST, 200)
            try:
                text = (await self.complete(json=_summary.request(long, said))).text
            except self.platform.Problem:
                text = _summary.local_summary(long, said)
            change = {"summary": text, "summarised": last}
            self.conversations.patch(long.id, change)
            await self.platform.commit()

    async def saved(self, talk: Talk, answer: ChatAnswer, caller: Caller) -> ChatAnswer:
        """The answer, marked when it could not be written; silence if a person came."""
        try:
            for _ in range(TRIES):
                if talk.version is None:
                    break
                if await self._written(talk, answer):
                    return answer
                talk = await self.opened(talk.asked, caller)
                if talk.reply is not None:
                    return talk.reply
                if talk.is_silent and not answer.handed_over:
                    answer = _talk.silence(talk)
        except self.platform.Problem as failure:
            log.warning("%s is not saved: %s", talk.conversation.id, failure)
        return _talk.unkept(answer, talk)

    async def _earlier(self, id: str, asked: ChatRequest) -> ChatAnswer | None:
        found = await self.messages.find(id)
        if found and found.text not in (asked.message, _talk.kept(asked, CARD).message):
            why = "this key was used with another message"
            raise self.platform.Conflict(why, code="KEY_REUSED")
        return found and found.reply

    async def _join(self, talk: Talk, caller: Caller, *, repeats: bool) -> None:
        found = await self.own(talk.conversation.id, caller)
        talk.conversation, talk.version = found.value, found.version
        if talk.is_closed:
            why = "this conversation is closed: begin another one"
            raise self.platform.Conflict(why, code="CONVERSATION_CLOSED")
        mine = {"conversation_id": found.value.id}
        latest = await self.messages.matching(mine, NEWEST, REMEMBERED)
        talk.turns = _talk.turns(found.value, latest)
        before = next((each for each in latest if each.role == "user"), None)
        if before:
            talk.asked = _talk.kept(talk.asked, before.text)
        if repeats and before and before.text == talk.asked.message:
            talk.reply = before.reply

    async def _written(self, talk: Talk, answer: ChatAnswer) -> bool:
        for event in self._events(talk, answer):
            self.platform.publish(event)
        return await self.put(talk, talk.messages(answer), talk.after(answer))

    async def put(
        self, talk: Talk, said: Sequence[Message], after: Conversation
    ) -> bool:
        """Write at once; False when the conversation moved on meanwhile.

        Where a person is there, whoever watches is told.
        """
        if after.state == "human":
            self.platform.publish(self.changed(conversation_id=after.id))
        for message in said:
            self.messages.put(message.id, message, version=0)
        self.conversations.put(after.id, after, version=talk.version)
        try:
            await self.platform.commit()
        except self.platform.Stale:
            return False
        talk.conversation = after
        return True

    def _events(self, talk: Talk, answer: ChatAnswer) -> Iterator[BaseModel]:
        """What an answer means to others; silence means nothing."""
        id = talk.conversation.id
        if answer.handed_over and not talk.is_silent:
            reason = "the customer asked for a person"
            yield self.handed_over(conversation_id=id, reason=reason, is_wished=True)
        if answer.abstained and not (answer.clarify or answer.unsearched):
            question = talk.question or talk.asked.message
            yield self.unanswered(conversation_id=id, question=question)
