"""Engines that are not the mesh's own: whether they are there, and will do."""

import os
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

from filigree import engines
from filigree.mesh_error import MeshError

PORTS = {"DATABASE_URL": 5432, "NATS_URL": 4222}
SCHEMES = {"DATABASE_URL": ("postgresql", "postgres"), "NATS_URL": ("nats", "tls")}
WITHIN = 30.0  # seconds to ask a bus


def is_named(variable: str, given: Mapping[str, str]) -> bool:
    """Whether an engine is named by *variable*; MeshError when that will not do."""
    if not (url := given.get(variable)):
        return False
    mend = f"Mend it, or unset {variable} and the mesh runs its own."
    scheme = SCHEMES[variable][0]
    if urlsplit(url).scheme not in SCHEMES[variable]:
        raise MeshError(f"{variable} is no address: {scheme}://… is wanted", mend)
    _require_there(variable, url)
    if variable == "NATS_URL":
        _require_bus(url, mend)
    return True


def _require_there(variable: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.hostname is None:
        return
    try:
        port = parts.port or PORTS[variable]
    except ValueError as exc:
        raise MeshError(f"{variable} names no port: {exc}") from exc
    try:
        engines.reach(parts.hostname, port)
    except OSError as exc:
        raise MeshError(
            f"{variable} names {parts.hostname}:{port}, where nothing answers: {exc}",
            f"Start it, or unset {variable} and the mesh runs its own.",
        ) from exc


def _require_bus(url: str, mend: str) -> None:
    """Nobody else would tell: without a bus services start, and events wait."""
    asked = subprocess.run(
        [sys.executable, "-m", "filigree.outside_bus"],
        env={**os.environ, "NATS_URL": url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN,
    )
    if asked.returncode:
        why = asked.stdout.strip() or asked.stderr.strip()[-300:]
        raise MeshError(f"the NATS that NATS_URL names will not do: {why}", mend)
