"""Seldom: packages that a library imports for everybody, and hardly anyone uses.

``later`` lets one be imported without its contents, ``absent`` hides one for a while.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import util
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import Any

__all__ = ["absent", "later"]

_running = RLock()


class _Later(ModuleType):
    """A package whose own code has not run yet."""

    def __getattr__(self, what: str) -> Any:
        with _running:
            if type(self) is _Later and not what.startswith("__"):
                self.__class__ = ModuleType
                vars(self)["__loader__"].exec_module(self)
        if what not in vars(self):
            raise AttributeError(f"module {self.__name__!r} has no attribute {what!r}")
        return vars(self)[what]


def later(name: str) -> None:
    """Run a package's own code only when something is asked of it by name.

    Its submodules can be imported without. One that is loaded already, or not
    installed, stays as it is.
    """
    spec = None if name in sys.modules else _found(name)
    if spec is not None:
        module = sys.modules[name] = util.module_from_spec(spec)
        module.__class__ = _Later


def _found(name: str) -> ModuleSpec | None:
    """Where a package is, without importing what it is in."""
    within, _, _ = name.rpartition(".")
    if not within:
        return util.find_spec(name)
    around = _found(within)
    return around and PathFinder.find_spec(name, around.submodule_search_locations)


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Whoever imports one of these inside the block finds that it is not installed."""
    modules: dict[str, Any] = sys.modules
    held = {name: modules[name] for name in names if name in modules}
    modules |= dict.fromkeys(names)
    try:
        yield
    finally:
        for name in names:
            del modules[name]
        modules |= held
