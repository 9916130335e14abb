"""A chat's message as its pipeline takes it: executions are kept, and so are the logs
of what they do, so that no card and no secret is in it."""

from typing import Any

from contracts.assistant.pipelines import Message
from contracts.knowledge.documents import DEFAULT_BASE
from redaction import redact, redact_said

CHAT = "chat"  # the pipeline whose input is what somebody said
ANSWERING = ("assistant", "agent")
# What its states name and who has no conversation, or no wishes, does not say.
UNSAID: dict[str, Any] = {
    "history": [],
    "also": [],
    "conversation_id": None,
    "dialogue": None,
    "knowledge_base_id": DEFAULT_BASE,
    "timezone": None,
    "locale": None,
}


def alone(asked: Message) -> dict[str, Any]:
    """A message without a conversation."""
    return UNSAID | asked.model_dump()


def kept(pipeline: str, given: Any, *, is_outside: bool = False) -> Any:
    """The input of that pipeline as it may be kept, a chat's with what it leaves out.

    ``also`` is what an asking service does itself: of who *is_outside* there is none,
    or anybody would give the language model tools of his own, at any length.
    What a customer said loses what looks like a card, also where its number began in
    the message before; the rest of a chat's input what is a card or a secret. Other
    pipelines' inputs stay as they are.
    """
    if pipeline != CHAT or not isinstance(given, dict):
        return given
    alone = {"also": []} if is_outside else {}
    safe, before = redact(UNSAID | given | alone), ""
    if isinstance(turns := safe.get("history"), list):
        for at, turn in enumerate(turns):
            if _is_customers(turn):
                turns[at] = _without_cards(turn, before)
                before = str(turns[at].get("text", ""))
    if isinstance(said := safe.get("message"), str):
        safe["message"] = redact_said(said, before=before)
    return safe


def _is_customers(turn: Any) -> bool:
    return isinstance(turn, dict) and turn.get("role") not in ANSWERING


def _without_cards(turn: dict[str, Any], before: str) -> dict[str, Any]:
    return {
        name: redact_said(held, before=before) if isinstance(held, str) else held
        for name, held in turn.items()
    }
