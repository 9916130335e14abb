"""Who is asking, for which tenant, until when, and under which trace.

The context travels between services in ``X-Internal-Token`` (signed, valid for five
minutes), ``traceparent`` (W3C Trace Context), ``X-Request-Id`` and
``X-Request-Timeout`` (the seconds that are left). It protects the user's identity;
which service is calling is the mesh's mTLS identity, not the token's. The mesh itself
adds ``X-Filigree-Timeout``: how long it waits for an answer over this edge.
"""

import math
import os
import re
import secrets
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Annotated

import itsdangerous
from fastapi import Depends

from chassis import errors
from chassis._policy import STAFF

TOKEN_HEADER = "X-Internal-Token"
# So that a proxy can send a tenant's requests one way. Nobody believes it: whose a
# request is, the token says.
TENANT_HEADER = "X-Tenant"
BAD_TOKEN = "BAD_INTERNAL_TOKEN"  # the code of a failure
TOKEN_AGE = 300  # seconds
LEEWAY = 30  # seconds that the clocks of two nodes may differ, or one may be set back
TOKEN_SHARED = 30  # seconds in which the same context has the same token
PLATFORM = "_platform"
GATEWAY = "api-gateway"  # who vouches for those that come from outside
# An id of zeros alone is none (W3C Trace Context, 3.2.2).
TRACEPARENT = re.compile(
    r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$"
)
Signer = itsdangerous.URLSafeTimedSerializer
REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}$")
DURATION = re.compile(
    r"(\d{1,9}(?:\.\d{1,9})?)(ms|s)"
)  # as the mesh is told how long to wait
# Of the time that a caller gives, what is kept for the answer to reach it: who answers
# at the last moment is too late, and the mesh counts that as a failure of the service.
MARGIN = 0.1, 0.05, 0.2  # seconds and a share of it, but of little no more than this
LONGEST_MARGIN = 0.5  # seconds
SPARE = 0.05  # seconds before the deadline at which waiting for others ends


@dataclass(frozen=True, slots=True)
class Context:
    """One request's or one event's surroundings.

    ``tenant`` is None only on operations that are declared anonymous. ``actor`` is the
    service that vouches for the rest. ``deadline`` is on the monotonic clock, seconds.
    ``is_quiet``: no access lines are written.
    """

    tenant: str | None = None
    subject: str | None = None
    roles: tuple[str, ...] = ()
    actor: str = ""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    trace_id: str = field(default_factory=lambda: secrets.token_hex(16))
    span_id: str = field(default_factory=lambda: secrets.token_hex(8))
    parent_id: str | None = None
    deadline: float | None = None
    idempotency_key: str | None = None
    is_quiet: bool = False

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-01"

    @property
    def is_service(self) -> bool:
        """Whether a service acts on its own, on behalf of the tenant."""
        return "service" in self.roles

    @property
    def is_staff(self) -> bool:
        """Whether it may see what is not its own: staff, and a service on its own."""
        return self.is_service or bool({*STAFF} & {*self.roles})

    def owns(self, subject: str | None) -> bool:
        """Whether it may see what is *subject*'s: its own, and as staff all there is.

        What is nobody's is not that of who is nobody.
        """
        return self.is_staff or (self.subject is not None and self.subject == subject)

    @property
    def is_outside(self) -> bool:
        """Whether the request came through the gateway, straight from who sent it."""
        return self.actor == GATEWAY

    @property
    def is_shared(self) -> bool:
        """Whether many may speak through it: staff for customers, a key for all who use
        its program."""
        return self.is_staff or (self.subject or "").startswith("key-")

    def remaining(self) -> float:
        """Seconds left; a minute where nobody set a deadline. Never negative."""
        if self.deadline is None:
            return 60.0
        return max(0.0, self.deadline - time.monotonic())

    def patience(self) -> float:
        """Seconds that others may take, so that there is time to do without them."""
        return max(0.0, self.remaining() - SPARE)


_current: ContextVar[Context | None] = ContextVar("chassis_context", default=None)


@cache
def _signer() -> Signer:
    """Signs with the last key, accepts any: itsdangerous' order for rotation."""
    given = os.environ.get("FILIGREE_INTERNAL_KEYS", "").split(",")
    # What a trailing comma leaves is a key that anybody has.
    if not (keys := [each for each in given if each]):
        raise errors.Misconfigured("FILIGREE_INTERNAL_KEYS is not set")
    return Signer(keys[::-1], salt="filigree.context")


def current() -> Context:
    """The context of the request or event being handled; an empty one outside."""
    return _current.get() or Context()


def mint(context: Context) -> str:
    """A token that carries the context's tenant, subject, roles and actor."""
    said = (context.tenant, context.subject, context.roles, context.actor)
    since = int(time.time() / TOKEN_SHARED)
    return _minted(_signer(), said, context.is_quiet, since)


@lru_cache(maxsize=512)
def _minted(
    signer: Signer,
    said: tuple[str | None, str | None, tuple[str, ...], str],
    is_quiet: bool,
    since: int,
) -> str:
    """The same token for who asks for the same within a while (*since*)."""
    claims: dict[str, object] = dict(zip("tsra", said, strict=True))
    # In the token, because nobody outside may make their requests invisible.
    return signer.dumps(claims | ({"q": True} if is_quiet else {}))


def read_token(token: str) -> dict[str, object]:
    """What a token carries; Unauthenticated when it is forged, altered or stale."""
    try:
        claims, signed = _opened(_signer(), token)
    except itsdangerous.BadData as exc:
        raise _not_valid() from exc
    if not -LEEWAY <= time.time() - signed <= TOKEN_AGE:
        raise _not_valid()
    return claims


@lru_cache(maxsize=512)
def _opened(signer: Signer, token: str) -> tuple[dict[str, object], float]:
    """A token's claims, and when it was signed; BadData, which is not remembered."""
    # Without max_age, which also refuses what is a moment ahead of this clock.
    claims, signed = signer.loads(token, return_timestamp=True)
    return claims, signed.timestamp()


def _not_valid() -> errors.Problem:
    message = "the internal token is not valid"
    return errors.Unauthenticated(message, code=BAD_TOKEN)


def from_headers(headers: Mapping[str, str]) -> Context:
    """The context of an incoming request; a bad token raises Unauthenticated."""
    return identified(traced(headers), headers)


def identified(context: Context, headers: Mapping[str, str]) -> Context:
    """*context* with who is asking; a bad token raises Unauthenticated."""
    token = headers.get(TOKEN_HEADER)
    if not token:
        return context
    claims = read_token(token)
    return replace(
        context,
        tenant=claims.get("t"),
        subject=claims.get("s"),
        roles=tuple(claims.get("r", ())),
        actor=claims.get("a", ""),
        is_quiet=bool(claims.get("q")),
    )


def traced(headers: Mapping[str, str]) -> Context:
    """A context without identity: trace, request id, deadline, idempotency key."""
    parent = TRACEPARENT.match(headers.get("traceparent", ""))
    wanted_id = headers.get("X-Request-Id", "")
    seconds = _given(headers)
    known = {"request_id": wanted_id} if REQUEST_ID.match(wanted_id) else {}
    if parent:
        known |= {"trace_id": parent[1], "parent_id": parent[2]}
    return Context(
        deadline=None if seconds is None else time.monotonic() + seconds,
        idempotency_key=headers.get("Idempotency-Key", "").strip() or None,
        **known,
    )


def _given(headers: Mapping[str, str]) -> float | None:
    """The seconds until an answer has to be on its way; None where nobody waits."""
    waits = _seconds(headers.get("X-Request-Timeout"))
    mesh = DURATION.fullmatch(headers.get("X-Filigree-Timeout", ""))
    if mesh:
        edge = float(mesh[1]) / (1000 if mesh[2] == "ms" else 1)
        waits = edge if waits is None else min(waits, edge)
    return None if waits is None else in_time_for(waits)


def in_time_for(seconds: float) -> float:
    """What there is to answer in for who waits so many seconds."""
    least, share, most = MARGIN
    return seconds - min(least + share * seconds, most * seconds, LONGEST_MARGIN)


def _seconds(text: str | None) -> float | None:
    try:
        seconds = math.nan if text is None else float(text)
    except ValueError:
        return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), 3600.0)


def to_headers(context: Context, timeout: float, actor: str) -> dict[str, str]:
    """The headers that carry *context* to an upstream that has *timeout* seconds.

    *actor* is the service that sends them: it vouches for what it passes on.
    """
    headers = {
        "traceparent": context.traceparent,
        "X-Request-Id": context.request_id,
        "X-Request-Timeout": f"{min(timeout, context.remaining()):.3f}",
    }
    if context.tenant is not None:
        headers[TOKEN_HEADER] = mint(replace(context, actor=actor))
        headers[TENANT_HEADER] = context.tenant
    return headers


@contextmanager
def entered(context: Context) -> Iterator[Context]:
    """Make *context* the current one inside the block."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def identify(tenant: str | None, subject: str | None, roles: Iterable[str]) -> None:
    """Say who the current request is from. For the edge, which finds that out."""
    _current.set(replace(current(), tenant=tenant, subject=subject, roles=tuple(roles)))


def hush(quiet: bool) -> None:
    """If *quiet*, no access line for the current request, nor for its calls."""
    if quiet:
        _current.set(replace(current(), is_quiet=True))


def take_time() -> None:
    """No deadline from here on: an answer without an end has begun."""
    _current.set(replace(current(), deadline=None))


def service_context(tenant: str, service: str, subject: str | None = None) -> Context:
    """A fresh context in which *service* acts on behalf of *tenant*."""
    return replace(
        current(), tenant=tenant, subject=subject, roles=("service",), actor=service
    )


async def _caller() -> Context:
    return current()


async def _tenant() -> str:
    context = current()
    if context.tenant is None:
        raise errors.Unauthenticated("this needs a credential")
    return context.tenant


def now() -> datetime:
    """The current time, UTC."""
    return datetime.now(UTC)


async def _now() -> datetime:
    return now()


def utc(moment: datetime) -> str:
    """The one spelling of a moment in documents, so that text order is time order."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


Caller = Annotated[Context, Depends(_caller)]
Tenant = Annotated[str, Depends(_tenant)]
Now = Annotated[datetime, Depends(_now)]
