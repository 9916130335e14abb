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

from fastapi import Header, Request, Response
from fastapi.responses import StreamingResponse

import chassis
import feeds
import ofrep
import secret_references
from contracts.infrastructure import configuration as terms
from contracts.infrastructure.configuration import Place, Setting
from contracts.infrastructure.events import ConfigChanged

ENVIRONMENT = os.environ.get("CONFIG_ENVIRONMENT", "local")
SETTINGS, FLAGS = "/api/v1/config/{scope}/{key}", "/api/v1/flags/{key}"
ADMINS = chassis.MANAGERS
ASKS = chassis.policy(retry="read", public=True)
# The protocol has a shape of its own for what cannot be evaluated.
UNFIT_FLAG = {"type": "object", "properties": {"errorCode": {"type": "string"}}}
NO_VALUE = {"content": {"application/json": {"schema": UNFIT_FLAG}}}
EVALUATES = ASKS | {"responses": {400: NO_VALUE}}
EVALUATES_ONE = ASKS | {"responses": {400: NO_VALUE, 404: NO_VALUE}}
WATCHES = chassis.policy(retry="read", public=True, roles=ADMINS, stream=True)
Sent = Annotated[str | None, Header()]
settings = chassis.collection("settings", Setting)
revisions = chassis.collection("setting-revisions", Setting)
kept = chassis.Revised(settings, revisions, kept=400 * 86_400.0)
signals = feeds.Signals(most=500)
settings.watch(signals.wake)  # whoever changed something asks for it at once
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


async def record(at: Place, value: Any, version: int | None) -> Setting:
    """Give the place its next revision; None takes the value away."""
    caller, now = chassis.current(), chassis.now().replace(microsecond=0)
    if at.scope == "platform" and caller.tenant != chassis.PLATFORM:
        raise chassis.Forbidden("only the platform's operators change its settings")
    secret_references.require_fit(at.key, value)
    if at.kind == "flag" and value is not None:
        ofrep.check(value)
    done: Any = {"changed_at": now, "changed_by": caller.subject, "revision": 0}
    made = Setting(**dict(at), **done, value=value, removed=value is None)
    made = await kept.add(made, version)
    chassis.publish(ConfigChanged(**made.model_dump()))
    return made


async def everywhere(held: chassis.Collection[Setting], **wanted: Any) -> list[Setting]:
    """What applies here: the platform's, then the tenant's, then the environment's."""
    found = await held.inherited(wanted | {"environment": {"in": ["", ENVIRONMENT]}})
    return sorted(found, key=lambda each: terms.ORDER.index(each.scope))


@router.get("/api/v1/config/effective/{key}", **ASKS)
async def effective(key: terms.SettingKey, tenant: chassis.Tenant) -> Setting:
    """The value that counts; the last good one while the store is away."""
    read = partial(everywhere, settings, kind="setting", key=key, removed=False)
    if not (found := await values.get(tenant, read, key)):
        raise chassis.NotFound(f"{key} has no value")
    return found[-1]


@router.get("/api/v1/config/watch", **WATCHES)
async def watch_config(
    tenant: chassis.Tenant, last_event_id: Sent = None
) -> StreamingResponse:
    """Server-sent events: every revision from now, or from Last-Event-ID, on."""

    async def since(moment: datetime) -> list[feeds.Entry]:
        found = await everywhere(revisions, changed_at={"gte": chassis.utc(moment)})
        return [feeds.Entry(f"{s.id}:{s.revision}", s.changed_at, s) for s in found]

    return chassis.event_stream(feeds.follow(signals, tenant, since, last_event_id))


@router.post("/ofrep/v1/evaluate/flags", **EVALUATES)
async def evaluate_flags(
    request: Request, tenant: chassis.Tenant, if_none_match: Sent = None
) -> Response:
    """All flags, as the OpenFeature Remote Evaluation Protocol has it."""
    return await evaluate_flag(request, tenant, "", if_none_match)


@router.post("/ofrep/v1/evaluate/flags/{key}", **EVALUATES_ONE)
async def evaluate_flag(
    request: Request, tenant: chassis.Tenant, key: str, if_none_match: Sent = None
) -> Response:
    """One flag, as the OpenFeature Remote Evaluation Protocol has it."""
    read = partial(everywhere, settings, kind="flag", removed=False)
    known = await rules.get(tenant, read)
    return Response(*ofrep.answer(known, key, await request.body(), if_none_match))


@chassis.heard(ConfigChanged, lost=signals.wake)
async def heed(event: ConfigChanged) -> None:
    """Read again; what the platform changed, for every tenant."""
    signals.wake(None if event.scope == "platform" else chassis.current().tenant)


for noun, path in (("setting", SETTINGS), ("flag", FLAGS)):
    chassis.revised(router, path, noun, kept, place, record, ADMINS)

UNFIT = (secret_references.Unfit, ofrep.BadFlag, feeds.BadMark)
MEANINGS: Any = {feeds.Crowded: chassis.Unavailable}
MEANINGS |= dict.fromkeys(UNFIT, chassis.Invalid)
app = chassis.create_app("configuration-management", router, heed, meanings=MEANINGS)
