"""The supervisor: starts the engines and the services, keeps them, and stops them all.

Engines and the nursery start at once; a service starts as soon as the nursery can bear
it, and only the one that owns the database waits for the engines. Whatever ends is
started again. On the way out, services drain before the engines that they use stop.
"""

import asyncio
import fcntl
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from typing import IO

from filigree import (
    breakers,
    engines,
    engines_nats,
    environment,
    envoy,
    hint,
    limits,
    lineup,
    ports,
    sources,
    tokens,
)
from filigree.child import Order
from filigree.control import ControlServer, Do
from filigree.edges import AGENT, STORE, Mesh
from filigree.envoy_listeners import Fault
from filigree.lineup import Tell
from filigree.log_intake import LogIntake
from filigree.log_ship import LOGGING, LogShipper
from filigree.mesh_error import MeshError
from filigree.nurseries import Nurseries
from filigree.nursery_client import Child, NurseryClient
from filigree.orphans import LINUX, Guardian
from filigree.processes import Kept
from filigree.state import State

ENGINES_WITHIN = 60.0  # seconds until the engines answer
ENGINES = frozenset(("envoy", "nats", "postgres"))


class Supervisor:
    """A running mesh. ``tell`` gets (kind, text) of whatever happens."""

    def __init__(self, held: State, mesh: Mesh, tell: Tell) -> None:
        self.held, self.mesh, self.tell = held, mesh, tell
        self.began = time.monotonic()
        self.kept: dict[str, Kept] = {}
        self.faults: dict[str, Fault] = {}
        self.returns: dict[str, int] = {}
        self.notes: list[str] = []
        self.stopping = asyncio.Event()
        log = held.logs / "nursery.log"
        self.nurseries = Nurseries(lambda: NurseryClient(held.root, log))
        self._keys = ""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._shipper = LogShipper(held, self._token)
        self._intake = LogIntake(held.log_intake, held.logs, self._take)

    @property
    def services(self) -> dict[str, Kept]:
        return {name: kept for name, kept in self.kept.items() if name not in ENGINES}

    @property
    def engines(self) -> dict[str, Kept]:
        return {name: kept for name, kept in self.kept.items() if name in ENGINES}

    def _token(self) -> str:
        # A file that is being edited keeps no line from being shipped.
        with suppress(MeshError):
            self._keys = environment.internal_keys(self.held)
        return tokens.mint(self._keys, "_platform", AGENT, ["service"], AGENT)

    def _take(self, service: str, line: bytes) -> None:
        if LOGGING in self.mesh.declarations:
            self._shipper.take(service, line)

    async def run(self, do: Do, then: Callable[[], Awaitable[None]]) -> None:
        """Be the mesh until ``stopping`` is set. Nothing that it started survives it.

        *do* carries out control orders; *then* runs once every process was started.
        MeshError when it cannot start.
        """
        self.held.prepare()
        limits.open_files()
        with _locked(self.held):
            ports.require(self.mesh.declarations.values(), self.held.offset)
            self._on_signals()
            async with AsyncExitStack() as stack:
                stack.push_async_callback(self._stop)
                control = ControlServer(self.held.control, do)
                await control.start()
                stack.callback(control.close)
                await self._unless_stopped(self._live(then))

    def _on_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(each, self._asked_to_stop)

    def _asked_to_stop(self) -> None:
        if self.stopping.is_set():
            # Asked twice: whoever asks does not want to wait for the drain.
            self._kill()
        self.stopping.set()

    async def _unless_stopped(self, living: Awaitable[None]) -> None:
        life = asyncio.ensure_future(living)
        stopped = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({life, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if life.done():
            return life.result()
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life

    async def _live(self, then: Callable[[], Awaitable[None]]) -> None:
        self.render()
        await self._intake.start()
        if not LINUX:
            self._run("guarding", self._guard(Guardian()))
        await self._start_all()
        self._run("shipping", self._shipper.run())
        await then()
        await asyncio.Event().wait()

    async def _start_all(self) -> None:
        self._run("bearing", self.nurseries.start())
        programs = await asyncio.to_thread(lineup.programs, self.mesh, self.held)
        self.notes += [program.note for program in programs if program.note]
        for program in programs:
            self._keep(lineup.engine(program, self.tell))
        await self._tasks["bearing"]
        for name in self.mesh.declarations:
            if name != STORE:
                self.add(name)
        await asyncio.gather(*(self._engine_ready(each.name) for each in programs))
        if STORE in self.mesh.declarations:
            self.add(STORE)

    def add(self, name: str) -> None:
        """Start a service of the mesh and keep it."""
        declaration = self.mesh.declarations[name]
        self._keep(lineup.service(declaration, self.held, self._bear, self._told))

    def _told(self, kind: str, text: str) -> None:
        """What a service's keeper tells; of one that is ready, *text* is its name."""
        self.tell(kind, text)
        if kind == "ready":
            self._returned(text)

    def _returned(self, name: str) -> None:
        """Give a service that is ready again a chance with who had given it up."""
        first = name not in self.returns
        self.returns[name] = 0 if first else self.returns[name] + 1
        if not first:
            self.render()

    async def drop(self, name: str) -> None:
        """Stop a service that is no longer part of the mesh."""
        self._tasks.pop(name).cancel()
        await self.kept.pop(name).close()

    async def _bear(self, order: Order) -> Child:
        return await self.nurseries.spawn(order)

    def _keep(self, kept: Kept) -> None:
        self.kept[kept.name] = kept
        self._run(kept.name, kept.keep())

    def _run(self, name: str, work: Awaitable[None]) -> None:
        self._tasks[name] = asyncio.ensure_future(work)

    async def _engine_ready(self, name: str) -> None:
        log = self.held.logs / f"{name}.log"
        ready = lineup.first_ready(self.kept[name], self._tasks[name])
        with suppress(TimeoutError):
            async with asyncio.timeout(ENGINES_WITHIN):
                if await ready:
                    return
        raise MeshError(
            f"{name} does not start; {log} ends with:", *engines.tail(log).splitlines()
        )

    async def until_ready(self, deadline: float) -> bool:
        """Whether every service is ready; returns when it is known, or too late."""
        waits = [
            lineup.first_ready(kept, self._tasks[name])
            for name, kept in self.services.items()
        ]
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                complete = all(await asyncio.gather(*waits))
                ready = {n for n, kept in self.services.items() if kept.first.is_set()}
                await breakers.proven(self.held, ready)
                return complete
        return False

    def render(self) -> None:
        """Write Envoy's files; a running Envoy takes them at once."""
        rendered = envoy.render(self.mesh, self.held, self.faults, self.returns)
        envoy.write(rendered, self.held)

    def fail(self, faults: Mapping[str, Fault]) -> None:
        """Let these services fail as told, and no others."""
        self.faults = dict(faults)
        self.render()

    async def adopt(self, mesh: Mesh) -> None:
        """Make *mesh* the one that runs: its edges at once, its services as needed.

        MeshError when a port of it is taken, and nothing changes then; or when services
        do not start: the others do, and what was there before goes on.
        """
        held = {each.port for each in self.mesh.declarations.values()}
        added = [each for each in mesh.declarations.values() if each.port not in held]
        ports.require(added, self.held.offset)
        before, self.mesh = self.mesh, mesh
        self.render()
        self._configure_bus()
        for name in before.declarations.keys() - mesh.declarations.keys():
            await self.drop(name)
        for name, kept in self.services.items():
            kept.port = mesh.declarations[name].port + self.held.offset
        for name in mesh.declarations.keys() - before.declarations.keys():
            self.add(name)
        await self.renew(*lineup.ordered_anew(before, mesh, self.held))

    def _configure_bus(self) -> None:
        if bus := self.kept.get("nats"):
            engines_nats.configure(self.held, self.mesh.declarations.values())
            if bus.handle:
                bus.handle.send_signal(signal.SIGHUP)

    async def renew(self, *names: str) -> None:
        """New processes of services take over; an engine stops and starts.

        Every service is renewed when what they inherit is newer than the nursery.
        MeshError names those that do not start; the others are renewed all the same.
        """
        newest = await asyncio.to_thread(sources.newest_forked, self.held.root)
        if not ENGINES.issuperset(names) and newest > self.nurseries.born:
            return await self.renew_all()
        await self._renew_each(names)

    async def _renew_each(self, names: Iterable[str]) -> None:
        wrong = []
        for name in names:
            try:
                await self._renew(name)
            except TimeoutError:
                wrong.append(f"{name} takes too long to start")
            except MeshError as exc:
                wrong.append(str(exc))
        if wrong:
            raise MeshError("\n".join(wrong))

    async def _renew(self, name: str) -> None:
        kept = self.kept[name]
        # What was not ready serves nobody: its successor need not wait for it.
        if name in ENGINES or kept.state in ("starting", "crashed"):
            return await kept.restart()
        declaration = self.mesh.declarations[name]
        await lineup.renew(kept, declaration, self.held, self._bear)
        self._returned(name)

    async def renew_all(self) -> None:
        """Every service, from a nursery that has imported everything anew.

        MeshError when it cannot, or when services do not start: what was there goes on.
        """
        await self.nurseries.replace()
        await self._renew_each(self.services)

    async def _guard(self, guardian: Guardian) -> None:
        """Where the kernel does not, see to it that nothing outlives this process."""
        known: set[int] = set()
        try:
            while True:
                running = {kept.pid for kept in self.kept.values() if kept.pid}
                guardian.watch(running - known, forget=known - running)
                known = running
                await asyncio.sleep(1.0)
        finally:
            guardian.dismiss()

    def _kill(self) -> None:
        for kept in self.kept.values():
            if kept.pid:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(kept.pid, signal.SIGKILL)

    async def _stop(self) -> None:
        if not self._tasks:
            return
        self.tell("stopping", "stopping everything")
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await asyncio.gather(*(kept.close() for kept in self.services.values()))
        await self.nurseries.close()
        await asyncio.gather(*(kept.close() for kept in self.engines.values()))
        self._intake.close()
        self.held.leave()
        self.tell("stopped", "everything is stopped")


def _locked(held: State) -> IO[str]:
    """Hold the state's lock, which the kernel drops however this process ends."""
    file = held.lock.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise MeshError(
            f"the mesh already runs here (process {holder})",
            f"See it: {hint.command('ps', held.offset)}",
            f"Stop it: {hint.command('down', held.offset)}",
        ) from exc
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
