"""A question and passages to quotes, or to an honest refusal."""

import dataclasses

import numpy as np

import similarity
from evidence import (
    _absent,
    _alone,
    _cover,
    _dates,
    _features,
    _glossed,
    _host,
    _kinds,
    _model,
    _parts,
    _question,
    _readings,
    _spelling,
    _spoken,
    _standing,
)
from evidence._clarify import clarifying
from evidence._cover import Cover, Row
from evidence._meaning import Embed, Meaning
from evidence._readings import Reading
from evidence._sought import sought
from evidence.types import Answer, Passage, Quote, Statistics, Subject

_NOTHING_NEAR = 0.12
_SURE_OF_BOTH = 0.6
_LOOKED_AT, _MOST = 8, 4
_GAIN, _WITHIN = 0.35, 3.0


@dataclasses.dataclass(frozen=True)
class _Part:
    """What was found for one of the questions in a message."""

    asked: str
    confidence: float
    chosen: tuple[Reading, ...]


def _part(
    asked: str,
    searched: tuple[list[Passage], Statistics],
    meaning: Meaning | None,
    model: _model.Weights,
    about: Subject | None,
) -> _Part:
    passages, facts = searched
    passages = _standing.current(asked, passages)
    meant = _named(_spelling.corrected(sought(asked), passages, facts), passages)
    if _absent.is_asked(_spelling.corrected(asked, passages, facts), passages):
        return _Part(asked, 0.0, ())
    readings = _spoken.of(_readings.read(passages), about)
    if _dates.asks_of_day(asked):
        readings = [r for r in readings if _dates.may_hold(asked, r.text)]
    question = _question.analyse(meant, facts)
    table = _features.table(question, readings, facts, meaning)
    if table is None:
        return _Part(asked, 0.0, ())
    choice = _model.choose(table.rows, model.select)
    confidence = _model.probability(choice.row, model.decide)
    picked = _completed(choice.picked, table.cover, model.select(table.rows))
    covered = _cover.share(table.cover.weights, table.cover.near)
    picked = _standing.latest(question, table.readings, [*covered], picked)
    return _Part(asked, confidence, tuple(table.readings[at] for at in picked))


def _named(question: str, passages: list[Passage]) -> str:
    """The question with feasts and codes as the passages name them."""
    text = "\n".join(passage.text for passage in passages)
    return _kinds.in_range(_dates.retold(question, text), text)


def _completed(picked: tuple[int, ...], cover: Cover, strength: Row) -> list[int]:
    """The picked sentences and those that cover what they leave open.

    A question for two facts is often answered by two sentences, even of two passages.
    """
    chosen = list(picked)
    held = cover.near[chosen].max(0)
    for at in np.argsort(-strength, kind="stable")[:_LOOKED_AT]:
        gain = cover.weights @ np.maximum(cover.near[at] - held, 0)
        close = strength[at] > strength[picked[0]] - _WITHIN
        if at not in chosen and gain >= _GAIN and close and len(chosen) < _MOST:
            chosen.append(int(at))
            held = np.maximum(held, cover.near[at])
    return chosen


def _quotes(parts: list[_Part]) -> tuple[Quote, ...]:
    """Each sentence once, part by part; of a passage in its order, the best first."""
    found: dict[tuple[str, int, int], Quote] = {}
    for part in parts:
        order = list(dict.fromkeys(reading.rank for reading in part.chosen))
        chosen = sorted(
            part.chosen, key=lambda r: (order.index(r.rank), r.digest.span.start)
        )
        for quote in map(_quote, chosen):
            found.setdefault((quote.passage_id, quote.start, quote.end), quote)
    quotes = list(found.values())
    return tuple(q for q in quotes if not any(_is_within(q, other) for other in quotes))


def _is_within(quote: Quote, other: Quote) -> bool:
    """Whether another quote, with the sentence that it needs, says it already."""
    is_same = quote.passage_id == other.passage_id and quote != other
    return is_same and other.start <= quote.start and quote.end <= other.end


def _quote(reading: Reading) -> Quote:
    span, passage = reading.digest.span, reading.passage
    return Quote(passage.id, passage.document_id, span.since, span.end, reading.quoted)


def _refusal(parts: list[_Part]) -> Answer:
    best = max(part.confidence for part in parts)
    reason = "no-evidence" if best < _NOTHING_NEAR else "not-covered"
    return Answer((), best, True, reason, unanswered=tuple(p.asked for p in parts))


def answer(
    question: str,
    passages: list[Passage],
    statistics: Statistics,
    *,
    embed: Embed | None = None,
    chance: float = 0.0,
    threshold: float | None = None,
    about: Subject | None = None,
) -> Answer:
    """Quotes that answer the question, or an abstention with its reason.

    ``passages``: those that search found, best first; twelve serve well.
    ``statistics``: of that search.
    ``embed``: texts to unit rows, called once for each of at most three questions in
    the message; without it the answer rests on words alone.
    ``chance``: the cosine, by the model of ``embed`` and of the passages' cosines, of
    texts that have nothing in common.
    ``threshold``: the confidence below which it abstains.
    ``about``: what a follow-up is about; a sentence that cannot be is not quoted.

    The question has to be whole ("When are you open on Sundays?", not "And on
    Sundays?"): ``resolve`` makes it so. Text of the passages is never followed as an
    instruction. Raises what ``embed`` raises, nothing else.
    """
    asked = question.strip()
    meaning = None if embed is None else Meaning(embed, chance)
    passages = [_beyond(passage, statistics, chance) for passage in passages]
    model = _model.weights("plain" if embed is None else "full")
    least = model.threshold if threshold is None else threshold

    def weigh(asked: str, passages: list[Passage], facts: Statistics) -> Answer:
        return weighed(asked, passages, facts, meaning, model, least, about)

    return _glossed.answer(asked, passages, statistics, meaning, weigh) or weigh(
        asked, passages, statistics
    )


def _beyond(passage: Passage, facts: Statistics, chance: float) -> Passage:
    """With the cosine and the score that it would have by a model without chance."""
    if not (chance and passage.cosine):
        return passage
    cosine = similarity.beyond(passage.cosine, chance)
    score = similarity.score(passage.bm25, facts.ideal, cosine)
    return dataclasses.replace(passage, cosine=cosine, score=score)


def weighed(
    asked: str,
    passages: list[Passage],
    statistics: Statistics,
    meaning: Meaning | None,
    model: _model.Weights,
    least: float,
    about: Subject | None = None,
) -> Answer:
    """``answer`` with the models and the least confidence given."""
    if _question.is_vague(sought(asked)):
        return Answer((), 0.0, True, "underspecified", clarifying(asked, passages))

    def judged(pieces: list[str]) -> Answer:
        searched = _alone.searched(pieces, passages, statistics)
        parts = [
            _part(*one, meaning, model, about)
            for one in zip(pieces, searched, strict=True)
        ]
        return _concluded(parts, least)

    found = judged(_parts.parts(asked))
    others = _parts.apart(asked) if found.confidence < _SURE_OF_BOTH else []
    apart = judged(others) if others else found
    surest = max(
        found, apart, key=lambda answer: (not answer.abstained, answer.confidence)
    )
    addressed = _host.addressed(asked, passages)
    return _both(judged(_parts.parts(addressed)), surest) if addressed else surest


def _both(first: Answer, second: Answer) -> Answer:
    """What answers either of two readings of a question, those of the first ahead."""
    if first.abstained or second.abstained:
        return second if first.abstained else first
    quotes = tuple(dict.fromkeys([*first.quotes, *second.quotes]))
    confidence = max(first.confidence, second.confidence)
    return dataclasses.replace(first, quotes=quotes, confidence=confidence)


def _concluded(parts: list[_Part], least: float) -> Answer:
    """The parts that are sure enough, or a refusal."""
    sure = [part for part in parts if part.confidence >= least and part.chosen]
    if not sure:
        return _refusal(parts)
    return Answer(
        quotes=_quotes(sure),
        confidence=min(part.confidence for part in sure),
        abstained=False,
        unanswered=tuple(part.asked for part in parts if part not in sure),
    )
