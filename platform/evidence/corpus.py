"""A set of documents and questions, and a search over it that needs no database.

The search is what ``similarity-search`` does with PostgreSQL: BM25 over English stems
(k1 1.2, b 0.75) and cosine, each passage scored by both. It is for training and
evaluation; a test compares its BM25 with the ``bm25s`` package.
"""

import collections
import dataclasses
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import similarity
from evidence import _words
from evidence.types import Passage, Statistics

K1, B = 1.2, 0.75

Embed = Callable[[list[str]], NDArray[np.float32]]


@dataclasses.dataclass(frozen=True)
class Case:
    """A question and what is known of its answer.

    ``kind``: answerable, unanswerable, off_topic or underspecified. ``facts``: each is
    a string that the quotes must contain, with "|" between accepted ones.
    """

    question: str
    kind: str
    documents: frozenset[str] = frozenset()
    facts: tuple[str, ...] = ()
    resolved: str | None = None


@dataclasses.dataclass(frozen=True)
class Set:
    name: str
    passages: tuple[Passage, ...]
    cases: tuple[Case, ...]


def is_right(case: Case, quotes: list[str]) -> bool:
    """Whether the quotes hold every fact; never for a question without an answer."""
    text = _flat(" ".join(quotes))
    held = (any(_flat(f) in text for f in fact.split("|")) for fact in case.facts)
    return case.kind == "answerable" and all(held)


def holds_a_fact(case: Case, passage: Passage) -> bool:
    """Whether a passage of the right document holds one of the facts."""
    text = _flat(passage.text)
    held = (_flat(f) in text for fact in case.facts for f in fact.split("|"))
    return passage.document_id in case.documents and any(held)


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


def sections(text: str) -> list[tuple[str, str]]:
    """(section, text) of a document whose sections begin with "## name"."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in text.split("\n"):
        if line.startswith("## "):
            found.append((line[3:], []))
        else:
            found[-1][1].append(line)
    return [(name, "\n".join(lines)) for name, lines in found if lines]


def _cases(content: dict[str, Any]) -> list[Case]:
    cases = [
        Case(
            entry[0],
            "answerable",
            frozenset(entry[1].split("|")),
            tuple(entry[2]),
            entry[3] if len(entry) > 3 else None,
        )
        for entry in content["answerable"]
    ]
    for kind in ("unanswerable", "off_topic", "underspecified"):
        cases += [Case(question, kind) for question in content[kind]]
    return cases


def _headed(at: int, section: str, text: str) -> str:
    """Every other document's chunks begin with their heading, as extraction's do."""
    return f"{section}\n\n{text}" if section and at % 2 else text


def read(path: Path) -> Set:
    """A set of ``tests/evidence/sets``; its format is in the README there."""
    content = json.loads(path.read_text("utf-8"))
    passages = [
        Passage(f"{key}.{number}", key, title, section, _headed(at, section, text))
        for at, (key, title, whole) in enumerate(content["documents"])
        for number, (section, text) in enumerate(sections(whole))
    ]
    return Set(path.stem, tuple(passages), tuple(_cases(content)))


def indexed(passage: Passage) -> str:
    """What is searched of a passage: where it stands and what it says."""
    return "\n".join(filter(None, (passage.title, passage.section, passage.text)))


def terms(text: str) -> list[str]:
    """The lexemes that PostgreSQL's English configuration would keep of a text."""
    return [
        stem
        for word in _words.words(text)
        if word not in _words.STOP
        for stem in _words.stems_of(word)
    ]


class Index:
    """Passages that can be searched by words and by meaning."""

    def __init__(self, passages: tuple[Passage, ...], embed: Embed) -> None:
        self.passages = passages
        self._embed = embed
        self._vectors = embed([indexed(passage) for passage in passages])
        self._counts = [collections.Counter(terms(indexed(p))) for p in passages]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._mean = sum(self._lengths) / len(passages)
        self._df = collections.Counter(t for counts in self._counts for t in counts)

    def _idf(self, term: str) -> float:
        df, all_ = self._df[term], len(self.passages)
        return math.log(1 + (all_ - df + 0.5) / (df + 0.5))

    def statistics(self, query: str) -> Statistics:
        found = {t: (self._df[t], self._idf(t)) for t in terms(query)}
        ideal = sum(idf for _, idf in found.values()) * (K1 + 1)
        return Statistics(len(self.passages), found, ideal)

    def bm25(self, query: str) -> NDArray[np.float64]:
        wanted = set(terms(query))
        scores = np.zeros(len(self.passages))
        for at, counts in enumerate(self._counts):
            norm = K1 * (1 - B + B * self._lengths[at] / self._mean)
            for term in wanted & counts.keys():
                tf = counts[term]
                scores[at] += self._idf(term) * tf * (K1 + 1) / (tf + norm)
        return scores

    def cosine(self, query: str) -> NDArray[np.float64]:
        return np.asarray(self._vectors @ self._embed([query])[0], np.float64)

    def search(self, query: str, k: int = 12) -> tuple[list[Passage], Statistics]:
        """The ``k`` best passages by ``score.score``, with their scores."""
        facts = self.statistics(query)
        texts, meanings = self.bm25(query), self.cosine(query)
        scored = [
            similarity.score(text, facts.ideal, meaning)
            for text, meaning in zip(texts, meanings, strict=True)
        ]
        order = sorted(range(len(scored)), key=lambda at: -scored[at])[:k]
        found = [
            dataclasses.replace(
                self.passages[at],
                score=scored[at],
                bm25=float(texts[at]),
                cosine=float(meanings[at]),
            )
            for at in order
        ]
        return found, facts
