"""Libraries without the command-line programs that they bring along.

httpx and uvicorn import theirs whenever they are imported, and with them click, rich
and pygments: 5 MB of a pod's 50 that no service uses. To be imported before the rest of
the chassis; a library that is loaded already stays as it is.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


@contextmanager
def _instead(name: str, module: ModuleType | None) -> Iterator[None]:
    """Whoever imports *name* gets *module*; with None, an ImportError."""
    modules: dict[str, Any] = sys.modules
    modules[name] = module
    try:
        yield
    finally:
        del modules[name]


def _httpx() -> None:
    """As where the packages that its program needs are not installed."""
    with _instead("httpx._main", None):
        import_module("httpx")


def _uvicorn() -> None:
    """With its server; without ``uvicorn.run``, and ``uvicorn.main`` until imported."""
    program = ModuleType("uvicorn.main")
    vars(program).update(Server=None, main=None, run=None)
    with _instead(program.__name__, program):
        library = import_module("uvicorn")
    vars(library)["Server"] = import_module("uvicorn.server").Server
    del library.main, library.run


if "httpx" not in sys.modules:
    _httpx()
if "uvicorn" not in sys.modules:
    _uvicorn()
