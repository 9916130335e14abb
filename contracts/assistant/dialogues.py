"""Dialogues that a customer has in the chat with another service, turn by turn.

The service that leads a dialogue answers each message with a ``DialogueTurn``. Between
the turns the conversation keeps what it said of itself, so that the next message finds
its way back to the action that takes it.
"""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from contracts.closed import Body
from contracts.names import Id
from contracts.zones import Zone

ActionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]


class Dialogue(BaseModel):
    """One that goes on: the next message is for ``action``, with these arguments.

    ``reminder`` brings to mind what it waits for, "" where it waits for nothing any
    more. ``left`` is the one that was left for it, and is gone on with after it.
    ``wish`` is what was said of one that has not begun yet: a yes begins it. ``about``
    is what it is about, in words, where that is known: what an "it" means there.
    """

    action: ActionName
    arguments: dict[str, Any] = {}
    reminder: str = ""
    left: "Dialogue | None" = None
    wish: str = ""
    about: str = ""


class DialogueMessage(Body):
    """What a dialogue's action gets, beside the arguments that it asked to get back.

    ``timezone`` and ``locale`` are the customer's where they are known: the zone is
    what "my time" means, and in which times are told as well. ``resumed``: another
    dialogue was in between, so what was asked last is not what is answered.
    """

    message: Annotated[str, Field(min_length=1, max_length=8000)]
    conversation_id: Id | None = None
    timezone: Zone | None = None
    locale: Id | None = None
    resumed: bool = False


class DialogueTurn(BaseModel):
    """``handled`` is false for a message that is not about it: then somebody else
    answers, and ``reply`` reminds of what is open; or, ``otherwise``, is what is known
    where nobody else has an answer. ``dialogue`` is None once it ended.
    """

    reply: str
    handled: bool = True
    otherwise: bool = False
    dialogue: Dialogue | None = None


class Led(BaseModel):
    """The dialogue whose action a plan names first.

    ``before`` is how it stood; None where the message begins it. ``left`` is another
    one that is left for it. ``away`` is what is true when its action fails, and
    ``reply`` what answers small talk in between. ``is_question``: the message reads
    like one, which somebody else may answer; ``only_asks``: it begins nothing, and what
    the dialogue knows of it is told where nobody else does. ``part`` is what of the
    message it gets, where that says more, and ``note`` what is said of the rest.
    ``besides`` is what the message asks beside what it wishes for, and ``named``
    how that is called where nobody answers it. ``is_put_off``: it has not begun, and
    this message does not begin it.
    """

    action: ActionName
    before: Dialogue | None = None
    left: Dialogue | None = None
    away: str
    reply: str | None = None
    is_question: bool = False
    only_asks: bool = False
    part: str | None = None
    note: str = ""
    besides: str = ""
    named: str = ""
    is_put_off: bool = False
