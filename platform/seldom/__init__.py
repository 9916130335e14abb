"""Seldom: packages that a library imports for everybody, and hardly anyone uses.

``later`` lets one be imported without its contents, ``absent`` hides one for a while.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import util
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from typing import Any

__all__ = ["absent", "later"]

PATH = "__path__"  # of a package: where its submodules are


def later(name: str, *, parts: bool = False) -> None:
    """Run a package's own code only when something is asked of it by name.

    With *parts* its submodules can be imported without; else they ask it, too. One that
    is loaded already, or not installed, stays as it is.
    """
    spec = None if name in sys.modules else _found(name)
    if spec is None or spec.loader is None:
        return
    loader, running = spec.loader, RLock()
    module = sys.modules[name] = util.module_from_spec(spec)
    asking = set() if parts else {PATH}
    begun = False

    def of_its_own(what: str) -> Any:
        nonlocal begun
        with running:
            if not begun and (what in asking or not what.startswith("__")):
                begun = True
                vars(module)[PATH] = spec.submodule_search_locations
                loader.exec_module(module)
        if what not in vars(module):
            raise AttributeError(f"module {name!r} has no attribute {what!r}")
        return vars(module)[what]

    for each in asking:
        del vars(module)[each]
    vars(module)["__getattr__"] = of_its_own


def _found(name: str) -> ModuleSpec | None:
    """Where a package is, without importing what it is in."""
    within, _, _ = name.rpartition(".")
    if not within:
        return util.find_spec(name)
    around = _found(within)
    return around and PathFinder.find_spec(name, around.submodule_search_locations)


@contextmanager
def absent(name: str) -> Iterator[None]:
    """Whoever imports *name* inside the block finds that it is not installed."""
    modules: dict[str, Any] = sys.modules
    held = modules.get(name)
    modules[name] = None
    try:
        yield
    finally:
        del modules[name]
        if held is not None:
            modules[name] = held
