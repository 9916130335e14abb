"""What is told piece by piece of what was asked, and what stays open."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import evidence
from cited_answers import _found
from cited_answers._pieces import Piece, pieces
from contracts.knowledge.answers import AnswerRequest, Citation, Evidence


@dataclass
class Told:
    """The ``texts`` that answer, those ``cited`` of them, how ``sure`` each is, 0..1,
    and the questions that are ``unanswered``; nothing stands there twice, nor anything
    of the passages that stand there ``whole``."""

    texts: list[str] = field(default_factory=list)
    cited: list[Citation] = field(default_factory=list)
    sure: list[float] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)

    def quote(self, those: Sequence[Citation], sure: float) -> None:
        new = [each for each in those if each.chunk_id not in self.whole]
        self.cited += [each for each in new if each not in self.cited]
        self.say([each.quote for each in new], sure)

    def say(self, texts: Sequence[str], sure: float) -> None:
        self.texts += [each for each in texts if each not in self.texts]
        self.sure.append(sure)


def told(
    asked: AnswerRequest, given: Evidence, found: Sequence[evidence.Answer | None]
) -> Told:
    """Of every piece, *found* in the documents as ``weighed`` tells it."""
    made = Told()
    for piece, sentences in zip(pieces(asked, given), found, strict=True):
        for entry in piece.entries:
            made.quote([Citation(quote=entry.text, **entry.model_dump())], entry.score)
            made.whole.add(entry.chunk_id)
        if piece.asked and sentences:
            _tell(made, piece, sentences, given)
    return made


def _tell(made: Told, piece: Piece, found: evidence.Answer, given: Evidence) -> None:
    """What was found of what the FAQ leaves open, or what else is known of it."""
    if not found.abstained:
        made.quote(_found.citations(found, given), found.confidence)
        made.unanswered += found.unanswered
    elif piece.known:
        made.say([piece.known], 1.0)
    else:
        made.unanswered.append(piece.asked)
