"""Dialogues: what the service that leads one answered, and what is still open there."""

from contracts.assistant.dialogues import Dialogue, DialogueTurn
from contracts.knowledge.answers import Answer, AnswerRequest


def led(asked: AnswerRequest) -> Answer | None:
    """The dialogue's own words, as they are; None where the documents are to answer.

    While its service is away that is said: documents know nothing of what is open.
    """
    if asked.dialogue is None:
        return None
    if (turn := _turn(asked)) and turn.handled:
        text, open = _going_on(asked, turn.reply, turn.dialogue)
        return Answer(answer=text, dialogue=open, confidence=1.0)
    if turn is None and not (asked.dialogue.before and asked.dialogue.is_question):
        return _away(asked)
    if turn and asked.dialogue.reply:
        small = Answer(answer=asked.dialogue.reply, confidence=1.0)
        return reminding(asked, small)
    return None


def reminding(asked: AnswerRequest, answer: Answer) -> Answer:
    """*answer*, to something else than what is open, and a reminder of that."""
    if asked.dialogue is None or (turn := _turn(asked)) is None:
        return _unled(asked, answer)
    left, is_new = turn.reply, asked.dialogue.before is None
    if is_new and turn.dialogue is not None:
        return _left_alone(asked, answer)  # it began by mistake
    if answer.abstained and is_new and left:
        answer = Answer(answer="", confidence=1.0)
    text = "\n\n".join(filter(None, [answer.answer, left]))
    text, open = _going_on(asked, text, turn.dialogue)
    return answer.model_copy(update={"answer": text, "dialogue": open})


def _unled(asked: AnswerRequest, answer: Answer) -> Answer:
    """*answer*, where its service is away or there is no dialogue."""
    if asked.dialogue is None or asked.dialogue.before is None:
        return _left_alone(asked, answer)
    if answer.abstained:
        return _away(asked)
    text = f"{answer.answer}\n\n{asked.dialogue.away}"
    return answer.model_copy(update={"answer": text, "dialogue": _before(asked)})


def _left_alone(asked: AnswerRequest, answer: Answer) -> Answer:
    """*answer*, and what was open before goes on."""
    return answer.model_copy(update={"dialogue": _left(asked)})


def _left(asked: AnswerRequest) -> Dialogue | None:
    """The dialogue that was left for the one that is led."""
    led = asked.dialogue
    found = led and (led.left or (led.before and led.before.left))
    return found or None


def _before(asked: AnswerRequest) -> Dialogue | None:
    """How it stood before, with the one that was left for it."""
    before = asked.dialogue and asked.dialogue.before
    return before and before.model_copy(update={"left": _left(asked)})


def _going_on(
    asked: AnswerRequest, text: str, open: Dialogue | None
) -> tuple[str, Dialogue | None]:
    """The text, and the dialogue that the next message is for: the one that was left,
    with its reminder, once the other waits for nothing any more."""
    left = _left(asked)
    if left is None or (open and open.reminder):
        return text, open and open.model_copy(update={"left": left})
    again = {"left": None, "arguments": left.arguments | {"resumed": True}}
    text = "\n\n".join(filter(None, [text, left.reminder]))
    return text, left.model_copy(update=again)


def _turn(asked: AnswerRequest) -> DialogueTurn | None:
    """What the dialogue's action answered, if it did."""
    for each in asked.results:
        is_its = asked.dialogue and each.get("name") == asked.dialogue.action
        if is_its and each.get("status", "succeeded") == "succeeded":
            return DialogueTurn.model_validate(each["output"])
    return None


def _away(asked: AnswerRequest) -> Answer:
    assert asked.dialogue
    away = f"{asked.dialogue.action} is away"
    open = _before(asked) or _left(asked)
    return Answer(answer=asked.dialogue.away, dialogue=open, degraded=away)
