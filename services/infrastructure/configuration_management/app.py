"""Configuration management: settings and feature flags, and what counts for whom.

Calls      database-operations
Publishes  config.changed, and hears it in every replica

A value of the environment overrides the tenant's, which overrides the platform's; each
change is a revision that can be restored. Secrets are references. Flags are flagd's,
evaluated over OFREP from memory: with the store away they are what they last were.
"""

import os
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Body, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse

import chassis
import feeds
import ofrep
import references
from contracts.infrastructure import configuration as terms
from contracts.infrastructure.configuration import Place, Setting
from contracts.infrastructure.database import Sort
from contracts.infrastructure.events import ConfigChanged

ENVIRONMENT = os.environ.get("CONFIG_ENVIRONMENT", "local")
KEPT = 400 * 86_400.0  # seconds of history
STAFF: dict[str, Any] = {"public": True, "roles": ("owner", "admin")}
READS = chassis.policy(retry="read", **STAFF)
WRITES = chassis.policy(retry="keyed", **STAFF)
ASKS = chassis.policy(retry="read", public=True)
Sent = Annotated[str | None, Header()]
settings = chassis.collection("settings", Setting)
revisions = chassis.collection("setting-revisions", Setting)
signals = feeds.Signals(most=500)
rules = feeds.Memory(signals, 30.0, 1000, (chassis.UpstreamFailed,), ofrep.Rules)
values = feeds.Memory(signals, 0.0, 5000, (chassis.UpstreamFailed,), list)
router = chassis.router("", tags=["configuration-management"])


async def place(
    request: Request, key: terms.SettingKey, scope: terms.Scope = "tenant"
) -> Place:
    """Where the value is that the path names; a flag is the tenant's by default."""
    kind: Any = "flag" if request.url.path.startswith("/api/v1/flags") else "setting"
    local = ENVIRONMENT if scope == "environment" else ""
    id = f"{kind}:{scope}:{local}:{key}"
    return Place(id=id, kind=kind, scope=scope, environment=local, key=key)


At = Annotated[Place, Depends(place)]


async def record(at: Place, version: int | None, value: Any) -> Setting:
    """Write the next revision of the value there; None takes the value away."""
    caller, now = chassis.current(), chassis.now().replace(microsecond=0)
    if at.scope == "platform" and caller.tenant != chassis.PLATFORM:
        raise chassis.Forbidden("only the platform's operators change its settings")
    known, latest = await settings.find_as(caller.tenant or "", at.id)
    if value is None and (known is None or known.removed):
        raise chassis.NotFound(f"{at.key} has no value there")
    count = known.revision + 1 if known else 1
    change: Any = {"revision": count, "changed_at": now, "changed_by": caller.subject}
    made = Setting(**dict(at), **change, value=value, removed=value is None)
    settings.put(at.id, made, version=latest if version is None else version)
    revisions.put(f"{at.id}:{count}", made, version=0, ttl=KEPT)
    chassis.publish(ConfigChanged(**made.model_dump()))
    return made


async def everywhere(kept: chassis.Collection[Setting], **wanted: Any) -> list[Setting]:
    """What applies here: the platform's, then the tenant's, then the environment's."""
    found, caller = [], chassis.current()
    wanted["environment"] = {"in": ["", ENVIRONMENT]}
    for tenant in (chassis.PLATFORM, caller.tenant or ""):
        with chassis.detached(tenant, caller.subject, caller.roles):
            found += [each.value async for each in kept.each(wanted)]
    return sorted(found, key=lambda each: terms.ORDER.index(each.scope))


async def put_value(
    at: At, value: Annotated[Any, Body()], version: chassis.IfMatch
) -> Setting:
    """Give it this value, any JSON but null; a flag's is one in flagd's schema."""
    references.require_fit(at.key, value)
    if at.kind == "flag":
        ofrep.check(value)
    return await record(at, version, value)


async def get_value(at: At, answer: Response) -> Setting:
    """The value in that scope alone, with its version as ETag."""
    found = await settings.read(at.id)
    if found.value.removed:
        raise chassis.NotFound(f"{at.key} has no value there")
    chassis.tag(answer, found.version)
    return found.value


async def delete_value(at: At, version: chassis.IfMatch) -> None:
    """Take the value away: the next wider scope's counts again; history stays."""
    await record(at, version, None)


async def list_history(at: At, paging: chassis.Paged) -> chassis.Page[Setting]:
    """Every revision, latest first."""
    return await revisions.page(
        paging, {"id": at.id}, [Sort(path="revision", descending=True)]
    )


async def roll_back(at: At, to: terms.Rollback, version: chassis.IfMatch) -> Setting:
    """Give it the value that it had after an earlier revision."""
    earlier = await revisions.get(f"{at.id}:{to.revision}")
    return await put_value(at, earlier.value, version)


@router.get("/api/v1/config/effective/{key}", **ASKS)
async def effective(key: terms.SettingKey, tenant: chassis.Tenant) -> Setting:
    """The value that counts; the last good one while the store is away."""
    read = partial(everywhere, settings, kind="setting", key=key, removed=False)
    if not (found := await values.get(tenant, read, key)):
        raise chassis.NotFound(f"{key} has no value")
    return found[-1]


@router.get(
    "/api/v1/config/watch", **chassis.policy(retry="read", stream=True, **STAFF)
)
async def watch_config(
    tenant: chassis.Tenant, last_event_id: Sent = None
) -> StreamingResponse:
    """Server-sent events: every revision from now, or from Last-Event-ID, on."""

    async def since(moment: datetime) -> list[feeds.Entry]:
        found = await everywhere(revisions, changed_at={"gte": chassis.utc(moment)})
        return [feeds.Entry(f"{s.id}:{s.revision}", s.changed_at, s) for s in found]

    return chassis.event_stream(feeds.follow(signals, tenant, since, last_event_id))


@router.post("/ofrep/v1/evaluate/flags", name="evaluate_flags", **ASKS)
@router.post("/ofrep/v1/evaluate/flags/{key}", name="evaluate_flag", **ASKS)
async def evaluate(
    request: Request, tenant: chassis.Tenant, key: str = "", if_none_match: Sent = None
) -> Response:
    """One flag or all, as the OpenFeature Remote Evaluation Protocol has it."""
    read = partial(everywhere, settings, kind="flag", removed=False)
    known = await rules.get(tenant, read)
    return Response(*ofrep.answer(known, key, await request.body(), if_none_match))


@chassis.heard(ConfigChanged, lost=signals.wake)
async def heed(event: ConfigChanged) -> None:
    """Read again; what the platform changed, for every tenant."""
    signals.wake(None if event.scope == "platform" else chassis.current().tenant)


HELD = {"setting": "/api/v1/config/{scope}/{key}", "flag": "/api/v1/flags/{key}"}
for noun, path in HELD.items():
    router.get(path, name=f"get_{noun}", **READS)(get_value)
    router.put(path, name=f"put_{noun}", **WRITES)(put_value)
    router.delete(path, name=f"delete_{noun}", status_code=204, **WRITES)(delete_value)
    router.get(f"{path}/history", name=f"list_{noun}_history", **READS)(list_history)
    router.post(f"{path}/rollback", name=f"roll_back_{noun}", **WRITES)(roll_back)

UNFIT = (references.Unfit, ofrep.BadFlag, feeds.BadMark)
MEANINGS: Any = {feeds.Crowded: chassis.Unavailable}
MEANINGS |= dict.fromkeys(UNFIT, chassis.Invalid)
app = chassis.create_app("configuration-management", router, heed, meanings=MEANINGS)
