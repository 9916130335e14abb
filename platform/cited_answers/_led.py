"""Dialogues: what the service that leads one answered, and what is still open there."""

from typing import NamedTuple

import phrases
from cited_answers import _said
from contracts.assistant.dialogues import Dialogue, DialogueTurn
from contracts.knowledge.answers import Answer, AnswerRequest, Evidence


def led(asked: AnswerRequest) -> Answer | None:
    """The dialogue's own words, as they are; None where the documents are to answer.

    While its service is away that is said: documents know nothing of what is open.
    """
    if (dialogue := asked.dialogue) is None:
        return None
    turn = _turn(asked)
    if turn and turn.handled:
        return None if dialogue.besides else _word(asked, dialogue.note, turn)
    if _is_away(asked):
        return _away(asked)
    small = dialogue.reply if turn or dialogue.is_put_off else None
    return reminding(asked, Answer(answer=small, confidence=1.0)) if small else None


def _word(asked: AnswerRequest, before: str, turn: DialogueTurn) -> Answer:
    """What the dialogue says, after what is said *before* it."""
    text, open = _going_on(asked, _joined(before, turn.reply), turn.dialogue)
    return Answer(answer=text, dialogue=open, confidence=1.0)


class Known(NamedTuple):
    """What is ``asked`` of a dialogue that knows a ``reply`` to it, which counts where
    documents have none; ``besides``, what else was asked."""

    asked: str
    besides: str
    reply: str


def known(asked: AnswerRequest) -> Known | None:
    """What the dialogue knows of one of several questions; None of a single one."""
    led, turn = asked.dialogue, _turn(asked)
    if led is None or not (led.besides and led.part) or turn is None:
        return None
    told = Known(led.part, led.besides, turn.reply)
    return told if turn.otherwise and turn.reply else None


def reminding(asked: AnswerRequest, answer: Answer) -> Answer:
    """*answer*, to something else than what is open, and a reminder of that."""
    if (dialogue := asked.dialogue) is None:
        return _left_alone(asked, answer)
    if dialogue.is_put_off:
        return _put_off(answer, dialogue.before)
    turn = _turn(asked)
    return _unled(asked, answer) if turn is None else _reminded(asked, turn, answer)


def _reminded(asked: AnswerRequest, turn: DialogueTurn, answer: Answer) -> Answer:
    if turn.handled:
        return _besides(asked, turn, answer)
    if turn.otherwise:
        return _otherwise(asked, turn, answer)
    return _aside(asked, turn, answer)


def _otherwise(asked: AnswerRequest, turn: DialogueTurn, answer: Answer) -> Answer:
    """*answer*, or what the dialogue knows where there is none; and then what is
    open."""
    if answer.abstained and turn.reply:
        answer = Answer(answer=turn.reply, confidence=1.0)
    reminder = turn.dialogue.reminder if turn.dialogue else ""
    return _aside(asked, turn.model_copy(update={"reply": reminder}), answer)


def _aside(asked: AnswerRequest, turn: DialogueTurn, answer: Answer) -> Answer:
    """*answer*, and what the dialogue says that it is not about."""
    is_new = asked.dialogue is None or asked.dialogue.before is None
    if is_new and turn.dialogue is not None:
        return _left_alone(asked, answer)  # it began by mistake
    is_wish = asked.dialogue is not None and not asked.dialogue.is_question
    if (answer.abstained or is_wish) and is_new and turn.reply:
        answer = Answer(answer="", confidence=1.0)
    text = _joined(answer.answer, turn.reply)
    text, open = _going_on(asked, text, turn.dialogue)
    return answer.model_copy(update={"answer": text, "dialogue": open})


def _besides(asked: AnswerRequest, turn: DialogueTurn, answer: Answer) -> Answer:
    """*answer* to what was asked beside the wish, if there is one, and then the
    dialogue's words."""
    if answer.abstained:
        return _word(asked, _unanswered(asked), turn)
    own = _word(asked, answer.answer, turn)
    told = {"answer": own.answer, "dialogue": own.dialogue}
    return answer.model_copy(update=told)


def _unanswered(asked: AnswerRequest) -> str:
    """What is said of a question beside a wish that nobody answers."""
    led = asked.dialogue
    if led is None or not led.named:
        return ""
    language = _said.language(asked, Evidence())
    return phrases.say("unanswered", language, parts=led.named)


def _joined(*texts: str) -> str:
    return "\n\n".join(filter(None, texts))


def _unled(asked: AnswerRequest, answer: Answer) -> Answer:
    """*answer*, where its service is away or there is no dialogue."""
    if asked.dialogue is None or asked.dialogue.before is None:
        return _left_alone(asked, answer)
    if answer.abstained:
        return _away(asked)
    text = f"{answer.answer}\n\n{_told_away(asked)}"
    return answer.model_copy(update={"answer": text, "dialogue": _before(asked)})


def _left_alone(asked: AnswerRequest, answer: Answer) -> Answer:
    """*answer*, and what was open before goes on."""
    left = _left(asked)
    if left and left.wish:
        return _put_off(answer, left)
    return answer.model_copy(update={"dialogue": left})


def _put_off(answer: Answer, open: Dialogue | None) -> Answer:
    """*answer*, and the offer to go on with what has not begun yet."""
    reminder = open.reminder if open else ""
    text = _joined(answer.answer, reminder)
    return answer.model_copy(update={"answer": text, "dialogue": open})


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
    resumed = {} if left.wish else {"resumed": True}
    again = {"left": None, "arguments": left.arguments | resumed}
    text = _joined(text, left.reminder)
    return text, left.model_copy(update=again)


def _turn(asked: AnswerRequest) -> DialogueTurn | None:
    """What the dialogue's action answered, if it did."""
    for each in asked.results:
        is_its = asked.dialogue and each.get("name") == asked.dialogue.action
        if is_its and each.get("status", "succeeded") == "succeeded":
            return DialogueTurn.model_validate(each["output"])
    return None


def _is_away(asked: AnswerRequest) -> bool:
    """Whether nobody answered for the dialogue what only it can answer."""
    led = asked.dialogue
    if led is None or led.is_put_off or _turn(asked):
        return False
    return not (led.is_question and (led.before or led.only_asks))


def _away(asked: AnswerRequest) -> Answer:
    away = f"{asked.dialogue.action} is away"
    open = _before(asked) or _left(asked)
    return Answer(answer=_told_away(asked), dialogue=open, degraded=away)


def _told_away(asked: AnswerRequest) -> str:
    """What is true while nobody leads it, as far as who planned knew more of it."""
    named = asked.dialogue.away if asked.dialogue else ""
    return named or phrases.say("away", _said.language(asked, Evidence()))
