"""The model: token ids to unit vectors."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings import _files, _tokens

_BLOCK = 1024


class Model:
    """Sentence vectors. Safe to share between threads; holds no state but a cache."""

    name = _files.NAME
    dimensions = _files.DIMENSIONS

    def __init__(self, matrix: NDArray[np.float16], tokens: _tokens.Tokenizer) -> None:
        self._matrix = matrix
        self._tokens = tokens

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit rows, float32, (len(texts), 256); a zero row for a text of no tokens."""
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            ids = self._tokens.ids(text)
            # A block at a time, so that a long text costs no memory of its length.
            for start in range(0, len(ids), _BLOCK):
                block = self._matrix.take(ids[start : start + _BLOCK], 0)
                row += block.astype(np.float32).sum(0)
            length = float(np.sqrt(np.square(row).sum()))
            if length:
                row /= length
        return rows


def load(path: Path | str | None = None) -> Model:
    """The model from a folder, by default ``embeddings.folder()``.

    Raises WeightsError, whose message says what to do.
    """
    where = Path(path) if path is not None else _files.folder()
    matrix = _files.matrix(where / _files.MATRIX)
    table = _files.mapped(where / _files.TABLE)
    head = len(_tokens.MAGIC)
    if len(table) != head + 8 * _tokens.SLOTS or table[:head] != _tokens.MAGIC:
        raise _files.WeightsError(
            f"{where / _files.TABLE} is not of this version: run "
            "`python -m embeddings.fetch --again`"
        )
    words = np.frombuffer(table, "<u8", _tokens.SLOTS, head)
    return Model(matrix, _tokens.Tokenizer(words.data.cast("B").cast("Q")))
