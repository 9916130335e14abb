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


config = chassis.settings(Settings, prefix="DISCOVERY_")
registered = chassis.collection("instances", Instance)
signals = feeds.Signals(most=200)
router = chassis.router("/api/v1/services", tags=["service-discovery"])
READS = chassis.policy(retry="read", public=True, roles=("owner", "admin"))
REGISTERS = chassis.policy(retry="keyed", roles=("operator",))
POLL = 5.0  # seconds after which a watch looks again
PROBE = 1.0  # seconds that a service may take to say that it is ready
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")]


def declared() -> list[str]:
    """Every service that has a contract."""
    names = (each.name for each in files("contracts").joinpath("openapi").iterdir())
    return sorted(name.removesuffix(".json") for name in names if name != "index.json")


async def probed(service: str, turn: asyncio.Semaphore) -> list[Instance]:
    """The service as the mesh reaches it, unless it is away or not ready."""
    try:
        async with turn, asyncio.timeout(PROBE):
            await chassis.upstream(service).send("GET", "/health/ready", timeout=PROBE)
    except (chassis.Problem, TimeoutError):
        return []
    return [Instance(id=service, service=service, address=service, origin="declared")]
