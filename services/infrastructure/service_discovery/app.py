"""Service discovery: which services there are, and where each can be reached now.

Calls      database-operations; the readiness of every service

Instances come from whoever registers them, for as long as they renew it, and from a
provider: a cluster's EndpointSlices, or locally the declared services that say they are
ready. What is expired or not healthy is not served.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta
from functools import partial
from operator import attrgetter
from typing import Annotated, Any

from fastapi import FastAPI, Header
from fastapi.responses import StreamingResponse

import chassis
import endpoint_slices
import feeds
from contracts.infrastructure.discovery import Id, Instance, Name, Registration, Service

registered = chassis.collection("instances", Instance)
signals = feeds.Signals(most=200)
held = feeds.Memory(signals, 2.0, 1, (chassis.UpstreamFailed,), list)
ready = chassis.Remembered(seconds=4.0, most=1)
router = chassis.router("/api/v1/services", tags=["service-discovery"])
READS: dict[str, Any] = {"retry": "read", "public": True, "roles": chassis.MANAGERS}
REGISTERS = chassis.policy(retry="keyed")
HEALTH = "/health/ready"
PROBE = 1.5  # seconds in which a service must say that it is ready
OWN = "service-discovery"
ALL = OWN  # the one topic: who watches, watches all services


async def probed(name: str) -> list[Instance]:
    """The service as the mesh reaches it, unless it is away or not ready."""
    made = partial(Instance, id=name, service=name, address=name, origin="declared")
    if name == OWN:
        return [made(metadata={"version": chassis.VERSION})]
    try:
        said = await chassis.upstream(name).send("GET", HEALTH, timeout=PROBE)
    except chassis.Problem:
        return []
    return [made(metadata={"version": said.json().get("version", "unknown")})]


async def local() -> dict[str, list[Instance]]:
    """Every service that has a contract, by asking whether it is ready."""
    names = chassis.services()
    return dict(zip(names, await asyncio.gather(*map(probed, names)), strict=True))


def mirrored(mirror: endpoint_slices.Mirror) -> dict[str, list[Instance]]:
    """The cluster's services, as the mirror has them; Unavailable before it has."""
    if mirror.services is None:
        raise chassis.Unavailable("the cluster's endpoints are not known yet")
    made = partial(Instance, origin="kubernetes")
    known = mirror.services.items()
    return {n: [made(service=n, **e._asdict()) for e in found] for n, found in known}


async def live() -> list[Instance]:
    return [each.value async for each in registered.each({"healthy": True})]


async def catalogue() -> dict[str, Service]:
    """Every known service by name, with those of its instances that are reachable."""
    mirror, now = app.state.mirror, chassis.now()
    with chassis.detached(chassis.PLATFORM, None, ("service",)):
        known = mirrored(mirror) if mirror else await ready.get("local", local)
        renewed = await held.get(ALL, live)
    found = {name: list(instances) for name, instances in known.items()}
    for each in renewed:
        if each.expires_at and each.expires_at > now:
            shown = each.model_copy(update={"expires_at": None})
            found.setdefault(each.service, []).append(shown)
    return {n: Service(name=n, instances=found[n]) for n in sorted(found)}


async def told() -> dict[str, Any]:
    return {name: each.model_dump() for name, each in (await catalogue()).items()}


@router.get("", **chassis.policy(**READS))
async def list_services(paging: chassis.Paged) -> chassis.Page[Service]:
    """Every known service by name; one that cannot be reached has no instances."""
    return paging.of([*(await catalogue()).values()], attrgetter("name"))


@router.get("/watch", **chassis.policy(**READS, stream=True))
async def watch_services(
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Server-sent events: the ``state``, then what ``changed`` and was ``removed``."""
    return chassis.event_stream(feeds.follow_state(signals, ALL, told, last_event_id))


@router.get("/{name}", **chassis.policy(**READS))
async def get_service(name: Name) -> Service:
    """A service's reachable instances, which may be none; NotFound when unknown."""
    if found := (await catalogue()).get(name):
        return found
    raise chassis.NotFound(f"there is no service {name}")


@router.put("/{name}/instances/{id}", **REGISTERS)
async def register(name: Name, id: Id, given: Registration) -> Instance:
    """Register an instance, or renew it, for ``ttl`` seconds from now."""
    made = Instance(id=id, service=name, origin="registered", **dict(given))
    made.expires_at = chassis.now() + timedelta(seconds=given.ttl)
    with chassis.acting_for(chassis.PLATFORM):
        registered.put(f"{name}:{id}", made, ttl=given.ttl)
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
    config = chassis.settings(endpoint_slices.Settings, prefix="DISCOVERY_")
    follow: Any = nullcontext()
    if config.provider == "kubernetes":
        follow = endpoint_slices.mirroring(
            signals.wake, config.selector, config.namespace
        )
    async with follow as app.state.mirror:
        yield


FULL: Any = {feeds.Crowded: chassis.Unavailable}
app = chassis.create_app(OWN, router, resources=(mirroring,), meanings=FULL)
