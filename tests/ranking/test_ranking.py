"""Ranking is by the one absolute score, best first, and diversity avoids repetition."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ranking
import similarity
import vectors
from contracts.infrastructure.database import Found, Hit

AT = datetime(2026, 1, 1, tzinfo=UTC)


def hit(id: str, bm25: float | None, cosine: float | None, row=None) -> Hit:
    known = dict.fromkeys(("created_at", "updated_at"), AT)
    packed = None if row is None else vectors.pack(np.array(row, np.float32))
    return Hit.model_validate(
        {
            "id": id,
            "version": 1,
            "body": {},
            **known,
            "bm25": bm25,
            "cosine": cosine,
            "score": 0.0,
            "vector": packed,
        }
    )


def found(*hits: Hit, ideal: float = 10.0) -> Found:
    return Found(hits=list(hits), terms=[], ideal=ideal, documents=100)


def test_words_and_meaning_both_raise_a_score_and_the_best_comes_first():
    hits = found(hit("a", 2, 0.2), hit("b", 8, 0.2), hit("c", 8, 0.9))
    best = ranking.ranked(hits, share=0.6)
    assert [each.hit.id for each in best] == ["c", "b", "a"]


def test_equal_scores_are_in_the_order_of_their_ids():
    hits = found(hit("b", 5, 0.5), hit("c", 5, 0.5), hit("a", 5, 0.5))
    assert [each.hit.id for each in ranking.ranked(hits, 0.6)] == ["a", "b", "c"]


def test_a_score_at_the_threshold_stays_and_one_below_goes():
    hits = found(hit("at", 5, None), hit("below", 4.9, None))
    assert [each.hit.id for each in ranking.ranked(hits, 1.0, 0.5)] == ["at"]


def test_a_hit_that_one_side_did_not_find_scores_by_the_other():
    hits = found(hit("words", 10, None), hit("meaning", None, 1.0))
    scores = {each.hit.id: each.score for each in ranking.ranked(hits, 0.6)}
    assert scores == pytest.approx({"words": 0.6, "meaning": 0.4})


@pytest.mark.parametrize(
    ("has_text", "has_vector", "wanted", "share"),
    [
        (True, False, 0.2, 1.0),
        (False, True, 0.2, 0.0),
        (True, True, 0.2, 0.2),
        (True, True, 0.0, 0.0),
    ],
)
def test_words_count_all_without_a_vector_and_nothing_without_words(
    has_text, has_vector, wanted, share
):
    assert ranking.text_share(has_text, has_vector, wanted) == share


SIDE = st.one_of(st.none(), st.floats(-5, 50))


@given(
    st.lists(st.tuples(SIDE, SIDE), max_size=12),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 20),
)
def test_every_kept_score_is_between_the_threshold_and_one(sides, share, least, ideal):
    hits = [hit(f"h{at:02}", *both) for at, both in enumerate(sides)]
    best = ranking.ranked(found(*hits, ideal=ideal), share, least)
    scores = [each.score for each in best]
    assert all(least <= score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)


def test_diversity_prefers_another_subject_to_a_repetition():
    hits = found(
        hit("first", 10, 0.9, [1, 0]),
        hit("again", 9.9, 0.9, [1, 0.01]),
        hit("other", 7, 0.9, [0, 1]),
    )
    best = ranking.ranked(hits, 0.6)
    plain = [each.hit.id for each in ranking.diverse(best, 2, 0.0)]
    mixed = [each.hit.id for each in ranking.diverse(best, 2, 0.9)]
    assert (plain, mixed) == (["first", "again"], ["first", "other"])


def test_diversity_of_hits_without_vectors_is_refused():
    best = ranking.ranked(found(hit("a", 1, 0.1)), 0.6)
    with pytest.raises(similarity.BadVector):
        ranking.diverse(best, 1, 0.5)


shares = st.floats(0, 1)
sides = st.tuples(st.floats(0, 1), st.floats(0, 1))


@given(share=shares, chance=st.floats(0, 0.9), pair=st.tuples(sides, sides))
def test_what_counts_beside_a_plain_cosine_ranks_as_beside_one_beyond_chance(
    share: float, chance: float, pair
):
    plain = ranking.plain_share(share, chance)

    def apart(words: float, of) -> float:
        (one, near), (other, far) = pair
        return words * (one - other) + (1 - words) * (of(near) - of(far))

    beyond = apart(share, lambda each: each)
    told = apart(plain, lambda each: chance + (1 - chance) * each)
    assert beyond * told >= -1e-12


def test_what_texts_have_by_chance_adds_nothing_to_a_score():
    hits = found(hit("near", 5, 0.9), hit("far", 5, 0.6), hit("words", 5, None))
    scores = {e.hit.id: e.score for e in ranking.ranked(hits, 0.6, chance=0.6)}
    assert scores == pytest.approx({"near": 0.6, "far": 0.3, "words": 0.3})
