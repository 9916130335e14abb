"""What somebody of the business is told of a customer who waits for a person."""

from contracts.operations.notifications import NewNotification, Recipient

SUBJECT = "A customer asks for a person"
TEXT = (
    "In conversation {id} the assistant is silent until somebody answers there "
    "(POST /api/v1/conversations/{id}/messages) or gives it back "
    '(PUT /api/v1/conversations/{id}/state with {{"state": "open"}}).'
)


def waiting(recipient: str, conversation_id: str) -> NewNotification:
    """The notification to the *recipient* (an id), with what they may do."""
    to, text = Recipient(id=recipient), TEXT.format(id=conversation_id)
    return NewNotification(recipient=to, subject=SUBJECT, text=text)
