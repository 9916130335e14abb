"""Search: scores against an oracle, statistics under concurrency, fusion, filters."""

import asyncio
import math
import random
from collections.abc import Sequence
from typing import Any

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import docstore
from docstore import _fusion

pytestmark = pytest.mark.anyio
WORDS = (
    "invoice payment refund customer running runs ran apartment heating water leak "
    "tenant calendar booking cancel reschedule window broken kitchen the a of policy "
    "deposit key lost found emergency weekend holiday plumber electrician"
).split()


def sentences(count: int, seed: int = 1) -> list[str]:
    chance = random.Random(seed)
    weights = [1 / (n + 1) for n in range(len(WORDS))]
    return [
        " ".join(chance.choices(WORDS, weights, k=chance.randint(1, 30)))
        for _ in range(count)
    ]


async def index(tenant: Any, texts: Sequence[str | None], **more: Any) -> None:
    vectors = more.get("vectors") or [None] * len(texts)
    bodies = more.get("bodies") or [{} for _ in texts]
    await tenant.commit(
        *(
            {
                "op": "put",
                "id": f"d{n}",
                "document": {
                    "body": bodies[n],
                    "index": {"space": "s", "text": text, "vector": vectors[n]},
                },
            }
            for n, text in enumerate(texts)
        )
    )


async def tokens(owner: Any, text: str, language: str = "english") -> list[str]:
    rows = await owner.fetch(
        "SELECT lexeme, cardinality(positions) AS tf "
        "FROM unnest(to_tsvector($1::text::regconfig, $2))",
        language,
        text,
    )
    return [row["lexeme"] for row in rows for _ in range(row["tf"])]


async def oracle(owner: Any, texts: Sequence[str], query: str) -> list[float]:
    """BM25 of every text, by another implementation, from the same words."""
    corpus = [await tokens(owner, text) for text in texts]
    scorer = bm25s.BM25(k1=1.2, b=0.75, method="lucene", dtype="float64")
    scorer.index(corpus, show_progress=False)
    known = set(await tokens(owner, query)) & {word for one in corpus for word in one}
    # Lucene leaves out the constant factor k1 + 1.
    return [float(score) * 2.2 for score in scorer.get_scores(sorted(known))]


async def test_bm25_is_what_another_implementation_computes(
    tenant: Any, owner: Any
) -> None:
    texts = sentences(300)
    await index(tenant, texts)
    for query in ("running refunds", "lost key of the plumber", "invoice", "zebra key"):
        expected = await oracle(owner, texts, query)
        found = await tenant.search(space="s", text=query, k=200)
        matched = sorted((s for s in expected if s > 0), reverse=True)[:200]
        assert [hit.bm25 for hit in found.hits] == pytest.approx(matched, rel=1e-6)
        for hit in found.hits:
            assert hit.bm25 == pytest.approx(expected[int(hit.id[1:])], rel=1e-6)


async def test_statistics_stay_exact_through_changes_of_all_kinds(
    tenant: Any, owner: Any
) -> None:
    texts = dict(enumerate(sentences(120)))
    await index(tenant, list(texts.values()))
    chance = random.Random(2)
    for n in chance.sample(sorted(texts), 30):
        await tenant.delete(f"d{n}")
        del texts[n]
    for n, text in zip(
        chance.sample(sorted(texts), 20), sentences(20, seed=3), strict=True
    ):
        await tenant.patch(f"d{n}", {}, index={"space": "s", "text": text})
        texts[n] = text
    for n in chance.sample(sorted(texts), 10):
        await tenant.put(f"d{n}", {}, index={"space": "elsewhere", "text": texts[n]})
        del texts[n]
    for n in chance.sample(sorted(texts), 10):
        await tenant.put(f"d{n}", {})
        del texts[n]
    await tenant.commit({"op": "delete-all", "filter": {"no": "such"}})
    query = "emergency booking of a broken window"
    expected = await oracle(owner, list(texts.values()), query)
    found = await tenant.search(space="s", text=query, k=200)
    matched = sorted((score for score in expected if score > 0), reverse=True)
    assert [hit.bm25 for hit in found.hits] == pytest.approx(matched, rel=1e-6)
    assert found.documents == len(texts)


async def test_concurrent_writers_lose_no_statistics(tenant: Any, owner: Any) -> None:
    texts = sentences(60)

    async def write(n: int) -> None:
        index = {"space": "s", "text": texts[n]}
        await tenant.put(f"d{n}", {}, index={**index, "text": "another text"})
        await tenant.put(f"d{n}", {}, index=index)
        if n % 3 == 0:
            await tenant.delete(f"d{n}")

    await asyncio.gather(*(write(n) for n in range(60)))
    left = [text for n, text in enumerate(texts) if n % 3]
    expected = await oracle(owner, left, "refund policy")
    found = await tenant.search(space="s", text="refund policy", k=200)
    matched = sorted((score for score in expected if score > 0), reverse=True)
    assert [hit.bm25 for hit in found.hits] == pytest.approx(matched, rel=1e-6)
    assert found.documents == len(left)


async def test_an_emptied_space_leaves_nothing_behind(tenant: Any, owner: Any) -> None:
    await index(tenant, sentences(50), vectors=None)
    await tenant.commit({"op": "delete-all", "filter": {}})
    for table in ("entries", "blocks", "vectors", "sketches", "spaces"):
        statement = f"SELECT count(*) FROM {table} WHERE tenant = $1"
        assert await owner.fetchval(statement, tenant.name) == 0


async def test_terms_and_ideal_make_a_score_absolute(tenant: Any) -> None:
    await index(tenant, ["heating broken", "heating works", "water"])
    found = await tenant.search(space="s", text="the broken heating of zebras")
    by_term = {term.term: term for term in found.terms}
    assert {t: term.documents for t, term in by_term.items()} == {
        "broken": 1,
        "heat": 2,
        "zebra": 0,
    }
    for term in found.terms:
        df = term.documents
        assert term.idf == pytest.approx(math.log(1 + (3 - df + 0.5) / (df + 0.5)))
    assert found.ideal == pytest.approx(sum(t.idf for t in found.terms) * 2.2)
    assert 0 < found.hits[0].bm25 < found.ideal
    # Not even endless repetition reaches it.
    await tenant.put("x", {}, index={"space": "s", "text": "broken heating " * 200})
    found = await tenant.search(space="s", text="broken heating")
    assert found.hits[0].bm25 < found.ideal


async def test_a_word_in_letters_of_two_widths_counts_once(tenant: Any) -> None:
    async def found(text: str) -> Any:
        return await tenant.search(space="s", text=text, scale="ideal")

    await index(
        tenant, ["the ＷＩＦＩ is free", "the lounge is closed", "a tel of wood"]
    )
    for both, one in (
        ("ｗｉｆｉ wifi", "ｗｉｆｉ"),
        ("ｔｅｌ tel", "tel"),
        ("ｇｏ go", "go"),
    ):
        assert await found(both) == await found(one)
    await index(tenant, ["the ＷＩＦＩ is free", "the wifi is slow", "a tel of wood"])
    each = [(await found(one)).ideal for one in ("ｗｉｆｉ", "wifi")]
    assert (await found("ｗｉｆｉ wifi")).ideal == max(each)
    assert len((await found("ｗｉｆｉ wifi")).hits) == 2


async def test_each_language_stems_its_own_words(tenant: Any) -> None:
    index = {"space": "s", "language": "german", "text": "Die Häuser sind kaputt"}
    await tenant.put("a", {}, index=index)
    for language, count in (("german", 1), ("english", 0)):
        found = await tenant.search(space="s", text="häuser", language=language)
        assert len(found.hits) == count


async def test_spaces_and_collections_do_not_mix(tenant: Any) -> None:
    await tenant.put("a", {}, index={"space": "one", "text": "water"})
    await tenant.put("b", {}, index={"space": "two", "text": "water"})
    found = await tenant.search(space="one", text="water")
    assert [hit.id for hit in found.hits] == ["a"]
    assert (found.documents, found.terms[0].documents) == (1, 1)
    elsewhere = await tenant.search(collection="other", space="one", text="water")
    assert elsewhere.hits == []


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


async def test_neighbours_are_exact(tenant: Any, vector: Any) -> None:
    chance = np.random.default_rng(1)
    numbers = chance.normal(size=(400, 32))
    await index(tenant, [None] * 400, vectors=[vector(row) for row in numbers])
    query = chance.normal(size=32)
    found = await tenant.search(space="s", vector=vector(query), k=20)
    expected = [cosine(row, query) for row in numbers]
    order = sorted(range(400), key=lambda n: -expected[n])[:20]
    assert [hit.id for hit in found.hits] == [f"d{n}" for n in order]
    for hit in found.hits:
        assert hit.cosine == pytest.approx(expected[int(hit.id[1:])], abs=2e-3)
        assert hit.bm25 is None
    assert found.documents == 400


async def test_the_opposite_is_furthest_and_zeros_are_in_no_direction(
    tenant: Any, vector: Any
) -> None:
    sent = [[0.0, 0.0], [-2.0, 0.0], [0.5, 0.0], [0.5, 0.0]]
    await index(tenant, [None] * 4, vectors=[vector(numbers) for numbers in sent])
    found = await tenant.search(space="s", vector=vector([1.0, 0.0]), k=4)
    assert [(hit.id, hit.cosine) for hit in found.hits] == [
        ("d2", 1.0),
        ("d3", 1.0),
        ("d1", -1.0),
    ]


async def test_a_large_space_is_searched_through_its_own_graph(
    tenant: Any, other_tenant: Any, owner: Any, vector: Any
) -> None:
    chance = np.random.default_rng(1)
    centres = chance.normal(size=(40, 24))
    numbers = centres[chance.integers(0, 40, 1200)] + chance.normal(size=(1200, 24))
    sent = [vector(row) for row in numbers]
    bodies = [{"even": n % 2 == 0} for n in range(1200)]
    await index(tenant, [None] * 1200, vectors=sent, bodies=bodies)
    await index(other_tenant, [None] * 1200, vectors=sent)
    query = vector(numbers[0] + 0.1)

    async def ids(**asked: Any) -> list[str]:
        found = await tenant.search(space="s", vector=query, k=50, **asked)
        return [hit.id for hit in found.hits]

    exact = [await ids(), await ids(filter={"even": True})]
    await owner.execute("SELECT pg_advisory_lock(802802)")
    assert await docstore.tend(tenant.store.dsn, above=1000) == 0
    await owner.execute("SELECT pg_advisory_unlock(802802)")
    first = await owner.fetchval("SELECT min(space) FROM spaces WHERE vectors > 1000")
    await owner.execute(f"CREATE TABLE vectors_graph_{first} ()")  # no index goes there
    assert await docstore.tend(tenant.store.dsn, above=1000) >= 1
    await owner.execute(f"DROP TABLE vectors_graph_{first}")
    assert await docstore.tend(tenant.store.dsn, above=1000) == 1
    assert await docstore.tend(tenant.store.dsn, above=1000) == 0
    scans = "SELECT sum(idx_scan) FROM pg_stat_user_indexes WHERE indexrelname LIKE "
    scans += "'vectors_graph_%'"
    await owner.execute("ANALYZE vectors")
    await owner.execute("SELECT pg_stat_force_next_flush()")
    before = await owner.fetchval(scans)
    reached = [await ids(), await ids(filter={"even": True})]
    for found, expected in zip(reached, exact, strict=True):
        assert len(found) == 50
        assert len(set(found) & set(expected)) >= 48
    assert all(int(id[1:]) % 2 == 0 for id in reached[1])
    # What is written later is found through it as well.
    await tenant.put("new", {}, index={"space": "s", "vector": query})
    assert (await ids())[0] == "new"
    await until_greater(owner, scans, before)
    await tenant.commit({"op": "delete-all", "filter": {}})
    await docstore.tend(tenant.store.dsn, above=1000)
    left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'vectors_graph_%'"
    assert await owner.fetchval(left) == 1


async def until_greater(owner: Any, statement: str, before: int) -> None:
    """Statistics arrive a moment later."""
    for _ in range(200):
        if await owner.fetchval(statement) > before:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the index was not used")


async def test_vectors_come_back_when_asked_for(tenant: Any, vector: Any) -> None:
    sent = vector([0.5, -2.0, 0.25])
    await index(tenant, ["water"], vectors=[sent])
    asked = {"space": "s", "text": "water"}
    assert (await tenant.search(**asked)).hits[0].vector is None
    assert (await tenant.search(**asked, with_vectors=True)).hits[0].vector == sent


async def test_vectors_of_another_model_are_not_compared(
    tenant: Any, vector: Any
) -> None:
    vectors = [vector([1.0, 0.0]), vector([1.0, 0.0, 0.0]), vector([0.0, 0.0])]
    await index(tenant, [None] * 3, vectors=vectors)
    found = await tenant.search(space="s", vector=vector([1.0, 0.1]))
    assert [hit.id for hit in found.hits] == ["d0"]


@pytest.mark.parametrize(
    "bad", ["x", "AAAA", "", "AACAfwAAgH8=", "AADAfwAAgD8=", "AAAAAAA"]
)
async def test_a_bad_vector_is_refused(tenant: Any, bad: str) -> None:
    """Here, in words of our own, and not by what PostgreSQL says of its types."""
    with pytest.raises(docstore.Unusable, match=r"^a vector"):
        await tenant.put("a", {}, index={"space": "s", "vector": bad})
    with pytest.raises(docstore.Unusable, match=r"^a vector"):
        await tenant.search(space="s", vector=bad)


async def test_a_search_for_nothing_is_refused(tenant: Any) -> None:
    with pytest.raises(docstore.Unusable):
        await tenant.search(space="s")
    assert (await tenant.search(space="s", text="the of")).hits == []


async def test_each_side_scores_what_the_other_found(tenant: Any, vector: Any) -> None:
    # The nearest 300 are the worst by words, the best 300 by words are far away.
    near = [vector([1.0, n / 1000]) for n in range(300)]
    far = [vector([-n / 1000, 1.0]) for n in range(300)]
    wordy = ["water" + " filler" * 80] * 300
    worded = ["water " * 7 if n < 5 else "water" + " filler" * 60 for n in range(300)]
    await index(tenant, wordy + worded, vectors=near + far)
    asked = {"space": "s", "text": "water", "vector": vector([1.0, 0.0])}
    found = await tenant.search(**asked, weight=0.5, k=10)
    assert {hit.id for hit in found.hits} == {
        *(f"d{300 + n}" for n in range(5)),
        *(f"d{n}" for n in range(5)),
    }
    alone = await tenant.search(space="s", text="water", k=200, weight=1.0)
    weakest = min(hit.bm25 for hit in alone.hits)
    for hit in found.hits:
        n = int(hit.id[1:])
        assert 0 < hit.bm25 < weakest if n < 300 else hit.bm25 > weakest
        row = np.array([1.0, n / 1000] if n < 300 else [-(n - 300) / 1000, 1.0])
        assert hit.cosine == pytest.approx(cosine(row, np.array([1.0, 0.0])), abs=2e-3)


async def test_the_weight_moves_the_answer_from_words_to_meaning(
    tenant: Any, vector: Any
) -> None:
    vectors = [vector([1.0, 0.0]), vector([0.0, 1.0]), vector([0.5, 1.0])]
    await index(tenant, ["leak", "water", "water heating"], vectors=vectors)
    asked = {"space": "s", "text": "water", "vector": vector([1.0, 0.0])}
    first = {
        weight: (await tenant.search(**asked, weight=weight)).hits[0]
        for weight in (0.0, 1.0)
    }
    assert (first[0.0].id, first[0.0].score) == ("d0", 1.0)
    assert (first[1.0].id, first[1.0].score) == ("d1", 1.0)


async def test_a_score_in_parts_of_the_ideal_compares_across_searches(
    tenant: Any, vector: Any
) -> None:
    vectors = [vector([1.0, 0.0]), vector([0.6, 0.8]), vector([-1.0, 0.0])]
    await index(tenant, ["leak", "water", "water heating"], vectors=vectors)
    question = {"text": "water", "vector": vector([1.0, 0.0]), "weight": 0.25}
    found = await tenant.search(space="s", scale="ideal", **question)
    for hit in found.hits:
        parts = hit.bm25 / found.ideal, max(0.0, hit.cosine)
        assert hit.score == pytest.approx(0.25 * parts[0] + 0.75 * parts[1])
    alone = await tenant.search(space="s", text="heating", scale="ideal")
    assert alone.hits[0].score == pytest.approx(alone.hits[0].bm25 / alone.ideal)
    assert 0 < alone.hits[0].score < 1


async def test_the_best_of_both_sides_is_found_beyond_the_best_of_each(
    tenant: Any, vector: Any
) -> None:
    # Nine in the middle are best in the mix: 150 are better by words, 150 by vector.
    texts = [
        *(["water " * 6] * 150 + ["water water filler"] * 9 + ["filler"] * 150),
    ]
    angles = [1.5] * 150 + [0.5] * 9 + [0.1] * 150
    vectors = [vector([math.cos(angle), math.sin(angle)]) for angle in angles]
    bodies = [{"n": n, "live": True} for n in range(len(texts))]
    await index(tenant, texts, vectors=vectors, bodies=bodies)
    asked = {"text": "water", "vector": vector([1.0, 0.0]), "scale": "ideal"}
    for filter in ({}, {"live": True}, {"n": {"gte": 10}}):
        found = await tenant.search(space="s", k=9, filter=filter, **asked)
        assert {int(hit.id[1:]) for hit in found.hits} == set(range(150, 159))


scores = st.dictionaries(
    st.integers(0, 20), st.none() | st.floats(-1, 30, allow_subnormal=False), max_size=9
)


@given(scores=scores)
def test_scaling_keeps_the_order_and_fills_the_range(scores: dict) -> None:
    scaled = _fusion.scaled(scores)
    assert scaled.keys() == scores.keys()
    assert all(0 <= value <= 1 for value in scaled.values())
    known = {n: score for n, score in scores.items() if score is not None}
    for a in known:
        for b in known:
            assert known[a] > known[b] or scaled[a] <= scaled[b]
    if len(set(known.values())) > 1:
        assert {min(scaled.values()), max(scaled.values())} == {0.0, 1.0}
    assert all(scaled[n] == 0 for n in scores.keys() - known.keys())


@given(words=scores, near=scores, weight=st.floats(0, 1))
def test_a_better_candidate_on_both_sides_is_never_behind(
    words: dict, near: dict, weight: float
) -> None:
    everyone = words.keys() | near.keys()
    words = {n: words.get(n) or 0.0 for n in everyone}
    near = {n: near.get(n) or 0.0 for n in everyone}
    fused = _fusion.fused(words, near, weight)
    for a in everyone:
        for b in everyone:
            if words[a] >= words[b] and near[a] >= near[b]:
                assert fused[a] >= fused[b]


MANY = 1700


@pytest.fixture(scope="module")
async def many(store: docstore.Store, a_tenant_of: Any, vector: Any) -> Any:
    """A tenant with documents of which the last is the best by its words, and by its
    vector."""
    tenant = a_tenant_of(store)
    bodies = [{"tag": n % 100, "live": True, "rank": n} for n in range(MANY)]
    texts = [
        f"{'water ' * (1 + n // 10)} {'x ' * (170 - n // 10)}" for n in range(MANY)
    ]
    vectors = [vector([1.0, (MANY - n) / 300]) for n in range(MANY)]
    await index(tenant, texts, bodies=bodies, vectors=vectors)
    return tenant


@pytest.mark.parametrize(
    ("filter", "passes"),
    [
        ({"tag": 7}, lambda n: n % 100 == 7),
        ({"tag": {"lt": 90}}, lambda n: n % 100 < 90),
        ({"live": True}, lambda n: True),
        ({"tag": {"gte": 99}, "live": True}, lambda n: n % 100 >= 99),
        ({"tag": -1}, lambda n: False),
        # None of them among the candidates that are looked at first.
        ({"rank": {"lt": 600}}, lambda n: n < 600),
        # Some of them, but not enough.
        ({"rank": {"lt": 1630}}, lambda n: n < 1630),
        ({"all": [{}, {"not": {"any": []}}]}, lambda n: True),
    ],
)
async def test_a_filter_narrows_what_is_searched_not_what_was_found(
    many: Any, vector: Any, filter: dict[str, Any], passes: Any
) -> None:
    left = [n for n in range(MANY) if passes(n)]
    for side in ({"text": "water"}, {"vector": vector([1.0, 0.0])}):
        found = await many.search(space="s", filter=filter, k=10, **side)
        best = {n // 10 for n in sorted(left, reverse=True)[:10]}
        assert {int(hit.id[1:]) // 10 for hit in found.hits} <= best
        assert len(found.hits) == min(10, len(left))
        assert all(passes(int(hit.id[1:])) for hit in found.hits)


async def test_an_expired_document_is_not_found(tenant: Any) -> None:
    for n in range(5):
        index = {"space": "s", "text": "water " * (9 - n)}
        await tenant.put(f"d{n}", {}, ttl=0.001 if n < 3 else None, index=index)
    found = await tenant.search(space="s", text="water", k=2)
    assert {hit.id for hit in found.hits} == {"d3", "d4"}


async def test_an_index_entry_given_alone_leaves_the_version(
    tenant: Any, vector: Any
) -> None:
    index = {"space": "s", "vector": vector([1.0, 0.0])}
    read = await tenant.put("a", {"x": 1}, index={"space": "s", "text": "water"})
    assert await tenant.patch("a", {}, version=read, index=index) == read
    assert (await tenant.read("a")).version == read
    assert len((await tenant.search(space="s", vector=index["vector"])).hits) == 1
    changed = await tenant.patch("a", {"x": 2}, version=read, index=index)
    assert changed != read
    with pytest.raises(docstore.Stale):
        await tenant.patch("a", {}, version=read, index=index)


async def test_a_patch_adds_a_side_and_keeps_the_other(
    tenant: Any, vector: Any
) -> None:
    await tenant.put("a", {}, index={"space": "s", "text": "water"})
    await tenant.patch("a", {}, index={"space": "s", "vector": vector([1.0, 0.0])})
    by_text = await tenant.search(space="s", text="water")
    by_vector = await tenant.search(space="s", vector=vector([1.0, 0.0]))
    assert [hit.id for hit in by_text.hits + by_vector.hits] == ["a", "a"]
    await tenant.patch("a", {}, index={"space": "s", "text": "leak"})
    assert (await tenant.search(space="s", text="water")).hits == []
    hybrid = {"text": "leak", "vector": vector([1.0, 0.0])}
    (hit,) = (await tenant.search(space="s", **hybrid)).hits
    assert (hit.bm25 > 0, hit.cosine) == (True, pytest.approx(1.0))
    await tenant.patch("a", {"x": 1})
    assert len((await tenant.search(space="s", **hybrid)).hits) == 1
    await tenant.put("a", {}, index={"space": "s", "text": "leak"})
    assert (await tenant.search(space="s", vector=vector([1.0, 0.0]))).hits == []
    await tenant.put("a", {}, index={"space": "s", "vector": vector([1.0, 0.0])})
    assert (await tenant.search(space="s", text="leak")).hits == []
    await tenant.put("a", {}, index={"space": "s", "text": "leak"})
    await tenant.put("a", {})
    assert (await tenant.search(space="s", text="leak")).hits == []


async def test_more_documents_than_one_block_holds_are_all_counted(
    tenant: Any,
) -> None:
    await index(tenant, ["water"] * 4900)
    await index(tenant, ["water leak"] * 200)
    found = await tenant.search(space="s", text="leak water", k=200)
    assert {term.term: term.documents for term in found.terms} == {
        "leak": 200,
        "water": 4900,
    }
    assert {int(hit.id[1:]) for hit in found.hits} == set(range(200))
