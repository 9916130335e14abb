"""Many small tuples of whole numbers, in a tenth of the memory of objects."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Packed(Sequence[T], Generic[T]):
    """Things that *make* makes of *width* numbers each, below 2**31."""

    def __init__(self, make: Callable[..., T], width: int) -> None:
        self._make, self._width = make, width
        self._numbers = array("i")

    def add(self, *numbers: int) -> None:
        self._numbers.extend(numbers)

    def __len__(self) -> int:
        return len(self._numbers) // self._width

    def __iter__(self) -> Iterator[T]:
        return map(self._at, range(len(self)))

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> list[T]: ...

    def __getitem__(self, at: int | slice) -> T | list[T]:
        which = range(len(self))[at]
        return [*map(self._at, which)] if isinstance(which, range) else self._at(which)

    def _at(self, at: int) -> T:
        start = at * self._width
        return self._make(*self._numbers[start : start + self._width])
