"""What services and contracts say of themselves: OpenAPI documents, event models.

Every module is imported in a process of its own, forked from one that has the chassis,
so that no import leaks into the next one's document.
"""

import importlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from filigree.declarations import Declaration
from filigree.operations import BUILT_IN, METHODS

# Settings that a module may read on import; nothing connects to them here.
SURROUNDINGS = {
    "FILIGREE_INTERNAL_KEYS": "generate",
    "FILIGREE_EGRESS": "/nonexistent",
    "DATABASE_URL": "postgresql://localhost/none",
    "NATS_URL": "nats://localhost:1",
}
DEADLINE = 120.0  # seconds for one module


@dataclass(frozen=True, slots=True)
class EventModel:
    """An event's pydantic model in contracts/<domain>/events.py, as JSON Schema."""

    type: str
    domain: str
    name: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Task:
    name: str
    module: str
    secrets: tuple[str, ...] = ()


Read = Callable[[str, str], Any]


def openapi(
    root: Path, services: Iterable[Declaration]
) -> tuple[dict[str, Any], list[str]]:
    """The OpenAPI documents by service, and what kept the others from having one."""
    tasks = [_Task(each.name, each.module, each.secrets) for each in services]
    documents: dict[str, Any] = {}
    wrong: list[str] = []
    for task, found, problem in _apart(root, _document, tasks):
        documents |= {task.name: found} if found else {}
        wrong += [f"{task.name}: {task.module}: {problem}"] if problem else []
    return documents, wrong


def events(root: Path) -> tuple[dict[str, EventModel], list[str]]:
    """The event models by type, and what is wrong with the others."""
    paths = sorted((root / "contracts").glob("*/events.py"))
    domains = [path.parent.name for path in paths]
    tasks = [_Task(domain, f"contracts.{domain}.events") for domain in domains]
    models: dict[str, EventModel] = {}
    wrong: list[str] = []
    for task, found, problem in _apart(root, _models, tasks):
        for model in found or ():
            if model.type in models:
                other = models[model.type].domain
                wrong.append(f"{model.type}: has a model in {other} and in {task.name}")
            models[model.type] = model
        wrong += [f"{task.module}: {problem}"] if problem else []
    return models, wrong


def _apart(
    root: Path, read: Read, tasks: Iterable[_Task]
) -> Iterator[tuple[_Task, Any, str | None]]:
    """(task, what *read* found, what went wrong) for each task."""
    # macOS: forking is unsafe once system libraries are loaded.
    method = "spawn" if sys.platform == "darwin" else "forkserver"
    context = multiprocessing.get_context(method)
    context.set_forkserver_preload(["chassis", __name__])
    if method == "forkserver":
        _let_only_us_hear_of_ctrl_c()
    with context.Pool(min(4, os.cpu_count() or 1), maxtasksperchild=1) as pool:
        waiting = [
            (task, pool.apply_async(_guarded, (str(root), read, task)))
            for task in tasks
        ]
        for task, answer in waiting:
            try:
                yield (task, *answer.get(DEADLINE))
            except multiprocessing.TimeoutError:
                yield task, None, f"its import did not end within {DEADLINE:.0f} s"


def _let_only_us_hear_of_ctrl_c() -> None:
    """It reaches every process of a terminal, and each would tell a traceback."""
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, heard)


def _guarded(root: str, read: Read, task: _Task) -> tuple[Any, str | None]:
    """Runs in the child, which ends afterwards: it may change its surroundings."""
    os.environ |= {key: os.environ.get(key, held) for key, held in SURROUNDINGS.items()}
    os.environ |= dict.fromkeys(task.secrets, "0" * 64)
    os.environ["FILIGREE_SERVICE"] = task.name
    sys.path.insert(0, root)
    for package in ("services", "contracts"):
        imported = importlib.import_module(package)
        imported.__path__ = [f"{root}/{package}", *imported.__path__]
    try:
        return read(task.name, task.module), None
    except (Exception, SystemExit) as exc:
        return None, f"{type(exc).__name__}: {exc}"


def _document(service: str, module: str) -> dict[str, Any]:
    document = importlib.import_module(module).app.openapi()
    # A service states the version it runs as; its contract does not change with that.
    document["info"]["version"] = "1"
    for path in BUILT_IN.values():
        document["paths"].pop(path, None)
    ids = [
        spec["operationId"]
        for item in document["paths"].values()
        for method, spec in item.items()
        if method in METHODS
    ]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise ValueError(f"operation ids used twice: {', '.join(twice)}")
    return document


def _models(domain: str, module: str) -> list[EventModel]:
    members = vars(importlib.import_module(module))
    return [
        EventModel(kind, domain, name, model.model_json_schema())
        for name, model in sorted(members.items())
        if isinstance(model, type)
        and model.__module__ == module
        and issubclass(model, BaseModel)
        and (kind := _event_type(model))
    ]


def _event_type(model: type[BaseModel]) -> str | None:
    """The event's type, where ``type: Literal["…"]`` makes the model an event."""
    field = model.model_fields.get("type")
    named = get_args(field.annotation) if field else ()
    is_literal = field is not None and get_origin(field.annotation) is Literal
    return named[0] if is_literal and len(named) == 1 else None
