"""Service discovery: which services there are, and where each can be reached now.

Calls      database-operations; the readiness of every service

Instances come from whoever registers them, for as long as they renew it, and from one
provider: a cluster's EndpointSlices, or locally the declared services that say they
are ready. What is expired or not healthy is not served. Nothing here is a tenant's.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from importlib.resources import files
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Header, Path
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

import chassis
import endpoints
import feeds
from contracts.infrastructure.discovery import Instance, Registration, Service


class Settings(BaseModel):
    """DISCOVERY_* variables. ``selector`` picks EndpointSlices by their labels."""

    provider: Literal["local", "kubernetes"] = "local"
    selector: str = ""
    namespace: str | None = None


registered = chassis.collection("instances", Instance)
signals = feeds.Signals(most=200)
held = feeds.Memory(signals, 2.0, 1, (chassis.UpstreamFailed,), list)
ready = chassis.Remembered(seconds=4.0, most=200)
router = chassis.router("/api/v1/services", tags=["service-discovery"])
READS = {"retry": "read", "public": True, "roles": ("owner", "admin")}
REGISTERS = chassis.policy(retry="keyed")
ALL = "*"  # the one topic: whoever watches, watches all services
POLL, PROBE, AT_ONCE = 5.0, 1.0, 18  # seconds between looks and of a probe; probes
OWN = "service-discovery"
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")]
Found = dict[str, list[Instance]]


async def probed(service: str, turn: asyncio.Semaphore) -> list[Instance]:
    """The service as the mesh reaches it, unless it is away or not ready."""
    asking = chassis.upstream(service)
    try:
        async with turn:
            await asking.send("GET", "/health/ready", timeout=PROBE)
    except chassis.Problem:
        return []
    return [Instance(id=service, service=service, address=service, origin="declared")]


async def local() -> Found:
    """Every service that has a contract, by asking whether it is ready."""
    contracts = files("contracts").joinpath("openapi").iterdir()
    names = sorted(each.name.removesuffix(".json") for each in contracts)
    turn = asyncio.Semaphore(AT_ONCE)
    found = await asyncio.gather(*(probed(name, turn) for name in names if name != OWN))
    own = Instance(id=OWN, service=OWN, address=OWN, origin="declared")
    return {OWN: [own], **dict(zip([n for n in names if n != OWN], found, strict=True))}


def mirrored(mirror: endpoints.Mirror) -> Found:
    """The cluster's services, as the mirror has them; Unavailable before it has."""
    if mirror.services is None:
        raise chassis.Unavailable("the cluster's endpoints are not known yet")
    return {
        service: [
            Instance(
                id=each.id,
                service=service,
                address=each.address,
                port=each.port,
                origin="kubernetes",
                metadata=chassis.given(zone=each.zone, node=each.node),
            )
            for each in known
        ]
        for service, known in mirror.services.items()
    }


async def live() -> list[Instance]:
    """The registered instances that are healthy and were renewed in time."""
    return [each.value async for each in registered.each({"healthy": True})]


async def catalogue() -> dict[str, Service]:
    """Every known service by name, with those of its instances that are reachable."""
    mirror, now = app.state.mirror, chassis.now()
    with chassis.detached(chassis.PLATFORM, None, ("service",)):
        found = mirrored(mirror) if mirror else await ready.get("local", local)
        renewed = await held.get(ALL, live)
    found = {name: list(instances) for name, instances in found.items()}
    for each in renewed:
        if each.expires_at and each.expires_at > now:
            found.setdefault(each.service, []).append(each)
    return {n: Service(name=n, instances=found[n]) for n in sorted(found)}


async def told() -> dict[str, Any]:
    """What watchers are told: that an instance was renewed is no news."""
    silent = {"instances": {"__all__": {"expires_at"}}}
    known = await catalogue()
    return {n: s.model_dump(mode="json", exclude=silent) for n, s in known.items()}


@router.get("", **chassis.policy(**READS))
async def list_services() -> list[Service]:
    """Every known service; one that cannot be reached has no instances."""
    return list((await catalogue()).values())


@router.get("/watch", **chassis.policy(**READS, stream=True))
async def watch_services(
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Server-sent events: all services (``state``), then ``changed`` and ``removed``.

    Whoever comes back with Last-Event-ID is told nothing that is still the same.
    """
    return chassis.event_stream(
        feeds.follow_state(signals, ALL, told, last_event_id, POLL)
    )


@router.get("/{name}", **chassis.policy(**READS))
async def get_service(name: Name) -> Service:
    """A service's reachable instances, which may be none; NotFound when unknown."""
    if found := (await catalogue()).get(name):
        return found
    raise chassis.NotFound(f"there is no service {name}")


@router.put("/{name}/instances/{id}", **REGISTERS)
async def register(
    name: Name, id: Id, given: Registration, now: chassis.Now
) -> Instance:
    """Register an instance, or renew it, for ``ttl`` seconds from now."""
    until = now.replace(microsecond=0) + timedelta(seconds=given.ttl + 1)
    known = given.model_dump(exclude={"ttl"})
    made = Instance(id=id, service=name, origin="registered", expires_at=until, **known)
    with chassis.acting_for(chassis.PLATFORM):
        registered.put(f"{name}:{id}", made, ttl=given.ttl + 1)
        await chassis.commit()
    signals.wake(ALL)
    return made


@router.delete("/{name}/instances/{id}", status_code=204, **REGISTERS)
async def leave(name: Name, id: Id) -> None:
    """Take an instance out; that it is not there is fine."""
    await registered.delete_as(chassis.PLATFORM, f"{name}:{id}")
    signals.wake(ALL)


@asynccontextmanager
async def mirroring(app: FastAPI) -> AsyncIterator[None]:
    """The cluster's endpoints while the service runs, where it is in a cluster."""
    config, app.state.mirror = chassis.settings(Settings, prefix="DISCOVERY_"), None
    if config.provider == "local":
        yield
        return
    wake = partial(asyncio.get_running_loop().call_soon_threadsafe, signals.wake)
    options = {"selector": config.selector, "namespace": config.namespace}
    app.state.mirror = endpoints.Mirror(wake, **options)
    app.state.mirror.start()
    try:
        yield
    finally:
        await asyncio.to_thread(app.state.mirror.stop)


CROWDED = {feeds.Crowded: chassis.Unavailable}
app = chassis.create_app(OWN, router, resources=(mirroring,), meanings=CROWDED)
