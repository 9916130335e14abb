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
    """A person took over: the bot is silent until it is handed back."""

    type: Literal["conversation.handed-over"] = "conversation.handed-over"
    conversation_id: str
    reason: str
