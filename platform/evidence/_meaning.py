"""The features that compare meanings, got from vectors of words and sentences."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from evidence import _cover, _words
from evidence._cover import Cover, Row
from evidence._question import Question
from evidence._readings import Reading

Embed = Callable[[list[str]], NDArray[np.float32]]

# A cosine of two words below the first is chance, above the second they mean the same:
# of random pairs of the thesaurus's words almost none reaches 0.2.
_CUT, _FULL = 0.12, 0.50


class Vectors:
    """The vectors that one question needs, got by one call of ``embed``."""

    def __init__(self, texts: list[str], embed: Embed) -> None:
        unique = list(dict.fromkeys(texts))
        self._at = {text: at for at, text in enumerate(unique)}
        self._rows = embed(unique)

    def cosine(self, a: str, b: str) -> float:
        return float(self._rows[self._at[a]] @ self._rows[self._at[b]])

    def nearest(self, words: list[str], others: list[str]) -> Row:
        """The highest cosine of each word with the others; 0 when there are none."""
        if not others or not words:
            return np.zeros(len(words))
        left = self._rows[[self._at[word] for word in words]]
        right = self._rows[[self._at[word] for word in others]]
        return np.asarray((left @ right.T).max(1), np.float64)


def _vocabulary(reading: Reading) -> list[str]:
    found = _words.words(f"{reading.heading} {reading.text}")
    return [w for w in dict.fromkeys(found) if w not in _words.STOP and len(w) > 2]


def _headed(reading: Reading) -> str:
    return f"{reading.heading}: {reading.text}"


def _content(question: Question) -> str:
    return " ".join(term.word for term in question.terms) or question.text


Scored = tuple[Reading, Cover, dict[str, float]]


def add_meaning(question: Question, kept: list[Scored], embed: Embed) -> None:
    """Fill in the features that compare meanings, by one call of ``embed``."""
    words = [term.word for term in question.terms]
    texts = [question.text, _content(question), *words]
    spoken = [_vocabulary(reading) for reading, _, _ in kept]
    for (reading, _, _), others in zip(kept, spoken, strict=True):
        texts += [reading.text, _headed(reading), *others]
    vectors = Vectors(texts, embed)
    for (reading, found, row), others in zip(kept, spoken, strict=True):
        headed = _headed(reading)
        row["cosine_sentence"] = vectors.cosine(question.text, reading.text)
        row["cosine_heading"] = vectors.cosine(question.text, headed)
        row["cosine_content"] = vectors.cosine(_content(question), headed)
        _add_soft(question, found, row, vectors.nearest(words, others))


def _add_soft(
    question: Question, found: Cover, row: dict[str, float], near: Row
) -> None:
    weights = found.weights
    if not len(weights):
        return
    soft = 0.8 * np.clip((near - _CUT) / (_FULL - _CUT), 0, 1)
    covered = np.maximum(found.passage, soft)
    nearest = np.maximum(near, found.passage)
    row["soft"] = _cover.share(weights, covered)
    row["gap_soft"] = _cover.gap(weights, covered)
    row["open_soft"] = _cover.mass(weights, 1 - covered)
    beside = np.maximum(found.near, soft)
    row["focus_soft"] = _cover.gap_of(question.focus, beside)
    row["complete_soft"] = _cover.complete(weights, beside)
    row["near_mean"] = _cover.share(weights, nearest)
    row["near_least"] = float(nearest[weights >= weights.max() / 2].min())
