"""Fit ``evidence.alike`` and say how good it is: python -m evidence.train_alike FILE.

*FILE* (tests/evidence/faqs.json): businesses with their entries, each with other ways
in which it is asked, and with questions that no entry answers. Each business is judged
by a model fitted on the others; the weights that are printed are fitted on all.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import embeddings
from evidence import _alike

Row = NDArray[np.float64]
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
PENALTY = 1.0
STEPS = 50


class Case(NamedTuple):
    """A question: its likenesses to every entry, and the right one's place, or -1."""

    business: int
    rows: Row
    right: int


def read(path: Path) -> list[dict[str, Any]]:
    """The businesses of a file."""
    return json.loads(path.read_text("utf-8"))


def asked_of(business: dict[str, Any]) -> list[tuple[str, int]]:
    """Every question to a business, with the place of the entry that answers it."""
    listed = enumerate(business["entries"])
    known = [(question, at) for at, entry in listed for question in entry["asked"]]
    return known + [(question, -1) for question in business["unanswered"]]


def cases(businesses: list[dict[str, Any]]) -> Iterator[Case]:
    """Every question of every business."""
    model = embeddings.load()
    for number, business in enumerate(businesses):
        entries = [[entry["question"]] for entry in business["entries"]]
        known = np.asarray(model.encode([entry[0] for entry in entries]))
        asked = asked_of(business)
        vectors = np.asarray(model.encode([question for question, _ in asked]))
        for (question, place), near in zip(asked, vectors @ known.T, strict=True):
            rows = _alike.likenesses(question, entries, near.tolist())
            yield Case(number, np.array(rows), place)


def fitted(known: list[Case]) -> Row:
    """Weights by Newton's method, L2 on all but the bias."""
    rows = np.concatenate([case.rows for case in known])
    right = np.concatenate(
        [np.arange(len(case.rows)) == case.right for case in known]
    ).astype(float)
    weights = np.zeros(rows.shape[1])
    penalty = np.diag([PENALTY] * (rows.shape[1] - 1) + [0.0])
    for _ in range(STEPS):
        sure = 1 / (1 + np.exp(-rows @ weights))
        curve = rows.T @ (rows * (sure * (1 - sure))[:, None]) + penalty
        weights -= np.linalg.solve(curve, rows.T @ (sure - right) + penalty @ weights)
    return weights


def judged(known: list[Case]) -> list[tuple[float, bool, bool]]:
    """Of each question the best confidence, whether that is right, and answerable."""
    found = []
    for held in {case.business for case in known}:
        weights = fitted([case for case in known if case.business != held])
        for case in (case for case in known if case.business == held):
            sure = 1 / (1 + np.exp(-case.rows @ weights))
            best = int(sure.argmax())
            found.append((float(sure[best]), best == case.right, case.right >= 0))
    return found


def counted(found: list[tuple[float, bool, bool]], least: float) -> str:
    """A line of the table: what is answered from confidence *least*."""
    kept = [(right, answerable) for sure, right, answerable in found if sure >= least]
    right = sum(right for right, _ in kept)
    wrong = sum(answerable and not right for right, answerable in kept)
    return f"| {least} | {right} | {wrong} | {len(kept) - right - wrong} |"


def main() -> None:
    """Print the weights and a table by threshold."""
    known = list(cases(read(Path(sys.argv[1]))))
    for name, weight in zip(_alike.WEIGHTS, fitted(known), strict=True):
        print(f'    "{name}": {weight:.2f},')
    found = judged(known)
    asked = sum(answerable for _, _, answerable in found)
    print(f"\n| from | right of {asked} | wrong | false of {len(found) - asked} |")
    print("| --- | --- | --- | --- |")
    for least in THRESHOLDS:
        print(counted(found, least))


if __name__ == "__main__":
    main()
