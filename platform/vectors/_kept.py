"""How much of what was embedded is kept."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import TypeVar

V = TypeVar("V")  # bytes, or an array


def keep(kept: OrderedDict[str, V], fresh: Mapping[str, V], size: int) -> None:
    """Add *fresh* to what is *kept*, and let the oldest go until *size* bytes are left.

    All are as long as the last one, but for a model's that is on its way out.
    """
    kept.update(fresh)
    while kept and len(kept) * memoryview(next(reversed(kept.values()))).nbytes > size:
        kept.popitem(last=False)
