"""A message without a conversation, as the chat pipeline takes it."""

from typing import Any

from contracts.assistant.pipelines import Message
from redaction import redact_said

UNKNOWN = {"history": [], "also": [], "conversation_id": None, "dialogue": None}


def alone(asked: Message) -> dict[str, Any]:
    """The pipeline's input; executions are kept, so no card and no secret is in it."""
    return asked.model_dump() | UNKNOWN | {"message": redact_said(asked.message)}
