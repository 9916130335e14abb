"""The tokenizer gives the ids of the published one, whatever the text."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import _files, _tokens
from embeddings.fetch import entries

RECORDED = json.loads(Path(__file__).with_name("tokens.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def tokens() -> _tokens.Tokenizer:
    table = _files.mapped(_files.folder() / _files.TABLE)
    return _tokens.Tokenizer(table[len(_tokens.MAGIC) :].cast("Q"))


@pytest.mark.parametrize(("text", "ids"), RECORDED)
def test_ids_are_those_of_the_published_tokenizer(tokens, text, ids):
    assert tokens.ids(text) == ids


def test_a_repeated_text_keeps_its_ids(tokens):
    for text, ids in RECORDED * 2:
        assert tokens.ids(text) == ids


def test_control_token_names_in_a_text_are_text(tokens):
    assert not {0, 1, 2} & set(tokens.ids("say <s> or </s> or <unk> aloud"))


@given(st.text())
def test_every_text_has_ids_of_the_vocabulary(tokens, text):
    ids = tokens.ids(text)
    assert bool(ids) == bool(text)
    assert all(0 <= token < _files.TOKENS for token in ids)


def test_a_surrogate_half_does_not_fail(tokens):
    assert tokens.ids("broken \ud800 half")


def test_a_long_text_without_spaces_is_encoded_whole(tokens):
    assert len(tokens.ids("x" * 20_000)) < 20_000


def brute(vocabulary: list[str], merges: list[str], text: str) -> list[str]:
    """Byte-pair encoding as its paper has it: one merge a step, by rank."""
    parts = list(text)
    while True:
        pairs = [f"{a} {b}" for a, b in itertools.pairwise(parts)]
        ranked = [(merges.index(p), at) for at, p in enumerate(pairs) if p in merges]
        if not ranked:
            return parts
        _, at = min(ranked)
        parts[at : at + 2] = ["".join(parts[at : at + 2])]


@given(st.text("ab", min_size=1, max_size=12))
def test_merging_follows_rank_then_position(text):
    vocabulary = ["<unk>", "▁", "a", "b", "aa", "ab", "aab", "aaa", "ba", "abab"]
    merges = ["a a", "a b", "aa a", "a aa", "aa b", "b a", "ab ab"]
    model = {"vocab": {piece: i for i, piece in enumerate(vocabulary)}}
    content = json.dumps({"model": {**model, "merges": merges}}).encode()
    table = memoryview(_tokens.compiled(entries(content)))
    tokenizer = _tokens.Tokenizer(table[len(_tokens.MAGIC) :].cast("Q"))
    found = [vocabulary[token] for token in tokenizer.ids(text)]
    assert found == ["▁", *brute(vocabulary, merges, text)]
