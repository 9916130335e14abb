"""Borrowed: vectors that another service makes, kept so that it is asked once."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vectors._bad import BadVector
from vectors._kept import keep


class Made(NamedTuple):
    """Vectors, their model, and the cosine that texts have by chance in it."""

    model: str
    rows: NDArray[np.float32]
    chance: float = 0.0


Ask = Callable[[list[str]], Awaitable[Made]]
TRIES = 3


class Borrowed:
    """Vectors that somebody else makes, kept at half precision while their model stays
    the same: those of at most *size* bytes that were wanted last, *batch* asked for
    at once."""

    def __init__(self, size: int, batch: int) -> None:
        self._size, self._batch = size, batch
        self._model = ("", 0)  # its name, and the length of its vectors
        self._chance = 0.0
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    async def rows(self, texts: Sequence[str], ask: Ask) -> NDArray[np.float32]:
        """A row for each text. *ask* is asked for those that are not kept, and tells
        their model: with another one, by its name or by how long its vectors are, all
        that was kept is asked for again.

        BadVector while the model keeps changing.
        """
        for _ in range(TRIES):
            if (found := await self._found(texts, ask)) is not None:
                rows = np.frombuffer(b"".join(found), np.float16)
                return rows.astype(np.float32).reshape(len(texts), -1)
        raise BadVector("the vectors are of several models")

    async def chance(self, text: str, ask: Ask) -> float:
        """The cosine that texts have by chance, by the model in use; where none is
        known yet, *text* is asked for."""
        if not self._kept:
            await self.rows([text], ask)
        return self._chance

    async def _found(self, texts: Sequence[str], ask: Ask) -> list[bytes] | None:
        """The rows, or None where some are of another model than those kept."""
        before, known = self._model, {}
        wanted = []
        for text in dict.fromkeys(texts):
            if text in self._kept:
                self._kept.move_to_end(text)
                known[text] = self._kept[text]
            else:
                wanted.append(text)
        fresh: dict[str, bytes] = {}
        for start in range(0, len(wanted), self._batch):
            batch = wanted[start : start + self._batch]
            name, rows, chance = await ask(batch)
            model = (name, rows.shape[1])
            if model != before:
                self._kept.clear()
                self._model, self._chance = model, chance
                return None
            fresh.update(zip(batch, map(bytes, rows.astype(np.float16)), strict=True))
        keep(self._kept, fresh, self._size)
        known |= fresh
        return [known[text] for text in texts]
