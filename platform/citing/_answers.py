"""Answers: of quotes, or of a model's claims; or an honest refusal."""

from typing import Any

import evidence
import glosses
from citing import _claims, _found, _prose
from contracts.knowledge.answers import Answer, AnswerRequest, Citation, Evidence

SURE = 0.5  # that a model's proven claims answer, at least
UNPROVEN = "the language model's quotes were not in the documents"


def quoted(
    asked: AnswerRequest, given: Evidence, found: evidence.Answer, degraded: str | None
) -> Answer:
    """Sentences of the documents, cited; what they leave open is said.

    An entry of the FAQ that asks the same is quoted whole.
    """
    if entry := _found.settled(given):
        whole = Citation(quote=entry.text, **entry.model_dump())
        sure = {"confidence": entry.score, "degraded": degraded}
        return Answer(answer=entry.text, citations=[whole], **sure)
    about = {"confidence": found.confidence, "degraded": degraded}
    if found.abstained and given.unsearched:
        return Answer(
            answer=_prose.unsearched(_spoken(asked)),
            abstained=True,
            reason="not-searched",
            unsearched=True,
            **about,
        )
    if found.abstained:
        return Answer(
            answer=found.clarify or _prose.unknown(_spoken(asked), asked.tone),
            abstained=True,
            reason=found.reason,
            clarify=bool(found.clarify),
            **about,
        )
    cited = _found.citations(found, given)
    quotes = [each.quote for each in cited]
    text = _prose.joined(quotes, found.unanswered, _spoken(asked))
    return Answer(answer=text, citations=cited, **about)


def _spoken(asked: AnswerRequest) -> str:
    """The customer's language: the question's, or where that does not tell, that of
    what was asked before."""
    if asked.language:
        return asked.language
    said = [turn.text for turn in asked.history if turn.role == "user"]
    before = glosses.language(said[-1]) if said else glosses.ENGLISH
    return glosses.language(asked.question, before)


def claimed(
    asked: AnswerRequest, given: Evidence, claims: list[dict[str, Any]], local: Answer
) -> Answer:
    """A model's proven claims; *local*, marked, where it proved none of those it made.

    Where it made none, it saw no answer in the passages, and its word counts.
    """
    if not claims:
        return local if local.abstained else _refused(asked, local)
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


def _refused(asked: AnswerRequest, local: Answer) -> Answer:
    return Answer(
        answer=_prose.unknown(_spoken(asked), asked.tone),
        abstained=True,
        reason="not-covered",
        degraded=local.degraded,
        provider="openai",
    )
