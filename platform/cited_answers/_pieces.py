"""Pieces: the questions of a message that different ones answer."""

from functools import partial
from typing import NamedTuple

import evidence
from cited_answers import _found, _led
from contracts.knowledge.answers import AnswerRequest, Evidence
from contracts.knowledge.search import Result


class Piece(NamedTuple):
    """What is ``asked`` of the documents, "" where the ``entries`` of the FAQ answer
    all of it; ``known`` is told where the documents do not answer."""

    asked: str
    entries: tuple[Result, ...] = ()
    known: str = ""


def weighed(
    asked: AnswerRequest,
    given: Evidence,
    embed: "evidence.Embed | None" = None,
    chance: float = 0.0,
) -> list[evidence.Answer | None]:
    """The sentences that answer each piece of what was asked, None where nothing is
    looked for; *chance* is a cosine that says nothing. Raises what *embed* raises."""
    passages, about = _found.weighable(given), _found.subject(asked)
    found = list[evidence.Answer | None]()
    for each in pieces(asked, given):
        # What was searched for as a whole is near to one half by the other's words.
        is_whole = each.asked == asked.question
        searched = passages if is_whole else evidence.alone(each.asked, *passages)
        weigh = partial(evidence.answer, each.asked, *searched, about=about)
        found.append(weigh(embed=embed, chance=chance) if each.asked else None)
    return found


def pieces(asked: AnswerRequest, given: Evidence) -> list[Piece]:
    """Where a dialogue knows of one of two questions, each by itself; else all that
    was asked as one."""
    if own := _led.known(asked):
        others = _piece(own.besides, given)
        its = _piece(own.asked, given)._replace(known=own.reply)
        is_first = asked.question.lstrip().startswith(own.asked)
        return [its, others] if is_first else [others, its]
    return [_piece(asked.question, given)]


def _piece(question: str, given: Evidence) -> Piece:
    """With what certainly answers a part of it, and what that leaves open."""
    parts = evidence.questions(question)
    entries = dict[str, Result]()
    for each in _found.settled(given):
        entries.setdefault(_nearest(each, parts), each)
    left = [part for part in parts if part not in entries]
    return Piece(" ".join(left), tuple(entries[p] for p in parts if p in entries))


def _nearest(entry: Result, parts: list[str]) -> str:
    """The part that asks most what the entry does."""
    return max(parts, key=lambda part: evidence.alike(part, [[entry.title]], [None]))
