"""Libraries without what a service never uses of them: 9 MB of a pod's 50.

httpx and uvicorn import their command-line programs, and with them click, rich and
pygments; FastAPI imports Pydantic's whole first version to tell its models from those
of today, and has validators built of all that OpenAPI consists of. To be imported
before the rest of the chassis; a library that is loaded already stays as it is.
"""

import sys
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import pydantic


def without(missing: str, library: str) -> ModuleType:
    """*library*, imported as where *missing* is not installed."""
    modules: dict[str, Any] = sys.modules
    held = {missing: modules[missing]} if missing in modules else {}
    modules[missing] = None
    try:
        return import_module(library)
    finally:
        del modules[missing]
        modules |= held


def _httpx() -> None:
    """As where the packages that its program needs are not installed."""
    without("httpx._main", "httpx")


def _uvicorn() -> None:
    """With its server; without ``uvicorn.run``, ``uvicorn.main`` until imported, and
    what configures logging, which a service does itself."""
    logs = "logging.config"
    if logs not in sys.modules:
        sys.modules[logs] = ModuleType(logs)
    program = ModuleType("uvicorn.main")
    vars(program).update(Server=None, main=None, run=None)
    sys.modules[program.__name__] = program
    library = import_module("uvicorn")
    del sys.modules[program.__name__]
    vars(library)["Server"] = import_module("uvicorn.server").Server
    del library.main, library.run
    if not hasattr(sys.modules[logs], "dictConfig"):
        del sys.modules[logs]


def _pydantic() -> None:
    """With a first version that has no models, until somebody imports the real one,
    which then takes the place of this."""
    none = type("BaseModel", (), {})
    vars(pydantic)["v1"] = SimpleNamespace(BaseModel=none)


def _fastapi() -> None:
    """Its models of OpenAPI are built by whoever first describes an application."""
    config = pydantic.BaseModel.model_config
    config["defer_build"] = True
    try:
        import_module("fastapi.openapi.models")
    finally:
        del config["defer_build"]


if "httpx" not in sys.modules:
    _httpx()
if "uvicorn" not in sys.modules:
    _uvicorn()
if "pydantic.v1" not in sys.modules:
    _pydantic()
if "fastapi" not in sys.modules:
    _fastapi()
