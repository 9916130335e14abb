"""What a running mesh does when asked over its control channel."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any

from filigree import breakers, hint, memory
from filigree.edges import Mesh
from filigree.envoy_listeners import Fault
from filigree.mesh_error import MeshError
from filigree.processes import Kept
from filigree.supervisor import ENGINES, Supervisor

Row = dict[str, Any]


class Commands:
    """Each order is a method's name without its ``do_``; the rest are its arguments."""

    def __init__(self, supervisor: Supervisor, resolve: Callable[[], Mesh]) -> None:
        self._mesh = supervisor
        self._resolve = resolve
        self.phase = "starting"
        self.banner = ""

    async def __call__(self, asked: dict[str, Any]) -> Any:
        known: dict[str, Callable[..., Awaitable[Any]]] = {
            "ps": self.ps,
            "status": self.status,
            "down": self.down,
            "restart": self.restart,
            "kill": self.kill,
            "pause": self.pause,
            "fault": self.fault,
            "mend": self.mend,
        }
        do = asked.get("do", "")
        if do not in known:
            raise MeshError(f"the running mesh does not know {do!r}")
        rest = {name: value for name, value in asked.items() if name != "do"}
        return await known[do](**rest)

    async def status(self) -> Row:
        """How far the start is, for who waits for it."""
        kept = self._mesh.kept.values()
        return {
            "phase": self.phase,
            "banner": self.banner,
            "ready": [each.name for each in kept if each.state == "ready"],
            "services": list(self._mesh.mesh.declarations),
        }

    async def ps(self, name: str = "") -> dict[str, Any]:
        """A row for each process, or for the one of that name; memory in bytes."""
        broken = await breakers.ejected(self._mesh.held)
        if name in self._mesh.kept:
            kept = self._mesh.kept[name]
            rows = [await asyncio.to_thread(self._row, kept, broken.get(name, []))]
        else:
            rows = await asyncio.to_thread(self._rows, broken)
        return {"rows": rows, "seconds": time.monotonic() - self._mesh.began}

    def _rows(self, broken: dict[str, list[str]]) -> list[Row]:
        rows = [
            self._row(kept, broken.get(name, []))
            for name, kept in sorted(self._mesh.kept.items(), key=_order)
        ]
        nurseries = [("nursery", pid) for pid in self._mesh.nurseries.pids]
        for name, pid in (*nurseries, ("supervisor", None)):
            taken = memory.alone(pid) if pid else memory.own()
            rows.append(
                {
                    "name": name,
                    "kind": "mesh",
                    "pid": pid or memory.PID,
                    "state": "ready",
                }
                | _told(taken)
            )
        return rows

    def _row(self, kept: Kept, broken: list[str]) -> Row:
        declaration = self._mesh.mesh.declarations.get(kept.name)
        fault = self._mesh.faults.get(kept.name)
        return {
            "name": kept.name,
            "kind": "service" if declaration else "engine",
            "domain": declaration.domain if declaration else "",
            "port": kept.port,
            "pid": kept.pid,
            "state": "broken" if fault else kept.state,
            "startup": kept.startup,
            "restarts": kept.restarts,
            "breaker": broken,
        } | _told(memory.of(kept.pid))

    async def down(self) -> str:
        self._mesh.stopping.set()
        return "stopping"

    async def restart(self, name: str = "") -> str:
        """One service, or with no name every one, as they are declared now.

        MeshError when a declaration is wrong: nothing is restarted then.
        """
        await self._mesh.adopt(await asyncio.to_thread(self._resolve))
        if name:
            self._known(name)
            await self._mesh.renew(name)
        else:
            await self._mesh.renew_all()
        return "restarted"

    async def kill(self, name: str) -> str:
        """SIGKILL, as the kernel does when memory is short."""
        kept = self._known(name)
        if kept.handle:
            kept.handle.send_signal(signal.SIGKILL)
        return f"{name} was killed; it starts again by itself"

    async def pause(self, name: str) -> str:
        """SIGSTOP: it takes connections and answers none."""
        self._known(name).pause(True)
        return f"{name} is frozen until: {self._mending(name)}"

    async def fault(self, name: str, status: int | None, delay: float) -> str:
        """Let every caller of a service see an error, or wait."""
        self._known(name, engines=False)
        self._mesh.fail({**self._mesh.faults, name: Fault(status, delay)})
        what = f"answers {status}" if status else f"takes {delay:g} s longer"
        return f"{name} {what} until: {self._mending(name)}"

    def _mending(self, name: str) -> str:
        return hint.command(f"break {name} --mend", self._mesh.held.offset)

    async def mend(self, name: str) -> str:
        """Undo whatever was done to it."""
        kept = self._known(name)
        if kept.state == "paused":
            kept.pause(False)
        if name in self._mesh.faults:
            left = {k: v for k, v in self._mesh.faults.items() if k != name}
            self._mesh.fail(left)
        return f"{name} is as it was"

    def _known(self, name: str, *, engines: bool = True) -> Kept:
        names = [each for each in self._mesh.kept if engines or each not in ENGINES]
        if name in names:
            return self._mesh.kept[name]
        if name in self._mesh.kept:
            raise MeshError(f"{name} is an engine: --kill and --pause break it")
        raise hint.absent(name, names)


def _order(item: tuple[str, Kept]) -> tuple[bool, int, str]:
    """Services by port, then engines by name."""
    name, kept = item
    return kept.port is None, kept.port or 0, name


def _told(taken: memory.Memory) -> Row:
    return {"pss": taken.pss, "rss": taken.rss, "anonymous": taken.anonymous}
