"""Chunks are spans of the text, fit their budget, and lose nothing."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extraction
from extraction import Block, Extracted

BRIEF = settings(max_examples=40, deadline=None)
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1
)
SENTENCES = (
    st.lists(WORDS, min_size=1, max_size=9).map(" ".join).map(lambda words: f"{words}.")
)
TEXTS = st.lists(SENTENCES, min_size=1, max_size=4).map(" ".join)
KINDS = st.sampled_from(["heading", "paragraph", "paragraph", "list_item", "table_row"])
PARTS = st.lists(st.tuples(KINDS, TEXTS, st.integers(1, 6)), min_size=1, max_size=8)


def document(parts):
    """An Extracted of (kind, text, level of a heading)."""
    text, blocks = "", []
    for page, (kind, part, level) in enumerate(parts, 1):
        text += "\n\n" if text else ""
        depth = level if kind == "heading" else 0
        blocks.append(Block(kind, len(text), len(text) + len(part), page, depth))
        text += part
    return Extracted("Title", "english", "text/plain", len(parts), text, blocks)


def paragraph(text):
    return document([("paragraph", text, 0)])


def words(text):
    """A counter that is easy to predict."""
    return len(text.split())


DOCUMENTS = PARTS.map(document)
BUDGETS = st.integers(1, 60)


@BRIEF
@given(DOCUMENTS, BUDGETS, st.data())
def test_a_chunk_is_its_span_of_the_text(given_document, budget, data):
    overlap = data.draw(st.integers(0, budget - 1))
    for chunk in extraction.chunk(given_document, budget, overlap):
        assert given_document.text[chunk.start : chunk.end] == chunk.text
        assert chunk.text == chunk.text.strip()
        assert chunk.text


@BRIEF
@given(DOCUMENTS, BUDGETS, st.data())
def test_a_chunk_fits_its_budget(given_document, budget, data):
    overlap = data.draw(st.integers(0, budget - 1))
    for chunk in extraction.chunk(given_document, budget, overlap):
        assert extraction.estimate(chunk.text) <= budget


@BRIEF
@given(DOCUMENTS, BUDGETS, st.data())
def test_a_chunk_fits_when_its_parts_count_less_than_the_whole(
    given_document, budget, data
):
    """Characters: the white space between two sentences belongs to neither."""
    overlap = data.draw(st.integers(0, budget - 1))
    for chunk in extraction.chunk(given_document, budget, overlap, count=len):
        assert len(chunk.text) <= budget


@BRIEF
@given(DOCUMENTS, BUDGETS, st.data())
def test_every_character_is_in_a_chunk(given_document, budget, data):
    overlap = data.draw(st.integers(0, budget - 1))
    reached = 0
    for chunk in extraction.chunk(given_document, budget, overlap):
        assert not given_document.text[reached : chunk.start].strip()
        assert chunk.end > reached
        reached = chunk.end
    assert not given_document.text[reached:].strip()


@BRIEF
@given(DOCUMENTS, BUDGETS)
def test_without_overlap_no_character_is_in_two_chunks(given_document, budget):
    chunks = extraction.chunk(given_document, budget, 0)
    assert all(a.end <= b.start for a, b in itertools.pairwise(chunks))


@BRIEF
@given(DOCUMENTS, BUDGETS)
def test_chunking_is_deterministic(given_document, budget):
    once = extraction.chunk(given_document, budget, 0)
    assert once == extraction.chunk(given_document, budget, 0)


@BRIEF
@given(DOCUMENTS, st.integers(8, 60))
def test_a_chunk_knows_the_page_on_which_it_begins(given_document, budget):
    for chunk in extraction.chunk(given_document, budget, 0):
        [page] = [
            block.page
            for block in given_document.blocks
            if block.start <= chunk.start < block.end
        ]
        assert chunk.page == page


@BRIEF
@given(DOCUMENTS, BUDGETS)
def test_a_chunk_knows_where_in_it_further_pages_begin(given_document, budget):
    begins = {block.start: block.page for block in given_document.blocks}
    for chunk in extraction.chunk(given_document, budget, 0):
        within = range(chunk.start + 1, chunk.end)
        assert chunk.page_starts == [
            (at - chunk.start, page) for at, page in begins.items() if at in within
        ]


@BRIEF
@given(st.lists(SENTENCES, min_size=2, max_size=30), st.integers(20, 60))
def test_an_overlap_is_of_whole_sentences(some, budget):
    given_document = paragraph(" ".join(some))
    starts = {start for start, _ in extraction.sentences(given_document.text)}
    chunks = extraction.chunk(given_document, budget, budget // 3)
    for above, below in itertools.pairwise(chunks):
        if below.start < above.end:
            assert below.start in starts
            shared = given_document.text[below.start : above.end]
            assert extraction.estimate(shared) <= budget // 3


def test_sentences_overlap_by_as_many_as_fit():
    given_document = paragraph("One two. Three four. Five six. Seven eight. Nine ten.")
    chunks = extraction.chunk(given_document, 6, 4, count=words)
    assert [chunk.text for chunk in chunks] == [
        "One two. Three four. Five six.",
        "Three four. Five six. Seven eight.",
        "Five six. Seven eight. Nine ten.",
    ]


def test_an_overlap_leaves_room_for_something_new():
    chunks = extraction.chunk(paragraph("Aa. Bb. Cccc."), 8, 3, count=len)
    assert [chunk.text for chunk in chunks] == ["Aa. Bb.", "Cccc."]


def test_a_sentence_is_not_cut_when_it_fits():
    text = "A cleaning takes 30 min. Dr. Weber does it. It costs 80.50 euros in all."
    chunks = extraction.chunk(paragraph(text), 10, 0, count=words)
    assert [chunk.text for chunk in chunks] == [
        "A cleaning takes 30 min. Dr. Weber does it.",
        "It costs 80.50 euros in all.",
    ]


def test_only_a_sentence_above_the_budget_is_cut_and_between_words():
    chunks = extraction.chunk(paragraph("one two three four five"), 2, 0, count=words)
    assert [chunk.text for chunk in chunks] == ["one two", "three four", "five"]


def test_a_table_is_cut_between_its_rows():
    rows = [("table_row", f"Service: S{at}; Price: {at} euros", 0) for at in range(9)]
    chunks = extraction.chunk(document(rows), 12, 4, count=words)
    for chunk in chunks:
        assert chunk.text.startswith("Service:")
        assert chunk.text.endswith("euros")


def test_a_chunk_knows_its_path_of_headings():
    parts = [
        ("heading", "Guide", 1),
        ("paragraph", "Some words to begin with.", 0),
        ("heading", "Prices", 2),
        ("paragraph", "Cleaning costs eighty euros here.", 0),
        ("heading", "Contact", 1),
        ("paragraph", "Call us on any working day.", 0),
    ]
    chunks = extraction.chunk(document(parts), 8, 0, count=words)
    assert [chunk.section for chunk in chunks] == [
        ["Guide"],
        ["Guide", "Prices"],
        ["Contact"],
    ]
    assert chunks[1].text == "Prices\n\nCleaning costs eighty euros here."
    assert [chunk.section_starts for chunk in chunks] == [[], [], []]


def test_a_heading_is_never_a_chunk_when_text_follows():
    parts = [
        ("heading", "Handbook", 1),
        ("heading", "Part one", 2),
        ("heading", "Prices", 3),
        ("paragraph", "Cleaning costs eighty euros.", 0),
    ]
    [chunk] = extraction.chunk(document(parts), 50, 0, count=words)
    assert chunk.section == ["Handbook", "Part one", "Prices"]
    assert chunk.text.startswith("Handbook")


def test_tiny_sections_are_joined_under_what_they_share():
    parts = [("heading", "Questions", 1), ("paragraph", "Ask us. " * 30, 0)]
    for name in ("Parking", "Lift"):
        parts += [("heading", name, 2), ("paragraph", "Yes.", 0)]
    chunks = extraction.chunk(document(parts), 80, 0, count=words)
    assert chunks[-1].text.endswith("Parking\n\nYes.\n\nLift\n\nYes.")
    assert chunks[-1].section == ["Questions"]
    told = [(chunks[-1].text[at:][:4], path) for at, path in chunks[-1].section_starts]
    assert told == [
        ("Ques", ["Questions"]),
        ("Park", ["Questions", "Parking"]),
        ("Lift", ["Questions", "Lift"]),
    ]


def test_sections_of_different_chapters_stay_apart():
    parts = []
    for name in ("Cats", "Dogs"):
        parts += [("heading", name, 1), ("paragraph", "Welcome.", 0)]
    chunks = extraction.chunk(document(parts), 80, 0, count=words)
    assert [chunk.section for chunk in chunks] == [["Cats"], ["Dogs"]]


@pytest.mark.parametrize(("budget", "overlap"), [(0, 0), (5, 5), (5, -1)])
def test_an_impossible_budget_is_an_error(budget, overlap):
    with pytest.raises(ValueError):
        extraction.chunk(paragraph("Text."), budget, overlap)


@BRIEF
@given(WORDS, WORDS)
def test_adding_text_never_lowers_the_estimate(text, more):
    assert extraction.estimate(text) <= extraction.estimate(text + more)


@BRIEF
@given(st.text(), BUDGETS)
def test_any_text_can_be_chunked(text, budget):
    kept = " ".join(text.split())
    for chunk in extraction.chunk(paragraph(kept), budget, 0) if kept else []:
        assert extraction.estimate(chunk.text) <= budget


def test_chunks_of_a_read_file_are_verbatim(read):
    content = b"# Prices\n\nA *cleaning* costs 80.\n\n| A | B |\n|---|---|\n| 1 | 2 |\n"
    found = read(content)
    [chunk] = extraction.chunk(found)
    assert chunk.text == found.text[chunk.start : chunk.end]
    assert chunk._asdict().keys() == {
        "section",
        "page",
        "start",
        "end",
        "text",
        "page_starts",
        "section_starts",
    }
