"""Bodies that end where they become too long, whatever an endpoint goes on sending."""

from collections.abc import AsyncIterator

from httpx2 import AsyncByteStream


class Bounded(AsyncByteStream):
    """*whole* as it comes; ValueError beyond *most* bytes."""

    def __init__(self, whole: AsyncByteStream, most: int) -> None:
        self._whole, self._left = whole, most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._whole:
            self._left -= len(piece)
            if self._left < 0:
                raise ValueError("the answer is longer than any may be")
            yield piece

    async def aclose(self) -> None:
        await self._whole.aclose()
