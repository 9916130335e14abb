"""Knowledge bases: isolated, described, counted, and gone with all they hold."""

import json
from typing import Any

import pytest

PATH = "/api/v1/knowledge-bases"
TEXT = "# Fees\n\nThe annual fee of the rowing club is {} euros.\n"


def create(library: Any, name: str = "Club", **settings: Any) -> str:
    answer = library.bases.post(PATH, json={"name": name, "settings": settings})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_every_business_has_a_default_base(library: Any) -> None:
    [base] = library.bases.get(PATH).json()["items"]
    assert base["id"] == "default"
    assert library.bases.get(f"{PATH}/default").status_code == 200


def test_a_base_is_created_with_its_address_and_found_by_it(library: Any) -> None:
    made = library.bases.post(PATH, json={"name": "Club"})
    assert made.headers["Location"].endswith(made.json()["id"])
    assert library.bases.get(f"{PATH}/{made.json()['id']}").json()["name"] == "Club"
    names = [b["name"] for b in library.bases.get(PATH).json()["items"]]
    assert names == ["Default", "Club"]


def test_two_bases_of_one_name_are_a_conflict(library: Any) -> None:
    create(library, "Club")
    assert library.bases.post(PATH, json={"name": "CLUB"}).status_code == 409


def test_another_business_has_no_part_in_a_base(library: Any) -> None:
    id = create(library)
    other = {"tenant": "another"}
    assert library.bases.get(f"{PATH}/{id}", **other).status_code == 404
    assert library.bases.delete(f"{PATH}/{id}", **other).status_code == 404
    assert library.bases.post(f"{PATH}/{id}/reindex", **other).status_code == 404


def test_the_settings_of_the_default_base_can_be_changed(library: Any) -> None:
    given = {"name": "Default", "settings": {"tone": "friendly"}}
    assert library.bases.put(f"{PATH}/default", json=given).status_code == 200
    known = library.bases.get(f"{PATH}/default").json()
    assert known["settings"]["tone"] == "friendly"


def test_a_base_is_replaced_at_the_version_that_was_read_alone(library: Any) -> None:
    id = create(library)
    old = library.bases.get(f"{PATH}/{id}").headers["ETag"]
    new = {"name": "Rowing"}
    assert library.bases.put(f"{PATH}/{id}", json=new).status_code == 200
    late = {"json": new, "headers": {"If-Match": old}}
    assert library.bases.put(f"{PATH}/{id}", **late).status_code == 412


def test_bases_do_not_find_what_others_hold(library: Any) -> None:
    one, two = create(library, "One"), create(library, "Two")
    library.add(TEXT.format(240), knowledge_base_id=one)
    assert library.found("annual fee", knowledge_base_id=one)
    assert library.found("annual fee", knowledge_base_id=two) == []
    assert library.found("annual fee") == []


def test_deleting_a_base_removes_all_that_it_held(library: Any) -> None:
    id = create(library)
    kept = library.add(TEXT.format(100))
    gone = library.add(TEXT.format(240), knowledge_base_id=id)
    assert library.bases.delete(f"{PATH}/{id}").status_code == 204
    library.pump()
    assert library.bases.get(f"{PATH}/{id}").status_code == 404
    ask = {"query": "annual fee", "knowledge_base_id": id}
    assert library.search.post("/api/v1/search", json=ask).status_code == 404
    for path in ("", "/content", "/chunks"):
        found = library.documents.get(f"/api/v1/documents/{gone}{path}")
        assert found.status_code == 404
    erased = library.documents.calls("database-operations", "delete_blob")
    assert [call.status for call in erased] == [204]
    assert [r["document_id"] for r in library.found("annual fee")] == [kept]


def test_statistics_count_what_a_base_holds(library: Any) -> None:
    id = create(library)
    library.add(TEXT.format(240), knowledge_base_id=id)
    library.documents.post(
        "/api/v1/documents",
        json={"name": "empty.txt", "text": " ", "knowledge_base_id": id},
    )
    library.pump()
    known = library.bases.get(f"{PATH}/{id}/statistics").json()
    assert known["documents"] == {"ready": 1, "failed": 1}
    assert known["chunks"] == 1
    assert known["bytes"] == len(TEXT.format(240)) + 1


def test_documents_are_filtered_by_tag_and_status(library: Any) -> None:
    tagged = library.add(TEXT.format(1), tags=["fees"])
    library.add(TEXT.format(2))
    path = f"{PATH}/default/documents"
    found = library.bases.get(f"{path}?tag=fees&status=ready").json()["items"]
    assert [d["id"] for d in found] == [tagged]
    assert library.bases.get(f"{path}?status=failed").json()["items"] == []


def test_staff_see_in_a_base_what_they_may_read(library: Any) -> None:
    library.add(TEXT.format(240), roles=["owner"])
    path = f"{PATH}/default/documents"
    assert library.bases.get(path, roles=("agent",)).json()["items"] == []
    assert len(library.bases.get(path, roles=("owner",)).json()["items"]) == 1


def test_a_document_is_found_by_its_new_title_and_no_longer_by_the_old_one(
    library: Any,
) -> None:
    id = library.add("We meet on Mondays.", title="Zeppelins")
    [before] = library.found("zeppelins")
    path, change = f"{PATH}/default/documents/{id}", {"title": "Submarines"}
    assert library.bases.patch(path, json=change).status_code == 204
    [found], [lost] = library.found("submarines"), library.found("zeppelins")
    assert found["title"] == "Submarines"
    assert found["bm25"] > 0
    assert lost["bm25"] == 0
    library.pump()
    assert library.found("submarines")[0]["cosine"] > found["cosine"]
    assert library.found("zeppelins")[0]["cosine"] < before["cosine"]


def test_restricting_a_document_hides_its_passages_at_once(library: Any) -> None:
    id = library.add(TEXT.format(240))
    assert library.found("annual fee")
    path, change = f"{PATH}/default/documents/{id}", {"roles": ["agent"]}
    assert library.bases.patch(path, json=change).status_code == 204
    assert library.found("annual fee") == []
    assert library.found("annual fee", roles=("agent",))


def test_restricting_a_document_hides_it_from_the_last_good_answers(
    library: Any,
) -> None:
    id = library.add(TEXT.format(240))
    assert library.found("annual fee")
    path, change = f"{PATH}/default/documents/{id}", {"roles": ["agent"]}
    library.bases.patch(path, json=change)
    library.pump()
    library.leave("database-operations")
    asked = {"query": "annual fee"}
    left = library.search.post("/api/v1/search", json=asked, roles=("customer",))
    assert left.status_code == 424


def berths() -> str:
    """More passages than one transaction changes."""
    words = "The annual fee of berth {} is {} euros. Its key is at the harbour desk."
    parts = (f"## Berth {n}\n\n" + words.format(n, n) for n in range(1050))
    return "# Berths\n\n" + "\n\n".join(parts)


@pytest.fixture
def very_long(library: Any) -> str:
    """The id of a document that says `berths`."""
    settings = {"name": "Default", "settings": {"chunk_tokens": 40, "chunk_overlap": 0}}
    assert library.bases.put(f"{PATH}/default", json=settings).status_code == 200
    id = library.add(berths())
    assert library.documents.get(f"/api/v1/documents/{id}").json()["chunks"] > 1000
    return id


def test_a_very_long_document_that_is_sent_again_is_narrowed(
    library: Any, very_long: str
) -> None:
    assert library.found("annual fee")
    again = {"name": "notice.md", "text": berths(), "roles": ["agent"]}
    told = library.documents.post("/api/v1/documents", json=again).json()
    known = {"id": very_long, "roles": ["agent"], "status": "processing"}
    assert told == told | known
    assert library.found("annual fee", roles=("owner",)) == []
    library.pump()
    assert library.found("annual fee") == []
    assert library.found("annual fee", roles=("agent",))


def test_a_very_long_document_is_read_again_as_it_is_described(
    library: Any, very_long: str
) -> None:
    path, known = f"{PATH}/default/documents/{very_long}", f"/{very_long}"
    change = {"roles": ["agent"], "title": "Zeppelins"}
    assert library.bases.patch(path, json=change).status_code == 204
    assert library.found("annual fee", roles=("owner",)) == []
    told = library.documents.get("/api/v1/documents" + known).json()
    assert (told["status"], told["title"]) == ("processing", "Zeppelins")
    library.pump()
    assert library.documents.get("/api/v1/documents" + known).json()["chunks"] > 1000
    assert library.found("annual fee") == []
    [first, *_] = library.found("annual fee", roles=("agent",))
    assert first["title"] == "Zeppelins"


def test_a_very_long_document_is_found_while_its_passages_follow_how_it_is_described(
    library: Any, very_long: str
) -> None:
    path = f"{PATH}/default/documents/{very_long}"
    change = {"roles": ["*"], "tags": ["harbour"], "title": "Zeppelins"}
    assert library.bases.patch(path, json=change).status_code == 204
    assert library.found("annual fee")
    told = library.documents.get(f"/api/v1/documents/{very_long}").json()
    assert (told["status"], told["title"]) == ("ready", "Zeppelins")
    read = len(library.documents.published("document.received"))
    library.pump()
    assert len(library.documents.published("document.received")) == read
    found = library.found("annual fee", k=40)
    assert {each["title"] for each in found} == {"Zeppelins"}
    assert {tuple(each["tags"]) for each in found} == {("harbour",)}
    assert library.found("Zeppelins")
    embedded = library.documents.published("document.processed")
    assert len(embedded) == 2  # it means something else by its title


def test_a_base_of_very_many_passages_goes_a_part_at_a_time(
    library: Any, very_long: str
) -> None:
    library.add(TEXT.format(240))
    assert library.bases.delete(f"{PATH}/default").status_code == 204
    sent = library.bases.calls("database-operations", "transact")
    changes = [json.loads(call.request.content)["changes"] for call in sent]
    parts = [[each["collection"] for each in some] for some in changes if some]
    assert len(parts) > 2
    # Who stores a text does so beside its document: that is taken away from him first.
    assert {some[0] for some in parts[-2:]} == {"documents"}
    left = library.bases.get(f"{PATH}/default/statistics").json()
    assert left == {"documents": {}, "chunks": 0, "bytes": 0}
    told = library.bases.published("document.removed")
    assert len([each for each in told if each["source"] == "knowledge-base"]) == 2
    assert library.found("annual fee") == []


def test_a_reader_that_there_is_not_is_refused(library: Any) -> None:
    path = f"{PATH}/default/documents/{library.add(TEXT.format(240))}"
    assert library.bases.patch(path, json={"roles": ["agnet"]}).status_code == 422
    assert library.found("annual fee")


def test_an_agent_cannot_admit_himself_to_what_owners_alone_may_read(
    library: Any,
) -> None:
    id = library.add(TEXT.format(240), roles=["owner"])
    path, change = f"{PATH}/default/documents/{id}", {"roles": ["agent"]}
    refused = library.bases.patch(path, json=change, roles=("agent",))
    assert refused.status_code == 404
    assert library.found("annual fee", roles=("agent",)) == []


def test_a_document_is_described_in_its_own_base_alone(library: Any) -> None:
    id = library.add(TEXT.format(240))
    other = create(library)
    path, change = f"{PATH}/{other}/documents/{id}", {"tags": ["x"]}
    assert library.bases.patch(path, json=change).status_code == 404


def test_reindexing_gives_every_document_its_vectors_again(library: Any) -> None:
    id = library.add(TEXT.format(240))
    answer = library.bases.post(f"{PATH}/default/reindex")
    assert (answer.status_code, answer.json()) == (202, {"documents": 1})
    before = len(library.documents.published("document.embedded"))
    library.pump()
    assert len(library.documents.published("document.embedded")) == before + 1
    known = library.documents.get(f"/api/v1/documents/{id}").json()
    assert known["status"] == "ready"


def test_a_base_of_more_documents_than_a_transaction_has_events_is_deleted(
    library: Any,
) -> None:
    for n in range(101):
        given = {"name": "n.txt", "text": TEXT.format(n)}
        library.documents.post("/api/v1/documents", json=given)
    assert library.bases.delete(f"{PATH}/default").status_code == 204
    known = library.bases.get(f"{PATH}/default/statistics").json()
    assert known == {"documents": {}, "chunks": 0, "bytes": 0}
    told = library.bases.published("document.removed")
    assert len([each for each in told if each["source"] == "knowledge-base"]) == 101


@pytest.mark.parametrize(
    "given",
    [{}, {"name": ""}, {"name": "x", "settings": {"tone": "rude"}}, {"nam": "x"}],
)
def test_a_malformed_base_is_refused(library: Any, given: dict[str, Any]) -> None:
    assert library.bases.post(PATH, json=given).status_code == 422


def test_a_base_may_name_the_model_there_is_and_no_other(library: Any) -> None:
    model = library.embeddings.get("/api/v1/embeddings/model").json()["model"]
    create(library, embedding_model=model)
    for send, path in (
        (library.bases.post, PATH),
        (library.bases.put, f"{PATH}/default"),
    ):
        settings = {"embedding_model": "nonsense-model"}
        refused = send(path, json={"name": "Boats", "settings": settings})
        assert refused.status_code == 422
        assert model in refused.json()["message"]
    library.leave("embedding-generation")
    create(library, "Boats")
    assert (
        library.bases.post(
            PATH, json={"name": "Sails", "settings": {"embedding_model": model}}
        ).status_code
        == 424
    )


def test_a_search_in_a_base_that_is_not_there_says_so(library: Any) -> None:
    ask = {"query": "annual fee", "knowledge_base_id": "nope"}
    assert library.search.post("/api/v1/search", json=ask).status_code == 404
    ask["knowledge_base_id"] = create(library)
    answer = library.search.post("/api/v1/search", json=ask)
    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_a_customer_may_not_change_a_base(library: Any) -> None:
    customer = {"roles": ("customer",)}
    assert library.bases.post(PATH, json={"name": "x"}, **customer).status_code == 403
    assert library.bases.delete(f"{PATH}/default", **customer).status_code == 403


def test_a_base_that_is_not_there_has_no_statistics(library: Any) -> None:
    assert library.bases.get(f"{PATH}/none/statistics").status_code == 404
