"""The features that compare meanings, got from vectors of words and sentences."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from evidence import _cover
from evidence._cover import Cover, Row
from evidence._question import Question
from evidence._readings import Reading

Embed = Callable[[list[str]], NDArray[np.float32]]

NAMES = (
    "soft",
    "gap_soft",
    "open_soft",
    "focus_soft",
    "complete_soft",
    "soft_elsewhere",
    "soft_together",
    "near_mean",
    "near_least",
    "cosine_sentence",
    "cosine_heading",
    "cosine_content",
    "cosine_sentence_lag",
    "cosine_content_lag",
    "cosine_under",
    "cosine_under_lag",
)

# A cosine of two words below the first is chance, above the second they mean the same:
# of random pairs of the thesaurus's words almost none reaches 0.2.
_CUT, _FULL = 0.12, 0.50


class _Vectors:
    """The vectors that one question needs, got by one call of ``embed``."""

    def __init__(self, texts: list[str], embed: Embed) -> None:
        unique = list(dict.fromkeys(texts))
        self._at = {text: at for at, text in enumerate(unique)}
        self._rows = embed(unique)

    def cosines(self, text: str, others: list[str]) -> Row:
        places = [self._at[other] for other in others]
        near = self._rows[places] @ self._rows[self._at[text]]
        return np.asarray(near, np.float64)

    def nearest(self, words: list[str], spoken: list[tuple[str, ...]]) -> Row:
        """The highest cosine of each word with those of each row of others."""
        every = self._rows[[self._at[word] for word in words]] @ self._rows.T
        found = np.zeros((len(spoken), len(words)))
        for at, others in enumerate(spoken):
            if others:
                found[at] = every[:, [self._at[word] for word in others]].max(1)
        return found


def _headed(reading: Reading) -> str:
    return f"{reading.heading}: {reading.text}"


def columns(
    question: Question, kept: list[Reading], found: Cover, embed: Embed
) -> list[Row]:
    """The columns of ``NAMES``, by one call of ``embed``."""
    words = [term.word for term in question.terms]
    content = " ".join(words)
    plain = [reading.text for reading in kept]
    headed = [_headed(reading) for reading in kept]
    spoken = [reading.digest.vocabulary for reading in kept]
    said = [word for others in spoken for word in others]
    under = [reading.under for reading in kept]
    texts = [question.text, content, *words, *plain, *headed, *under, *said]
    vectors = _Vectors(texts, embed)
    sentence = vectors.cosines(question.text, plain)
    subject = vectors.cosines(content, headed)
    led = vectors.cosines(question.text, under)
    return [
        *_soft(question, found, vectors.nearest(words, spoken)),
        sentence,
        vectors.cosines(question.text, headed),
        subject,
        sentence.max() - sentence,
        subject.max() - subject,
        led,
        led.max() - led,
    ]


def _soft(question: Question, found: Cover, near: Row) -> list[Row]:
    """What words of like meaning cover beside equal words and synonyms."""
    weights = found.weights
    soft = 0.8 * np.clip((near - _CUT) / (_FULL - _CUT), 0, 1)
    covered = np.maximum(found.passage, soft)
    beside = np.maximum(found.near, soft)
    nearest = np.maximum(near, found.passage)
    return [
        *_covered(question, weights, covered, beside),
        _cover.behind(weights, beside),
        _cover.together(weights, beside),
        _cover.share(weights, nearest),
        nearest[:, weights >= weights.max() / 2].min(1),
    ]


def _covered(question: Question, weights: Row, covered: Row, beside: Row) -> list[Row]:
    return [
        _cover.share(weights, covered),
        _cover.gap(weights, covered),
        _cover.mass(weights, 1 - covered),
        _cover.gap_of(question.focus, beside),
        _cover.complete(weights, beside),
    ]


def unknown(question: Question, found: Cover) -> list[Row]:
    """The columns of ``NAMES`` without vectors: by equal words and synonyms alone."""
    weights = found.weights
    by_words = _covered(question, weights, found.passage, found.near)
    rest = len(NAMES) - len(by_words)
    return [*by_words, *np.zeros((rest, len(found.near)))]
