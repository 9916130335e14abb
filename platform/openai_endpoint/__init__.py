"""Hosted: requests to an endpoint that speaks OpenAI's protocol, through its SDK.

The SDK takes 18 MiB when it is imported as a whole; of what is here, 6. It signs,
sends, and says what an error means; models of its answers it need not have.
"""

import ssl
from collections.abc import Mapping
from typing import Any

import lazy_imports

# A model of everything that the interface knows; what a request needs is elsewhere.
TYPES = (
    "openai.types",
    "openai.types.chat",
    "openai.types.graders",
    "openai.types.responses",
    "openai.types.shared",
    "openai.types.shared_params",
)
# Another transport and another event loop, which its own client has where they are
# installed for whatever else.
UNUSED = ("aiohttp", "trio")

MOST = 16 * 2**20  # bytes of an answer

__all__ = ["Endpoint"]


class Endpoint:
    """The one at *url*, OpenAI's own where it is None. ``refusal`` is what the SDK
    raises; it repeats nothing by itself, and reads no more than *most* bytes."""

    def __init__(self, key: str, url: str | None, most: int = MOST) -> None:
        for package in TYPES:
            lazy_imports.later(package)
        with lazy_imports.absent(*UNUSED):
            from openai import AsyncOpenAI, DefaultAsyncHttpxClient, OpenAIError

            from openai_endpoint._bounded import Bounded

        async def bound(response: Any) -> None:
            response.stream = Bounded(response.stream, most)

        http = DefaultAsyncHttpxClient(
            verify=_trusted(url),
            # What is packed can be of any size when it is not.
            headers={"Accept-Encoding": "identity"},
            event_hooks={"response": [bound]},
        )
        self.refusal: type[Exception] = OpenAIError
        self._client = AsyncOpenAI(
            api_key=key or "none", base_url=url, max_retries=0, http_client=http
        )

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer's JSON; ``refusal`` otherwise, ValueError beyond *most*."""
        return await self._client.post(path, cast_to=object, body=dict(body))


def _trusted(url: str | None) -> ssl.SSLContext:
    """The system's authorities, which OpenSSL looks up one by one: to read a bundle of
    them all takes 4 MiB. None where nothing is encrypted."""
    if url and url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context()
