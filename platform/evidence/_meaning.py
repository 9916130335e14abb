"""The features that compare meanings, got from vectors of words and sentences."""

from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Meaning:
    """``embed`` gives texts their unit rows; ``chance`` is the cosine, by its model, of
    texts that have nothing in common."""

    embed: Embed
    chance: float = 0.0

    def beyond(self, cosines: Row) -> Row:
        """How far they are beyond chance: what everything here was fitted on."""
        if not self.chance:
            return cosines
        return np.clip((cosines - self.chance) / (1 - self.chance), -1, 1)


class _Near:
    """Cosines of the question and its words with each text, by one call of ``embed``.

    ``asked``: what the columns are of; others are only compared with.
    """

    def __init__(self, asked: list[str], others: list[str], meaning: Meaning) -> None:
        unique = list(dict.fromkeys([*asked, *others]))
        self._at = {text: at for at, text in enumerate(unique)}
        rows = meaning.embed(unique)
        every = rows @ rows[[self._at[text] for text in asked]].T
        self._every = meaning.beyond(np.asarray(every, np.float64))

    def cosines(self, at: int, others: list[str]) -> Row:
        """Those of the text asked in that place."""
        return self._every[[self._at[other] for other in others], at]

    def nearest(self, since: int, spoken: list[tuple[str, ...]]) -> Row:
        """The highest of each text asked from that place on with those of each row."""
        every = self._every[:, since:]
        found = np.zeros((len(spoken), every.shape[1]))
        for at, others in enumerate(spoken):
            if others:
                found[at] = every[[self._at[word] for word in others]].max(0)
        return found


def _headed(reading: Reading) -> str:
    return f"{reading.heading}: {reading.text}"


def columns(
    question: Question, kept: list[Reading], found: Cover, meaning: Meaning
) -> list[Row]:
    """The columns of ``NAMES``, by one call of ``embed``."""
    words = [term.word for term in question.terms]
    content = " ".join(words)
    plain = [reading.text for reading in kept]
    headed = [_headed(reading) for reading in kept]
    spoken = [reading.digest.vocabulary for reading in kept]
    said = [word for others in spoken for word in others]
    under = [reading.under for reading in kept]
    others = [*plain, *headed, *under, *said]
    near = _Near([question.text, content, *words], others, meaning)
    sentence = near.cosines(0, plain)
    subject = near.cosines(1, headed)
    led = near.cosines(0, under)
    return [
        *_soft(question, found, near.nearest(2, spoken)),
        sentence,
        near.cosines(0, headed),
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
