"""FAQs: an entry is matched when published, once per question, and survives a file."""

import json
from typing import Any

import pytest

from contracts.assistant.events import ConversationRemoved
from contracts.knowledge.events import QuestionUnanswered

PATH = "/api/v1/faqs"
HOURS = {"question": "When are you open?", "answer": "From 9 to 18 on weekdays."}
PRICE = {"question": "What does a check-up cost?", "answer": "It costs 55 euros."}


def add(library: Any, **entry: Any) -> str:
    answer = library.faqs.post(PATH, json=entry)
    assert answer.status_code == 201, answer.text
    library.pump()
    return answer.json()["id"]


def matched(library: Any, question: str, **more: Any) -> dict[str, Any]:
    asked = {"question": question} | more
    answer = library.faqs.post(f"{PATH}/match", json=asked, roles=("customer",))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("blank", ["question", "answer"])
def test_an_entry_says_something(library: Any, blank: str) -> None:
    entry = HOURS | {blank: " \n"}
    assert library.faqs.post(PATH, json=entry).status_code == 422
    asked = {"question": " \n"}
    assert library.faqs.post(f"{PATH}/match", json=asked).status_code == 422


def test_an_entry_is_matched_by_other_words(library: Any) -> None:
    hours = add(library, **HOURS)
    add(library, **PRICE)
    found = matched(library, "what are your opening hours?")
    assert (found["matches"][0]["id"], found["degraded"]) == (hours, None)
    assert 0 < found["matches"][0]["score"] <= 1


def test_a_variant_is_matched_as_the_question_is(library: Any) -> None:
    add(library, **HOURS)
    id = add(library, **PRICE, variants=["How expensive is an examination?"])
    assert matched(library, "expensive examination")["matches"][0]["id"] == id


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_what_is_not_published_never_reaches_a_customer(
    library: Any, state: str
) -> None:
    id = add(library, **HOURS, state=state)
    assert matched(library, HOURS["question"])["matches"] == []
    for path in ("", f"/{id}", "/export", "/suggestions"):
        hidden = library.faqs.get(f"{PATH}{path}", roles=("customer",))
        assert hidden.status_code == 403
    assert library.faqs.get(f"{PATH}/categories").json() == {}


def test_an_entry_is_not_matched_once_it_is_withdrawn(library: Any) -> None:
    id = add(library, **HOURS)
    library.faqs.put(f"{PATH}/{id}", json=HOURS | {"state": "archived"})
    assert matched(library, HOURS["question"])["matches"] == []


def test_an_entry_is_not_matched_for_another_business(library: Any) -> None:
    add(library, **HOURS)
    asked = {"question": HOURS["question"]}
    other = library.faqs.post(f"{PATH}/match", json=asked, tenant="another")
    assert other.json()["matches"] == []


def test_the_same_question_twice_is_a_conflict(library: Any) -> None:
    id = add(library, **HOURS)
    again = {"question": "  when ARE you  open", "answer": "Never."}
    refused = library.faqs.post(PATH, json=again)
    assert refused.status_code == 409
    assert refused.json()["message"] == f"faqs has the same already: {id}"


def test_a_question_that_was_renamed_may_be_asked_anew(library: Any) -> None:
    id = add(library, **HOURS)
    library.faqs.put(f"{PATH}/{id}", json=PRICE)
    assert add(library, **HOURS) != id
    assert library.faqs.get(f"{PATH}/{id}").json()["question"] == PRICE["question"]


def test_an_entry_is_replaced_at_the_version_that_was_read_alone(library: Any) -> None:
    id = add(library, **HOURS)
    old = library.faqs.get(f"{PATH}/{id}").headers["ETag"]
    changed = HOURS | {"answer": "From 8."}
    assert library.faqs.put(f"{PATH}/{id}", json=changed).status_code == 200
    late = {"json": HOURS, "headers": {"If-Match": old}}
    assert library.faqs.put(f"{PATH}/{id}", **late).status_code == 412


def test_what_a_write_answers_as_version_counts_until_the_next_write(
    library: Any,
) -> None:
    made = library.faqs.post(PATH, json=HOURS)
    library.pump()  # its vector comes
    path, tag = f"{PATH}/{made.json()['id']}", made.headers["ETag"]
    for answer in ("From 8.", "From 7."):
        change = {"json": HOURS | {"answer": answer}, "headers": {"If-Match": tag}}
        done = library.faqs.put(path, **change)
        library.pump()
        assert (done.status_code, done.json()["answer"]) == (200, answer)
        assert library.faqs.put(path, **change).status_code == 412
        tag = done.headers["ETag"]
    assert library.faqs.get(path).headers["ETag"] == tag
    assert matched(library, "opening times")["matches"]


def test_the_returned_score_is_what_the_threshold_cuts(library: Any) -> None:
    add(library, **HOURS)
    add(library, **PRICE)
    question = "When do you open and what does it cost?"
    scores = [m["score"] for m in matched(library, question, k=20)["matches"]]
    kept = matched(library, question, k=20, min_score=scores[0])["matches"]
    assert len(scores) == 2
    assert [m["score"] for m in kept] == [s for s in scores if s >= scores[0]]


def test_without_embeddings_matching_goes_on_by_words_and_says_so(
    library: Any,
) -> None:
    id = add(library, **HOURS)
    library.leave("embedding-generation")
    found = matched(library, "When are you open?")
    assert found["matches"][0]["id"] == id
    assert "embedding-generation" in found["degraded"]


def test_among_many_entries_those_that_are_near_are_found(library: Any) -> None:
    hours = add(library, **HOURS)
    few = matched(library, "what are your opening hours?")["matches"][0]
    many = [{"question": f"Is room {n} free?", "answer": "Ask us."} for n in range(60)]
    library.faqs.post(f"{PATH}/import", json=many)
    library.pump()
    found = matched(library, "what are your opening hours?", category="general")
    assert found["matches"][0]["id"] == hours == few["id"]


def test_a_category_narrows_what_is_matched(library: Any) -> None:
    add(library, **HOURS, category="visits")
    price = add(library, **PRICE, category="prices")
    found = matched(library, "When and for how much?", k=20, category="prices")
    assert [match["id"] for match in found["matches"]] == [price]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_is_exported_can_be_imported_and_changes_nothing(
    library: Any, kind: str
) -> None:
    odd = {"question": 'Is "it", new?', "answer": "Yes,\nfrom 9;\r\nreally: – €5"}
    add(library, **odd, tags=["a", "b,c"], priority=7)
    id = add(library, **HOURS)
    library.faqs.put(f"{PATH}/{id}", json=PRICE | {"answer": "=1+1"})
    before = library.faqs.get(f"{PATH}/export?format=json").json()
    exported = library.faqs.get(f"{PATH}/export?format={kind}")
    file = {"file": (f"faqs.{kind}", exported.content, "text/plain")}
    counts = library.faqs.post(f"{PATH}/import", files=file).json()
    assert counts == {"created": 0, "updated": 2, "rejected": []}
    assert (",=1" in exported.text, '"=1' in exported.text) == (False, kind == "json")
    assert library.faqs.get(f"{PATH}/export?format=json").json() == before


def test_a_large_import_is_taken_whole_and_matched_by_meaning(library: Any) -> None:
    rows = [{"question": f"Question {n}?", "answer": f"A{n}"} for n in range(250)]
    file = {"file": ("faqs.json", json.dumps([*rows, HOURS]).encode(), "text/plain")}
    counts = library.faqs.post(f"{PATH}/import", files=file).json()
    assert (counts["created"], counts["rejected"]) == (251, [])
    library.pump()
    found = matched(library, "opening times")["matches"][0]
    assert found["question"] == HOURS["question"]


def test_a_bad_row_is_reported_by_its_number_and_spoils_no_other(library: Any) -> None:
    table = "question,answer,priority\nWhat?,That.,1\n,nothing,1\nWho?,We.,high\n"
    file = {"file": ("faqs.csv", table.encode(), "text/csv")}
    counts = library.faqs.post(f"{PATH}/import", files=file).json()
    assert counts["created"] == 1
    assert [r["number"] for r in counts["rejected"]] == [2, 3]


def test_a_table_and_a_list_are_taken_as_the_body_itself(library: Any) -> None:
    table = 'question;answer;tags\nWhat?;That.;a;b\nWho?;We, here.;"x;y"\n'
    sent = {"content": table.encode(), "headers": {"Content-Type": "text/csv"}}
    counts = library.faqs.post(f"{PATH}/import", **sent).json()
    assert (counts["created"], [r["number"] for r in counts["rejected"]]) == (1, [1])
    listed = [HOURS, "what", HOURS | {"answer": "From 8.", "tags": ["z"]}]
    counts = library.faqs.post(f"{PATH}/import", json=listed).json()
    assert (counts["created"], [r["number"] for r in counts["rejected"]]) == (1, [1, 2])
    assert "row 3" in counts["rejected"][0]["reason"]
    found = library.faqs.get(PATH).json()["items"]
    assert {f["answer"]: f["tags"] for f in found} == {
        "We, here.": ["x", "y"],
        "From 8.": ["z"],
    }


def test_a_file_that_holds_no_entries_is_refused_and_changes_nothing(
    library: Any,
) -> None:
    file = {"file": ("faqs.json", b"{not json", "application/json")}
    assert library.faqs.post(f"{PATH}/import", files=file).status_code == 422
    assert library.faqs.get(PATH).json()["items"] == []


def test_unanswered_questions_are_counted_once_each(library: Any) -> None:
    for n, question in enumerate(["Do you fly?", "do you  FLY", "Do you swim?"]):
        event = QuestionUnanswered(conversation_id=f"c{n}", question=question)
        library.faqs.deliver(event, id=f"e{n}")
        library.faqs.deliver(event, id=f"e{n}")
    found = library.faqs.get(f"{PATH}/suggestions").json()["items"]
    assert [(s["question"].casefold().split()[-1], s["asked"]) for s in found] == [
        ("fly", 2),
        ("swim?", 1),
    ]


def test_what_an_entry_answers_is_suggested_no_longer(library: Any) -> None:
    for question in ("Do you fly?", "Do you swim?", "Do you row?"):
        asked = QuestionUnanswered(conversation_id="c", question=question)
        library.faqs.deliver(asked)
    fly = {"question": "do you FLY", "variants": ["Do you swim?"]}
    add(library, **fly, answer="We do.")
    add(library, question="Do you row?", answer="We might.", state="draft")
    [left] = library.faqs.get(f"{PATH}/suggestions").json()["items"]
    assert left["question"] == "Do you row?"


def test_a_deleted_conversations_words_are_no_suggestion(library: Any) -> None:
    for id, question in (("c1", "Do you fly?"), ("c2", "Can I swim?")):
        asked = QuestionUnanswered(conversation_id=id, question=question)
        library.faqs.deliver(asked)
    library.faqs.deliver(ConversationRemoved(conversation_id="c1"))
    [left] = library.faqs.get(f"{PATH}/suggestions").json()["items"]
    assert left["question"] == "Can I swim?"


def test_categories_and_lists_go_by_priority(library: Any) -> None:
    add(library, **HOURS, category="visit", priority=1)
    add(library, **PRICE, category="money", priority=9)
    listed = library.faqs.get(PATH).json()["items"]
    assert [f["category"] for f in listed] == ["money", "visit"]
    categories = library.faqs.get(f"{PATH}/categories").json()
    assert categories == {"money": 1, "visit": 1}


def test_a_deleted_entry_is_not_matched(library: Any) -> None:
    id = add(library, **HOURS)
    assert library.faqs.delete(f"{PATH}/{id}").status_code == 204
    assert matched(library, HOURS["question"])["matches"] == []
