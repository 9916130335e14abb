"""Questions and passages of other languages, weighed by their glosses in English.

Quotes are of the passages themselves: a gloss knows of which stretch it is one.
"""

import dataclasses
import math
from collections.abc import Callable

import numpy as np

import glosses
import langid
from evidence import _alone, _clarify, _orders, _parts, _pieces, _words
from evidence._meaning import Meaning
from evidence.types import Answer, Passage, Quote, Statistics

# Of fewer passages, no word is as rare as in those that the weights were fitted on.
_LEAST = 40

Weigh = Callable[[str, list[Passage], Statistics], Answer]


def languages(question: str, passages: list[Passage]) -> tuple[str, list[str]]:
    """Those of the question and of each passage.

    What does not tell, such as a table or a single name, is in that of most passages;
    where none tells, in that of the question.
    """
    spoken = [glosses.language(passage.text, "") for passage in passages]
    told = list(filter(None, spoken))
    most = max(told, key=told.count, default=None)
    asked = glosses.language(question, most or langid.ENGLISH)
    return asked, [each or most or asked for each in spoken]


def _gloss(text: str, language: str) -> glosses.Gloss:
    return glosses.gloss(text, language)


def _as_english(passage: Passage, language: str) -> Passage:
    if language == langid.ENGLISH:
        return passage
    told = {name: getattr(passage, name) for name in ("title", "section", "text")}
    english = {name: _gloss(text, language).text for name, text in told.items()}
    return dataclasses.replace(passage, **english)


def _known(question: str, passages: list[Passage], facts: Statistics) -> Statistics:
    """What the passages tell of the words of a glossed question.

    Search counts the words of the language itself; in how many passages of all their
    English stands is told by those that were found.
    """
    count = max(facts.documents, _LEAST)
    held = [_words.meanings(f"{p.title} {p.section} {p.text}")[0] for p in passages]
    terms = {}
    for word in _words.words(question):
        if word in _words.STOP:
            continue
        for stem in _words.stems_of(word):
            documents = sum(stem in stems for stems in held)
            idf = math.log(1 + (count - documents + 0.5) / (documents + 0.5))
            terms[stem] = documents, idf
    return Statistics(count, terms, sum(idf for _, idf in terms.values()) * 2.2)


def _scored(
    question: str,
    passages: list[Passage],
    facts: Statistics,
    meaning: Meaning | None,
) -> list[Passage]:
    """The passages with the scores that a search in English would have given."""
    if meaning is not None:
        texts = [f"{p.title}\n{p.section}\n{p.text}" for p in passages]
        rows = meaning.embed([question, *texts])
        near = meaning.beyond(np.asarray(rows[1:] @ rows[0], np.float64))
        pairs = zip(passages, near.tolist(), strict=True)
        passages = [dataclasses.replace(p, cosine=cosine) for p, cosine in pairs]
    return _alone.scored(question, passages, facts)[0]


def answer(
    question: str,
    passages: list[Passage],
    facts: Statistics,
    meaning: Meaning | None,
    weigh: Weigh,
) -> Answer | None:
    """An answer by glosses; None for a question that English passages may answer."""
    asked, spoken = languages(question, passages)
    if asked == langid.ENGLISH and (langid.ENGLISH in spoken or not spoken):
        return None
    english = [_as_english(*each) for each in zip(passages, spoken, strict=True)]
    meant = question
    if asked != langid.ENGLISH:
        meant = glosses.asking(question, asked)
    known = _known(meant, english, facts)
    found = weigh(meant, _scored(meant, english, known, meaning), known)
    if asked != langid.ENGLISH:
        found = _in_own_words(asked, question, meant, passages, found)
    quotes = _verbatim(found.quotes, passages, spoken)
    if found.quotes and not quotes:
        return dataclasses.replace(
            found, quotes=(), abstained=True, reason="no-evidence"
        )
    return dataclasses.replace(found, quotes=quotes)


def _in_own_words(
    language: str, question: str, meant: str, passages: list[Passage], found: Answer
) -> Answer:
    """What an answer says beside its quotes, in the words of the question."""
    clarify = found.clarify
    if clarify and clarify.examples:
        own = tuple(_clarify.examples(passages))
        clarify = dataclasses.replace(clarify, examples=own)
    english = _parts.parts(meant)
    pieces = _pieces.pieces(question, len(english), language)
    named = dict(zip(english, pieces, strict=True))
    left = (named.get(part, question) for part in found.unanswered)
    kept = tuple(dict.fromkeys(left))
    return dataclasses.replace(found, clarify=clarify, unanswered=kept)


def _verbatim(
    quotes: tuple[Quote, ...], passages: list[Passage], spoken: list[str]
) -> tuple[Quote, ...]:
    """The quotes of the passages themselves, but for those that give orders."""
    of = {p.id: (p, language) for p, language in zip(passages, spoken, strict=True)}
    said = (_quoted(quote, *of[quote.passage_id]) for quote in quotes)
    return tuple(quote for quote in said if not _orders.is_command(quote.text))


def _quoted(quote: Quote, passage: Passage, language: str) -> Quote:
    """The stretch of the passage itself of which a gloss was quoted."""
    if language == langid.ENGLISH:
        return quote
    start, end = _gloss(passage.text, language).original(quote.start, quote.end)
    text = passage.text[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    return dataclasses.replace(quote, start=start, end=start + len(text), text=text)
