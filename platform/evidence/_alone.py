"""Passages as a search for one question of a message would have scored them.

A message of two questions is searched for as a whole, so that whoever answers one of
them has half of its words and half of its score.
"""

import dataclasses

import similarity
from evidence import _words
from evidence._sought import sought
from evidence.types import Passage, Statistics

_ONCE, _TWICE, _MOST = 1.0, 1.375, 2.2  # BM25's factor for one, two and endless words


def _terms(question: str, facts: Statistics) -> dict[str, float]:
    found = {stem for word in _words.words(question) for stem in _words.stems_of(word)}
    return {stem: facts.terms[stem][1] for stem in found if stem in facts.terms}


def _bm25(terms: dict[str, float], passage: Passage) -> float:
    above = _words.meanings(f"{passage.title} {passage.section}")[0]
    within = _words.meanings(passage.text)[0]
    held = ((idf, (stem in above) + (stem in within)) for stem, idf in terms.items())
    return sum(idf * (0.0, _ONCE, _TWICE)[times] for idf, times in held)


Searched = tuple[list[Passage], Statistics]


def searched(
    pieces: list[str], passages: list[Passage], facts: Statistics
) -> list[Searched]:
    """What a search for each of the questions in a message would have given.

    The cosines remain those of the message: vectors of passages are not at hand.
    """
    if len(pieces) == 1:
        return [(passages, facts)]
    return [alone(piece, passages, facts) for piece in pieces]


def alone(question: str, passages: list[Passage], facts: Statistics) -> Searched:
    """What a search for one of the questions in a message would have given."""
    return scored(sought(question), passages, facts)


def scored(question: str, passages: list[Passage], facts: Statistics) -> Searched:
    """The passages by their scores for one question, which its words alone tell."""
    terms = _terms(question, facts)
    ideal = sum(terms.values()) * _MOST
    found = []
    for passage in passages:
        text = _bm25(terms, passage)
        score = similarity.score(text, ideal, passage.cosine)
        found.append(dataclasses.replace(passage, score=score, bm25=text))
    found.sort(key=lambda passage: -passage.score)
    return found, dataclasses.replace(facts, ideal=ideal)
