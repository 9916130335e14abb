"""What happened in the assistant domain."""

from typing import Literal

from pydantic import BaseModel


class ExecutionStarted(BaseModel):
    """A durable execution began, or may need rescuing. Sent to oneself, delayed."""

    type: Literal["execution.started"] = "execution.started"
    execution_id: str


class PipelineDefined(BaseModel):
    """A pipeline has a new definition: whoever remembers another forgets it."""

    type: Literal["pipeline.defined"] = "pipeline.defined"
    name: str


class ConversationHandedOver(BaseModel):
    """A person took over: the bot is silent until it is handed back. ``is_wished``: the
    customer asked for one, and nobody is there yet."""

    type: Literal["conversation.handed-over"] = "conversation.handed-over"
    conversation_id: str
    reason: str
    is_wished: bool = False


class ConversationChanged(BaseModel):
    """A person is in this conversation, and something was said or changed in it."""

    type: Literal["conversation.changed"] = "conversation.changed"
    conversation_id: str


class ConversationRemoved(BaseModel):
    """A conversation is deleted: nothing that was said in it may be kept."""

    type: Literal["conversation.removed"] = "conversation.removed"
    conversation_id: str
