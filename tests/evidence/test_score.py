"""The search score is absolute, bounded and rises with both of its sides."""

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import Passage, corpus, evaluate, score

PART = st.floats(-0.5, 2, allow_nan=False)
IDEAL = st.floats(0, 50, allow_nan=False)


@given(PART, IDEAL, PART)
def test_the_score_is_between_zero_and_one(share, ideal, cosine):
    assert 0 <= score(share * ideal, ideal, cosine) <= 1


@given(PART, PART, IDEAL, PART)
def test_more_of_either_side_never_scores_less(low, high, ideal, cosine):
    low, high = sorted((low, high))
    assert score(low * ideal, ideal, cosine) <= score(high * ideal, ideal, cosine)
    assert score(cosine * ideal, ideal, low) <= score(cosine * ideal, ideal, high)


def test_the_ends_of_the_scale():
    assert score(0, 10, 0) == 0
    assert score(10, 10, 1) == pytest.approx(1)
    assert score(5, 10, 0, text_share=1) == 0.5
    assert score(0, 0, 0.7, text_share=0) == 0.7


def passages() -> tuple[Passage, ...]:
    texts = [
        "the price of a filling depends on its size",
        "a filling and a crown and another filling",
        "opening hours and holidays",
        "crowns are made in our laboratory, and the price of crowns varies",
    ]
    return tuple(Passage(str(n), str(n), "", "", text) for n, text in enumerate(texts))


def test_bm25_is_that_of_bm25s(embed):
    index = corpus.Index(passages(), embed)
    tokens = [corpus.terms(p.text) for p in passages()]
    oracle = bm25s.BM25(k1=corpus.K1, b=corpus.B, method="lucene")
    oracle.index(tokens, show_progress=False)
    for query in ("price of a crown", "filling", "holidays and hours"):
        theirs = oracle.get_scores(sorted(set(corpus.terms(query))))
        # bm25s leaves the factor k1 + 1 out, as Lucene does.
        ours = index.bm25(query) / (corpus.K1 + 1)
        assert np.allclose(ours, theirs, atol=1e-5)


def test_no_passage_scores_above_the_ideal(embed):
    index = corpus.Index(passages(), embed)
    for query in ("filling filling", "price of crowns", "zebra"):
        assert index.bm25(query).max() <= index.statistics(query).ideal


def test_results_are_sorted_by_the_score_that_is_returned(embed):
    found, _ = corpus.Index(passages(), embed).search("price of a crown")
    scores = [passage.score for passage in found]
    assert scores == sorted(scores, reverse=True)
    assert "price of crowns" in found[0].text


def test_measures_of_ranking_by_hand():
    scores, relevant = np.array([0.9, 0.5, 0.7]), np.array([False, True, False])
    assert evaluate.reciprocal(scores, relevant) == pytest.approx(1 / 3)
    assert evaluate.ndcg(scores, relevant) == pytest.approx(0.5)
    assert evaluate.auroc([0.9, 0.5, 0.5], [True, True, False]) == pytest.approx(0.75)
