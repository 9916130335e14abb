"""Recent: vectors of recent texts, so that the same text is embedded once."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Container, Sequence

import numpy as np
from numpy.typing import NDArray

from vectors._kept import keep

TURNS = 4  # requests that wait for their vectors side by side; each takes megabytes
Encode = Callable[[list[str]], Awaitable[NDArray[np.float32]]]


class Recent:
    """Vectors by model and content hash: those of at most *size* bytes, the oldest go
    first.

    *batch* is how many texts are encoded at once.
    """

    def __init__(self, size: int, batch: int) -> None:
        self._size, self._batch = size, batch
        self._turns = asyncio.Semaphore(TURNS)
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    async def rows(
        self, model: str, texts: Sequence[str], encode: Encode
    ) -> NDArray[np.float32]:
        """A row for each text; *encode* is asked for those that are not kept."""
        keys = {text: _digest(model, text) for text in texts}
        known = self._known(keys)
        if len(known) < len(keys):
            # Requests for the same texts often come together: who waited finds them.
            async with self._turns:
                known = self._known(keys)
                known |= await self._fresh(keys, known, encode)
        return np.stack([known[text] for text in texts])

    def _known(self, keys: dict[str, str]) -> dict[str, NDArray[np.float32]]:
        return {text: self._kept[k] for text, k in keys.items() if k in self._kept}

    async def _fresh(
        self, keys: dict[str, str], known: Container[str], encode: Encode
    ) -> dict[str, NDArray[np.float32]]:
        wanted = [text for text in keys if text not in known]
        made: dict[str, NDArray[np.float32]] = {}
        for start in range(0, len(wanted), self._batch):
            batch = wanted[start : start + self._batch]
            made.update(zip(batch, await encode(batch), strict=True))
        fresh = {keys[text]: row for text, row in made.items()}
        keep(self._kept, fresh, self._size)
        return made


def _digest(model: str, text: str) -> str:
    return hashlib.sha256(f"{model}\n{text}".encode()).hexdigest()
