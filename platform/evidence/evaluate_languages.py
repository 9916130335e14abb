"""Print the quality of answers in other languages: the sets of ``languages``, without
and with glosses. ``python -m evidence.evaluate_languages``.

The search over a set stems as English, as ``corpus.Index`` does: with twelve documents
nearly all of them are weighed whatever it finds.
"""

import sys

import embeddings
from evidence import _answer, _model, _parts, corpus, evaluate, train
from evidence._meaning import Meaning
from evidence.types import Answer, Passage, Statistics

SETS = train.SETS.with_name("languages")


def _plainly(
    question: str, passages: list[Passage], facts: Statistics, embed: corpus.Embed
) -> Answer:
    """As if it were English."""
    model = _model.weights("full")
    least = model.threshold
    return _answer.weighed(question, passages, facts, Meaning(embed), model, least)


def _glossed(
    question: str, passages: list[Passage], facts: Statistics, embed: corpus.Embed
) -> Answer:
    return _answer.answer(question, passages, facts, embed=embed)


def _by_words(
    question: str, passages: list[Passage], facts: Statistics, embed: corpus.Embed
) -> Answer:
    return _answer.answer(question, passages, facts)


WAYS = {"as English": _plainly, "glossed": _glossed, "without vectors": _by_words}


def outcomes(
    found: corpus.Set, embed: corpus.Embed, way: str
) -> list[evaluate.Outcome]:
    """Every question of a set with its answer in one of ``WAYS``."""
    index = corpus.Index(found.passages, embed)
    given = []
    for case in found.cases:
        passages, facts = index.search(_parts.looked_for(case.question), train.FOUND)
        answer = WAYS[way](case.question, passages, facts, embed)
        given.append(evaluate.Outcome(case, answer, passages[0].score, 0.0))
    return given


def main() -> int:
    embed = embeddings.load().encode
    print("| Set | right | wrong | refused | false answers | AUROC |")
    print("| --- | --- | --- | --- | --- | --- |")
    for found in train.sets(SETS):
        for way in WAYS:
            t = evaluate.tally(outcomes(found, embed, way))
            print(
                f"| {found.name}, {way} | {t.right} / {t.answerable} | {t.wrong} "
                f"| {t.refused} ({t.refused / t.answerable:.0%}) | {t.false} / "
                f"{t.unanswerable} ({t.false / t.unanswerable:.0%}) | {t.auroc:.3f} |"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
