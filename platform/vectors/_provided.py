"""Vectors of an endpoint that speaks OpenAI's protocol, each checked to be one."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectors._bad import BadVector

Call = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]


class Provided:
    """The *model* at *url*, OpenAI's own where it is None.

    *call* makes each request, and repeats it as it sees fit: the SDK itself does not.
    """

    provider = "openai"

    def __init__(self, key: str, url: str | None, model: str, call: Call) -> None:
        # Only where an endpoint is configured: the SDK takes 20 MB.
        from openai import AsyncOpenAI, OpenAIError

        client = AsyncOpenAI(api_key=key or "none", base_url=url, max_retries=0)
        self.name, self._call, self._refusal = model, call, OpenAIError
        self._create = partial(
            client.embeddings.create, model=model, encoding_format="float"
        )

    async def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit rows, float32, one for each text; BadVector."""
        create = partial(self._create, input=texts)
        try:
            answer = await self._call("POST /embeddings", create)
            rows = np.array([each.embedding for each in answer.data], np.float32)
        except (self._refusal, AttributeError, TypeError, ValueError) as exc:
            raise BadVector("the endpoint gave no vectors") from exc
        if rows.ndim != 2 or len(rows) != len(texts):
            raise BadVector("the endpoint gave no vector for each text")
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
