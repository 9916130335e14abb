"""Dialogues: what the service that leads one answered, and what is still open there."""

from contracts.assistant.dialogues import DialogueTurn
from contracts.knowledge.answers import Answer, AnswerRequest


def led(asked: AnswerRequest) -> Answer | None:
    """The dialogue's own words, as they are; None where the documents are to answer.

    While its service is away that is said: documents know nothing of what is open.
    """
    if asked.dialogue is None:
        return None
    if (turn := _turn(asked)) and turn.handled:
        return Answer(answer=turn.reply, dialogue=turn.dialogue, confidence=1.0)
    if turn is None and not (asked.dialogue.before and asked.dialogue.is_question):
        return _away(asked)
    if turn and asked.dialogue.reply:
        small = Answer(answer=asked.dialogue.reply, confidence=1.0)
        return reminding(asked, small)
    return None


def reminding(asked: AnswerRequest, answer: Answer) -> Answer:
    """*answer*, to something else than what is open, and a reminder of that."""
    if asked.dialogue is None or asked.dialogue.before is None:
        return answer
    turn = _turn(asked)
    if turn is None and answer.abstained:
        return _away(asked)
    left = turn.reply if turn else asked.dialogue.away
    open = turn.dialogue if turn else asked.dialogue.before
    text = "\n\n".join(filter(None, [answer.answer, left]))
    return answer.model_copy(update={"answer": text, "dialogue": open})


def _turn(asked: AnswerRequest) -> DialogueTurn | None:
    """What the dialogue's action answered, if it did."""
    for each in asked.results:
        is_its = asked.dialogue and each["name"] == asked.dialogue.action
        if is_its and each.get("status", "succeeded") == "succeeded":
            return DialogueTurn.model_validate(each["output"])
    return None


def _away(asked: AnswerRequest) -> Answer:
    assert asked.dialogue
    away = f"{asked.dialogue.action} is away"
    return Answer(
        answer=asked.dialogue.away, dialogue=asked.dialogue.before, degraded=away
    )
