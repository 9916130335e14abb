"""Print the quality of search and answers: ``python -m evidence.evaluate``.

Each set is answered by models fitted on the other businesses' sets only. ``--demo``
names the demo business's folder and ``--blind`` one of sets; nothing was fitted on
either.
"""

import argparse
import dataclasses
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import embeddings
import similarity
from evidence import _answer, _model, _parts, corpus, gold, train
from evidence._meaning import Meaning
from evidence.types import Answer

Scores = NDArray[np.float64]
_DEPTH = 10
BLIND = train.SETS.with_name("blind")


def ndcg(scores: Scores, relevant: NDArray[np.bool_]) -> float:
    """nDCG@10 with grades 0 and 1; ties in the order of the passages."""
    order = np.argsort(-scores, kind="stable")[:_DEPTH]
    gains = [1 / math.log2(at + 2) for at in range(_DEPTH)]
    found = sum(gain for gain, at in zip(gains, order, strict=False) if relevant[at])
    return found / sum(gains[: int(relevant.sum())])


def reciprocal(scores: Scores, relevant: NDArray[np.bool_]) -> float:
    order = np.argsort(-scores, kind="stable")
    return 1 / (1 + int(np.argmax(relevant[order])))


def _scaled(scores: Scores) -> Scores:
    span = scores.max() - scores.min()
    return (scores - scores.min()) / span if span else np.zeros_like(scores)


def rankings(index: corpus.Index, question: str) -> dict[str, Scores]:
    """Every passage's score by each way of ranking."""
    text, meaning = index.bm25(question), index.cosine(question)
    ideal = index.statistics(question).ideal
    pairs = zip(text, meaning, strict=True)
    share = similarity.TEXT_SHARE
    return {
        "BM25": text,
        "cosine": meaning,
        "min-max": share * _scaled(text) + (1 - share) * _scaled(meaning),
        "score": np.array([similarity.score(t, ideal, m) for t, m in pairs]),
    }


def _relevant(found: corpus.Set, case: corpus.Case) -> NDArray[np.bool_]:
    return np.array([corpus.holds_a_fact(case, p) for p in found.passages])


def retrieval(found: corpus.Set, embed: corpus.Embed) -> dict[str, tuple[float, float]]:
    """Way of ranking to (nDCG@10, MRR) over the answerable questions."""
    index = corpus.Index(found.passages, embed)
    results: dict[str, list[tuple[float, float]]] = {}
    for case in found.cases:
        relevant = _relevant(found, case)
        if not relevant.any():
            continue
        for name, scores in rankings(index, case.resolved or case.question).items():
            pair = ndcg(scores, relevant), reciprocal(scores, relevant)
            results.setdefault(name, []).append(pair)
    means = {name: np.mean(pairs, axis=0) for name, pairs in results.items()}
    return {name: (float(both[0]), float(both[1])) for name, both in means.items()}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """A question, its answer, and the best passage's score as the baseline."""

    case: corpus.Case
    answer: Answer
    baseline: float
    seconds: float

    @property
    def right(self) -> bool:
        quotes = [quote.text for quote in self.answer.quotes]
        return corpus.is_right(self.case, quotes)


def answers(
    found: corpus.Set, embed: corpus.Embed, model: _model.Weights, vectors: bool = True
) -> list[Outcome]:
    index = corpus.Index(found.passages, embed)
    meaning = Meaning(embed) if vectors else None
    outcomes: list[Outcome] = []
    for case in found.cases:
        asked = case.resolved or case.question
        passages, facts = index.search(_parts.looked_for(asked), train.FOUND)
        began = time.perf_counter()
        given = _answer.weighed(asked, passages, facts, meaning, model, model.threshold)
        took = time.perf_counter() - began
        outcomes.append(Outcome(case, given, passages[0].score, took))
    return outcomes


def auroc(values: Sequence[float], positive: Sequence[bool]) -> float:
    """The chance that a positive has the higher value, ties counted half."""
    high = np.array([v for v, p in zip(values, positive, strict=True) if p])
    low = np.array([v for v, p in zip(values, positive, strict=True) if not p])
    above = (high[:, None] > low).mean() + 0.5 * (high[:, None] == low).mean()
    return float(above)


@dataclasses.dataclass(frozen=True)
class Tally:
    """Counts over outcomes; see the README for what each means."""

    answerable: int
    right: int
    wrong: int
    refused: int
    unanswerable: int
    false: int
    underspecified: int
    clarified: int
    auroc: float
    baseline: float


def _of(outcomes: Sequence[Outcome], *kinds: str) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.case.kind in kinds]


def tally(outcomes: Sequence[Outcome]) -> Tally:
    asked = _of(outcomes, "answerable")
    given = [o for o in asked if not o.answer.abstained]
    none = _of(outcomes, "unanswerable", "off_topic")
    vague = _of(outcomes, "underspecified")
    both = asked + none
    can = [o.case.kind == "answerable" for o in both]
    right = sum(o.right for o in given)
    return Tally(
        answerable=len(asked),
        right=right,
        wrong=len(given) - right,
        refused=len(asked) - len(given),
        unanswerable=len(none),
        false=sum(not o.answer.abstained for o in none),
        underspecified=len(vague),
        clarified=sum(o.answer.clarify is not None for o in vague),
        auroc=auroc([o.answer.confidence for o in both], can),
        baseline=auroc([o.baseline for o in both], can),
    )


def _show_retrieval(sets: list[corpus.Set], embed: corpus.Embed) -> None:
    print("| Set | BM25 | cosine | min-max | score |")
    print("| --- | --- | --- | --- | --- |")
    for found in sets:
        cells = [f"{n:.3f} / {m:.3f}" for n, m in retrieval(found, embed).values()]
        print(f"| {found.name} | {' | '.join(cells)} |")


def _row(name: str, t: Tally) -> str:
    return (
        f"| {name} | {t.right} / {t.answerable} | {t.wrong} | {t.refused} "
        f"({t.refused / max(1, t.answerable):.0%}) | {t.false} / {t.unanswerable} "
        f"({t.false / max(1, t.unanswerable):.0%}) "
        f"| {t.clarified} / {t.underspecified} | {t.auroc:.3f} | {t.baseline:.3f} |"
    )


def _show_misses(name: str, outcomes: list[Outcome]) -> None:
    for o in outcomes:
        asked = o.case.kind == "answerable"
        if (o.right if asked else o.answer.abstained) and (
            o.case.kind != "underspecified" or o.answer.clarify
        ):
            continue
        quotes = " / ".join(quote.text[:90] for quote in o.answer.quotes)
        print(
            f"{name} {o.case.kind} {o.answer.confidence:.2f} "
            f"{o.answer.reason or ''} | {o.case.question} | {quotes}"
        )


def _answered(
    sets: list[corpus.Set],
    extra: list[corpus.Set],
    embed: corpus.Embed,
    vectors: bool,
) -> dict[str, list[Outcome]]:
    built = {s.name: train.examples(s, embed, vectors) for s in sets}
    results: dict[str, list[Outcome]] = {}
    for found in sets:
        others = [e for name, es in built.items() if name != found.name for e in es]
        model = train.fit(others)
        results[found.name] = answers(found, embed, model, vectors)
    model = train.fit([e for es in built.values() for e in es])
    for found in extra:
        results[f"{found.name} (not fitted on)"] = answers(found, embed, model, vectors)
    return results


def _show_answers(results: dict[str, list[Outcome]]) -> None:
    print(
        "| Set | right | wrong | refused | false answers | clarified | AUROC "
        "| AUROC of top score |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, outcomes in results.items():
        print(_row(name, tally(outcomes)))
    every = [o for outcomes in results.values() for o in outcomes]
    print(_row("all", tally(every)))
    slow = sorted(o.seconds for o in every)
    median, tail = slow[len(slow) // 2], slow[int(len(slow) * 0.95)]
    print(f"\nTime of an answer: p50 {median * 1e3:.1f} ms, p95 {tail * 1e3:.1f} ms\n")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m evidence.evaluate", description=__doc__)
    parser.add_argument("--sets", type=Path, default=train.SETS)
    parser.add_argument("--demo", type=Path, help="folder of the demo business")
    parser.add_argument("--blind", type=Path, default=BLIND)
    parser.add_argument("--misses", action="store_true", help="list every mistake")
    options = parser.parse_args(arguments)
    embed = embeddings.load().encode
    sets = train.sets(options.sets)
    extra = [gold.read(options.demo)] if options.demo else []
    extra += train.sets(options.blind)
    print("Retrieval, nDCG@10 / MRR\n")
    _show_retrieval(sets + extra, embed)
    for vectors in (True, False):
        results = _answered(sets, extra, embed, vectors)
        print(f"\nAnswers {'with' if vectors else 'without'} vectors\n")
        _show_answers(results)
        if options.misses and vectors:
            for name, outcomes in results.items():
                _show_misses(name, outcomes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
