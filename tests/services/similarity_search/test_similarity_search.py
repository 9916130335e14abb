"""Search: the nearest passages by the score it shows, and what goes on without."""

from typing import Any

import numpy as np
import pytest

import chassis
import vectors
from contracts.knowledge.events import DocumentRemoved

PATH = "/api/v1/search"
TEXTS = (
    "The annual fee of the rowing club is 240 euros.",
    "The annual fee of the chess club is 80 euros.",
    "Boats are kept in the shed by the river.",
)


@pytest.fixture
def ids(library: Any) -> list[str]:
    return [library.add(text) for text in TEXTS]


def ask(library: Any, query: str, **more: Any) -> dict[str, Any]:
    asked = {"query": query} | more
    return library.search.post(PATH, json=asked, roles=("customer",)).json()


def test_the_nearest_passage_comes_first_with_what_its_score_is_made_of(
    library: Any, ids: list[str]
) -> None:
    found = ask(library, "yearly price of the rowing club")
    best = found["results"][0]
    assert (best["document_id"], found["degraded"]) == (ids[0], None)
    assert 0 < best["score"] <= 1
    assert best["bm25"] > 0
    assert best["cosine"] > 0


@pytest.mark.parametrize(
    "asked",
    [
        "cafe\u0301 terrace office",
        "ca\u200bf\u00e9 terrace office",
        "\u202ecaf\u00e9 ter\u00adrace office",
        "caf\u00e9 terrace o\ufb03ce",
        "caf\U000e0041\u00e9 terr\ufff9ace office",
    ],
    ids=["decomposed", "zero-width", "other direction", "ligature", "tags"],
)
def test_a_question_is_read_as_documents_are_however_it_was_typed(
    library: Any, asked: str
) -> None:
    library.add("The caf\u00e9 has a terrace and an o\ufb03ce.")
    plain, typed = ask(library, "caf\u00e9 terrace office"), ask(library, asked)
    assert plain["results"][0]["bm25"] > 0
    assert typed["results"] == plain["results"]


@pytest.mark.parametrize("wide", [True, False], ids=["wide", "narrow"])
def test_letters_of_either_width_find_each_other_and_are_quoted_as_they_were_written(
    library: Any, wide: bool
) -> None:
    text = "The \uff37\uff29\uff26\uff29 is free." if wide else "The WIFI is free."
    library.add(text)
    typed = [
        ask(library, asked, weight=1.0)["results"][0]
        for asked in ("wifi", "\uff37\uff49\uff46\uff49")
    ]
    assert [(each["text"], each["bm25"] > 0) for each in typed] == [(text, True)] * 2
    assert typed[0]["score"] == typed[1]["score"]


def test_a_document_whose_wide_letters_were_indexed_is_found_as_well_as_before(
    library: Any, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "\uff37\uff49\uff46\uff49"

    def found() -> dict[str, Any]:
        best = ask(library, asked, weight=1.0)["results"][0]
        return {name: best[name] for name in ("text", "bm25", "score")}

    with monkeypatch.context() as before:
        before.setattr("normalization.narrow", lambda text: text)
        library.add("The \uff37\uff29\uff26\uff29 is free.")
        as_before = found()
    assert as_before["bm25"] > 0
    assert found() == as_before


def test_a_question_of_nothing_but_ligatures_is_no_longer_than_what_is_searched_for(
    library: Any, ids: list[str]
) -> None:
    assert ask(library, "\ufb03" * 4000)["degraded"] is None


def test_scores_fall_and_the_threshold_cuts_the_returned_score(
    library: Any, ids: list[str]
) -> None:
    scores = [r["score"] for r in ask(library, "annual fee club")["results"]]
    assert scores == sorted(scores, reverse=True)
    for least in scores:
        kept = ask(library, "annual fee club", min_score=least)["results"]
        assert [r["score"] for r in kept] == [s for s in scores if s >= least]


def test_a_base_has_a_threshold_of_its_own(library: Any) -> None:
    settings = {"name": "Strict", "settings": {"min_score": 0.99}}
    made = library.bases.post("/api/v1/knowledge-bases", json=settings).json()
    library.add(TEXTS[0], knowledge_base_id=made["id"])
    where = {"knowledge_base_id": made["id"]}
    assert ask(library, "price of rowing", **where)["results"] == []
    assert ask(library, "price of rowing", **where, min_score=0.0)["results"]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        (
            "Wir haben die Ausstellungen im Museum verlängert.",
            "Ist die Ausstellung offen?",
        ),
        ("Les réparations sont gratuites pour nos membres.", "Qui réparera mon vélo ?"),
        ("Los cursos empiezan en octubre para los niños.", "¿Cuándo empezó el curso?"),
    ],
)
def test_the_words_of_a_base_without_settings_are_found_in_their_other_forms(
    library: Any, text: str, query: str
) -> None:
    library.add(TEXTS[0])
    library.add(text)
    best = ask(library, query, weight=1.0)["results"][0]
    assert (best["text"], best["bm25"] > 0) == (text, True)


def test_a_search_by_query_string_finds_the_same(library: Any, ids: list[str]) -> None:
    posted = ask(library, "annual fee", k=2)["results"]
    got = library.search.get("/v1/api/search?q=annual+fee&k=2", roles=("customer",))
    assert (got.status_code, got.json()["results"]) == (200, posted)


def test_a_query_string_has_the_names_of_the_body(library: Any, ids: list[str]) -> None:
    found = library.search.get("/v1/api/search?q=annual+fee").json()["results"]
    best = found[0]["score"]
    above = f"/v1/api/search?q=annual+fee&min_score={best}"
    others = [
        f"/v1/api/search?q=fee&{n}=nowhere" for n in ("knowledge_base_id", "base")
    ]
    assert [r["score"] for r in library.search.get(above).json()["results"]] == [best]
    statuses = [library.search.get(other).status_code for other in others]
    assert (len(found) > 1, statuses) == (True, [404, 404])


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("", "query/q"),
        ("q=", "query/q"),
        ("q=+", "query/q"),
        ("q=" + "a" * 5000, "query/q"),
        ("q=a&k=0", "query/k"),
        ("q=a&k=1000", "query/k"),
        ("q=a&min_score=2", "query/min_score"),
        ("q=a&min_score=nan", "query/min_score"),
    ],
)
def test_a_query_string_that_asks_nothing_sensible_is_refused_with_its_place(
    library: Any, query: str, place: str
) -> None:
    answer = library.search.get(f"/v1/api/search?{query}")
    faults = answer.json()["additional_data"]["errors"]
    told = (answer.status_code, [fault["place"] for fault in faults])
    assert (told, "pydantic" in answer.text) == ((400, [place]), False)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"query": " "},
        {"query": "a", "k": 0},
        {"query": "a", "min_score": 2},
        {"query": "a", "page": 1},
        {"query": "a", "filters": {"a" * 200_000: 1}},
    ],
)
def test_a_malformed_search_is_refused(library: Any, asked: dict[str, Any]) -> None:
    answer = library.search.post(PATH, json=asked)
    assert answer.status_code == 422
    assert len(answer.text) < 2_000


@pytest.mark.parametrize(
    "asked",
    [
        {"vector": "no vector"},
        {"vector": "AAAA"},
        {"query": "a", "filters": {"tags": {"like": "x"}}},
        {"query": "a", "filters": {"not": {"a" * 200_000: 1}}},
    ],
)
def test_what_the_database_cannot_ask_is_the_caller_s_mistake(
    library: Any, ids: list[str], asked: dict[str, Any]
) -> None:
    answer = library.search.post(PATH, json=asked)
    assert answer.status_code in (400, 422)
    assert len(answer.text) < 2_000


def test_filters_apply_to_passages(library: Any) -> None:
    library.add(TEXTS[0])
    tagged = library.add(TEXTS[1], tags=["chess"])
    filters = {"tags": {"contains": "chess"}}
    found = ask(library, "annual fee", filters=filters)["results"]
    assert [r["document_id"] for r in found] == [tagged]


def test_a_filter_does_not_open_what_the_caller_may_not_read(library: Any) -> None:
    library.add(TEXTS[0], roles=["agent"])
    for filters in ({"roles": {"contains": "agent"}}, {"any": [{}, {}]}):
        asked = {"query": "annual fee", "filters": filters}
        found = library.search.post(PATH, json=asked, roles=("customer",))
        assert "240" not in found.text


@pytest.mark.parametrize("word", ["manager", "unicorn"])
def test_a_customer_cannot_tell_which_words_are_in_documents_for_staff(
    library: Any, word: str
) -> None:
    library.add(TEXTS[0])
    library.add("The manager earns five thousand.", roles=["owner"])
    told = ask(library, f"annual fee {word}")
    assert len(told["results"]) == 1
    assert (told["terms"], told["ideal"], told["documents"]) == ([], 0, 0)


def test_staff_and_services_have_the_statistics(library: Any) -> None:
    library.add(TEXTS[0])
    asked = {"query": "annual fee"}
    told = library.search.post(PATH, json=asked, roles=("agent",)).json()
    who = chassis.Context(library.tenant, "c1", ("customer",), "action-executor")
    token = {"X-Internal-Token": chassis.mint(who)}
    inner = library.search.post(PATH, json=asked, tenant=None, headers=token).json()
    assert len(told["terms"]) == 2
    assert (told["terms"], told["documents"]) == (inner["terms"], inner["documents"])


def test_another_business_finds_nothing(library: Any, ids: list[str]) -> None:
    other = library.search.post(PATH, json={"query": "annual fee"}, tenant="another")
    assert other.json()["results"] == []


def test_a_vector_alone_finds_its_nearest(library: Any, ids: list[str]) -> None:
    asked = {"texts": [TEXTS[2]]}
    vector = library.embeddings.post("/api/v1/embeddings", json=asked).json()
    found = library.search.post(PATH, json={"vector": vector["vectors"][0]}).json()
    assert found["results"][0]["document_id"] == ids[2]
    assert found["results"][0]["bm25"] is None


def test_diversity_avoids_what_was_said(library: Any) -> None:
    for text in ("Fee: 240 euros a year.", "Fee: 240 euros a year!", TEXTS[1]):
        library.add(text)
    query = "Fee: 240 euros a year"
    plain = [r["text"] for r in ask(library, query, k=2)["results"]]
    varied = ask(library, query, k=2, diversity=0.9)["results"]
    assert {text[:8] for text in plain} == {"Fee: 240"}
    assert {r["text"][:8] for r in varied} == {"Fee: 240", TEXTS[1][:8]}


def test_without_embeddings_it_answers_by_words_and_says_so(
    library: Any, ids: list[str]
) -> None:
    library.leave("embedding-generation")
    found = ask(library, "rowing fee")
    assert found["results"][0]["document_id"] == ids[0]
    assert found["results"][0]["cosine"] is None
    assert "embedding-generation" in found["degraded"]


def test_without_the_database_the_last_good_results_come_back_marked(
    library: Any, ids: list[str]
) -> None:
    before = ask(library, "rowing fee")
    library.leave("database-operations")
    again = ask(library, "rowing fee")
    assert again["results"] == before["results"]
    assert "database-operations" in again["degraded"]
    unknown = library.search.post(PATH, json={"query": "never asked"})
    assert unknown.status_code == 424


def test_the_last_good_results_are_those_of_the_same_readers_alone(
    library: Any, ids: list[str]
) -> None:
    asked = {"query": "rowing fee"}
    library.search.post(PATH, json=asked, roles=("agent",))
    library.leave("database-operations")
    for whose in ({"roles": ("customer",)}, {"roles": ("agent",), "tenant": "t2"}):
        assert library.search.post(PATH, json=asked, **whose).status_code == 424


@pytest.mark.parametrize("revision", [1, 2])
def test_what_was_removed_is_not_in_the_last_good_results(
    library: Any, ids: list[str], revision: int
) -> None:
    ask(library, "rowing fee")
    about = {"document_id": ids[0], "knowledge_base_id": "default"}
    library.search.deliver(DocumentRemoved(**about, revision=revision))
    library.leave("database-operations")
    gone = library.search.post(PATH, json={"query": "rowing fee"}, roles=("customer",))
    assert gone.status_code == 424


def test_rank_orders_by_the_exact_cosine(library: Any) -> None:
    rows = {"same": [1, 0], "near": [1, 1], "far": [-1, 0], "long": [9, 0]}
    packed = {k: vectors.pack(np.array(v, np.float32)) for k, v in rows.items()}
    asked = {"query": packed["same"], "candidates": packed}
    ranking = library.search.post("/api/v1/rank", json=asked).json()["ranking"]
    assert [r["id"] for r in ranking] == ["long", "same", "near", "far"]
    wanted = pytest.approx([1.0, 1.0, 0.5**0.5, -1.0])
    assert [r["score"] for r in ranking] == wanted


def test_vectors_of_different_lengths_cannot_be_ranked(library: Any) -> None:
    one, two = (vectors.pack(np.ones(n, np.float32)) for n in (2, 3))
    asked = {"query": one, "candidates": {"a": two}}
    assert library.search.post("/api/v1/rank", json=asked).status_code == 422
