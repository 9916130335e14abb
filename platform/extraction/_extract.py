"""The door: a file in, a document out."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from extraction._document import Extracted
from extraction._limits import Limits
from extraction._opened import Opened

Source = bytes | Path | AsyncIterator[bytes]
DEFAULT = Limits()


async def extract(source: Source, name: str, limits: Limits = DEFAULT) -> Extracted:
    """Read a file into text with structure; Refused when it cannot or may not be.

    *source* is the content, its path, or its pieces. *name* is only shown (it is the
    title of a document that has none): the type is decided by the content. Reading
    happens in a process of its own, which is ended after ``limits.seconds`` and when
    the caller is cancelled.
    """
    # The reading process imports this package too, and asyncio would cost it 8 MB.
    from extraction import _child

    return await _child.read(source, name, limits)


def opened(
    source: Source,
    name: str,
    budget_tokens: int = 180,
    overlap: int = 30,
    limits: Limits = DEFAULT,
) -> AbstractAsyncContextManager[Opened]:
    """`extract` and `chunk` in the other process, and what they make piece by piece.

    For what is too large to be held: it waits in a file until the block ends.
    """
    from extraction import _child

    return _child.opened(source, name, limits, (budget_tokens, overlap))
