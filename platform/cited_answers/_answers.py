"""Answers: of quotes, or of a model's claims; or an honest refusal."""

from collections.abc import Sequence
from typing import Any

import evidence
import phrases
from cited_answers import _claims, _piecewise, _said
from contracts.knowledge.answers import Answer, AnswerRequest, Evidence

SURE = 0.5  # that a model's proven claims answer, at least
UNPROVEN = "the language model's quotes were not in the documents"


def quoted(
    asked: AnswerRequest,
    given: Evidence,
    found: Sequence[evidence.Answer | None],
    degraded: str | None,
) -> Answer:
    """Sentences of the documents, *found* for each piece of what was asked, cited; what
    they leave open is said.

    An entry of the FAQ that asks the same is quoted whole, and what a dialogue knows
    is told where they have nothing.
    """
    language = _said.language(asked, given)
    told = _piecewise.told(asked, given, found)
    if not told.texts:
        why = next(filter(None, found))
        about = {"confidence": why.confidence, "degraded": degraded}
        return _abstained(asked, given, why, language).model_copy(update=about)
    return Answer(
        answer=_said.joined(told.texts, told.unanswered, language),
        citations=told.cited,
        confidence=min(told.sure),
        degraded=degraded,
    )


def _abstained(
    asked: AnswerRequest, given: Evidence, found: evidence.Answer, language: str
) -> Answer:
    """Why there is no answer: where nobody looked, it says nothing of the documents,
    and where nobody knows what was wished for, nothing of that."""
    kept: dict[str, Any] = {"abstained": True, "reason": found.reason}
    if asked.unheard:
        return Answer(answer=phrases.say("unheard", language), unsearched=True, **kept)
    if given.unsearched:
        kept |= {"reason": "not-searched", "unsearched": True}
        return Answer(answer=phrases.say("unsearched", language), **kept)
    if found.clarify:
        text = _said.clarifying(found.clarify, language)
        return Answer(answer=text, clarify=True, **kept)
    return Answer(answer=phrases.say("unknown", language), **kept)


def claimed(
    asked: AnswerRequest, given: Evidence, claims: list[dict[str, Any]], local: Answer
) -> Answer:
    """A model's proven claims; *local*, marked, where it proved none of those it made.

    Where it made none, it saw no answer in the passages, and its word counts.
    """
    if not claims:
        return local if local.abstained else _refused(asked, given, local)
    kept = _claims.proven(claims, given.results, asked.question)
    if not kept:
        return local.model_copy(update={"degraded": local.degraded or UNPROVEN})
    return Answer(
        answer=" ".join(text for text, _ in kept),
        citations=[citation for _, citation in kept],
        confidence=max(local.confidence, SURE),
        degraded=local.degraded,
        provider="openai",
    )


def _refused(asked: AnswerRequest, given: Evidence, local: Answer) -> Answer:
    return Answer(
        answer=phrases.say("unknown", _said.language(asked, given)),
        abstained=True,
        reason="not-covered",
        degraded=local.degraded,
        provider="openai",
    )
