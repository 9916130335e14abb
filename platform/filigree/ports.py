"""Whether the mesh's ports are free, and whose they are when they are not."""

import errno
import socket
from collections.abc import Iterable

import psutil

from filigree import hint
from filigree.declarations import Declaration
from filigree.mesh_error import MeshError

MOST_SHOWN = 5


def require(declarations: Iterable[Declaration], offset: int) -> None:
    """MeshError names each port that is taken, by whom if that can be seen."""
    taken = [each for each in declarations if not _is_free(each.port + offset)]
    if not taken:
        return
    holders = _holders({each.port + offset for each in taken})
    said = [
        f"port {each.port + offset} ({each.name}) is taken by "
        + holders.get(each.port + offset, "another process")
        for each in taken
    ]
    if len(said) > MOST_SHOWN:
        said[MOST_SHOWN:] = [f"… and {len(said) - MOST_SHOWN} more"]
    elsewhere = hint.command("up", offset + 1000)
    raise MeshError(
        "\n".join(said),
        f"Stop that process, or run on other ports: {elsewhere}",
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As Envoy binds: a connection of a mesh that has just ended does not matter.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError as exc:
            if exc.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def _holders(ports: set[int]) -> dict[int, str]:
    """``process 4711 (python3)`` by port, of those whose owner may be seen."""
    try:
        listening = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return {}
    found = {}
    for each in listening:
        if each.status == psutil.CONN_LISTEN and each.pid and each.laddr[1] in ports:
            found[each.laddr[1]] = f"process {each.pid} ({_name(each.pid)})"
    return found


def _name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return "gone by now"
