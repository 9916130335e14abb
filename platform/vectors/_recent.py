"""Recent: vectors of recent texts, so that the same text is embedded once."""

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[list[str]], Awaitable[NDArray[np.float32]]]


class Recent:
    """Vectors by model and content hash: at most *most*, the oldest go first.

    *batch* is how many texts are encoded at once.
    """

    def __init__(self, most: int, batch: int) -> None:
        self._most, self._batch = most, batch
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    async def rows(
        self, model: str, texts: Sequence[str], encode: Encode
    ) -> NDArray[np.float32]:
        """A row for each text; *encode* is asked for those that are not kept."""
        keys = {text: _digest(model, text) for text in texts}
        known = {text: self._kept[k] for text, k in keys.items() if k in self._kept}
        wanted = [text for text in keys if text not in known]
        for start in range(0, len(wanted), self._batch):
            batch = wanted[start : start + self._batch]
            known.update(zip(batch, await encode(batch), strict=True))
        self._keep({keys[text]: known[text] for text in wanted})
        return np.stack([known[text] for text in texts])

    def _keep(self, fresh: dict[str, NDArray[np.float32]]) -> None:
        self._kept.update(fresh)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _digest(model: str, text: str) -> str:
    return hashlib.sha256(f"{model}\n{text}".encode()).hexdigest()
