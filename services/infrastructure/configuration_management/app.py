"""Configuration management: settings and feature flags, and what counts for whom.

Calls      database-operations
Publishes  config.changed, and hears it in every replica

A value of the environment overrides the tenant's, which overrides the platform's; each
change is a revision that can be restored. Secrets are references. Flags are flagd's,
evaluated over OFREP from memory: with the store away they are what they last were.
"""

import json
from datetime import datetime
from typing import Annotated, Any, NamedTuple, get_args

from fastapi import Body, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

import chassis
import feeds
import ofrep
import references
from contracts.infrastructure.configuration import (
    LARGEST,
    Kind,
    Rollback,
    Scope,
    Setting,
    SettingKey,
)
from contracts.infrastructure.database import Sort
from contracts.infrastructure.events import ConfigChanged


class Settings(BaseModel):
    """CONFIG_* variables."""

    environment: str = "local"
    watchers: int = 500


class Place(NamedTuple):
    """Where a value is kept."""

    kind: Kind
    scope: Scope
    key: str

    @property
    def id(self) -> str:
        where = config.environment if self.scope == "environment" else self.scope
        return f"{self.kind}:{self.scope}:{where}:{self.key}"


config = chassis.settings(Settings, prefix="CONFIG_")
settings = chassis.collection("settings", Setting)
revisions = chassis.collection("setting-revisions", Setting)
signals = feeds.Signals(config.watchers)
fresh = chassis.Remembered(seconds=30.0, most=1000)
last_good = chassis.LastGood(1000)
router = chassis.router("", tags=["configuration-management"])
STAFF = ("owner", "admin")
READS = chassis.policy(retry="read", public=True, roles=STAFF)
WRITES = chassis.policy(retry="keyed", public=True, roles=STAFF)
ASKS = chassis.policy(retry="read", public=True, timeout=1.0)
KEPT = 400 * 86_400.0  # seconds of history
ORDER = get_args(get_args(Scope)[0])
HERE = {"any": [{"scope": {"ne": "environment"}}, {"environment": config.environment}]}


async def place(request: Request, key: SettingKey, scope: Scope = "tenant") -> Place:
    kind: Kind = "flag" if request.url.path.startswith("/api/v1/flags") else "setting"
    return Place(kind, scope, key)


At = Annotated[Place, Depends(place)]


async def record(at: Place, value: Any, version: int | None, **rest: Any) -> Setting:
    """Write the next revision of the value at that place."""
