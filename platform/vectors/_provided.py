"""Vectors of an endpoint that speaks OpenAI's protocol, each checked to be one."""

import base64
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import openai_endpoint
from malformed import UNREADABLE
from vectors import _chance
from vectors._bad import BadVector

Call = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]


class Provided:
    """The *model* at *url*, OpenAI's own where it is None.

    *call* makes each request, and repeats it as it sees fit: the SDK itself does not.
    ``chance`` is the cosine of texts that have nothing in common, known from the first
    vectors on.
    """

    provider = "openai"

    def __init__(self, key: str, url: str | None, model: str, call: Call) -> None:
        self.name, self._call = model, call
        self.chance, self._is_measured = 0.0, False
        self._hosted = openai_endpoint.Endpoint(key, url)

    async def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit rows, float32, one for each text; BadVector."""
        rows = await self._rows(texts)
        if not self._is_measured:
            with suppress(BadVector):
                self.chance = _chance.of(await self._rows(_chance.UNLIKE))
                self._is_measured = True
        return rows

    async def _rows(self, texts: list[str]) -> NDArray[np.float32]:
        body = {"model": self.name, "input": texts, "encoding_format": "base64"}
        post = partial(self._hosted.post, "/embeddings", body)
        try:
            answer = await self._call("POST /embeddings", post)
            told = sorted(answer["data"], key=_place)
            rows = np.array([_row(each["embedding"]) for each in told])
        except (self._hosted.refusal, *UNREADABLE) as exc:
            raise BadVector("the endpoint gave no vectors") from exc
        if rows.ndim != 2 or len(rows) != len(texts) or not np.isfinite(rows).all():
            raise BadVector("the endpoint gave no vector for each text")
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def _place(told: Any) -> int:
    """Which text it is of; those of an endpoint that does not tell are in order."""
    return told.get("index", 0)


def _row(told: str | list[float]) -> NDArray[np.float32]:
    """As base64, which takes a tenth of the memory, or where it is not known as a list
    of numbers."""
    if isinstance(told, str):
        return np.frombuffer(base64.b64decode(told), "<f4")
    return np.array(told, np.float32)
