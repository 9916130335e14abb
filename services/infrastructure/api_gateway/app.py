"""API gateway: the only way in.

Calls      authentication; every public operation

Who asks is established here and nowhere else; behind the gateway it is a signed
context. A request is matched by method and path template against the contracts: what
is not declared public does not exist. Bodies stream both ways.
"""

import secrets
from importlib.resources import files
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from pydantic import BaseModel

import apimap
import chassis
import credentials
from contracts.infrastructure.identity import AUDIENCE, ISSUER, Introspection


class Settings(BaseModel):
    """GATEWAY_* variables."""

    rate: int = 6000  # requests a minute and tenant
    anonymous_rate: int = 600  # requests a minute and address, without a credential
    body: int = 21 * 2**20  # bytes


config = chassis.settings(Settings, prefix="GATEWAY_")
table = apimap.Table(chassis.contracts(), lambda described: "x-public" in described)
authentication = chassis.upstream("authentication")
known = chassis.Remembered(seconds=10.0, most=10_000, stale=600.0)
limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
router = chassis.router("")
OPEN = chassis.policy(anonymous=True, timeout=60.0)
OUTSIDE = {chassis.UpstreamFailed: chassis.Unavailable}  # 424 means nothing outside
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]


def place_of(request: Request) -> apimap.Place:
    """The public operation that is asked for; NotFound, or Invalid with 405."""
    path = request.scope["raw_path"].decode("latin-1")
    method = "GET" if request.method == "HEAD" else request.method
    place = table.match(method, path)
    if place is not None:
        return place
    if known := table.methods(path):
        problem = chassis.Invalid(f"{path} takes {', '.join(known)}", code="METHOD")
        problem.status = 405
        raise problem
    raise chassis.NotFound(f"there is no {method} {path}: see /docs")


async def identify(request: Request) -> Introspection:
    """What the request's credential stands for; inactive when it has none."""
    sent = request.headers
    bearer = sent.get("authorization", "").removeprefix("Bearer ").strip()
    cookie = request.cookies.get("filigree_session", "")
    token = sent.get("x-api-key") or bearer or cookie
    if not token:
        return Introspection(active=False)
    if token == cookie and request.method not in ("GET", "HEAD"):
        require_same_site(request)
    try:
        keys = await known.get("jwks", authentication.call, "jwks")
        claims = credentials.verify(token, keys, issuer=ISSUER, audience=AUDIENCE)
        return Introspection(active=True, **(claims | {"subject": claims["sub"]}))
    except credentials.BadToken:
        ask = {"answer": Introspection, "json": {"token": token}}
        who = await known.get(token, authentication.call, "introspect", **ask)
    if not who.active:
        raise chassis.Unauthenticated("the credential is not valid", code="BAD_TOKEN")
    return who


def require_same_site(request: Request) -> None:
    """A cookie alone moves nothing: the page must repeat its token in a header."""
    token = request.cookies.get("filigree_csrf", "")
    said = request.headers.get("x-csrf-token", "")
    if not token or not secrets.compare_digest(token, said):
        raise chassis.Forbidden("the CSRF token is missing or wrong", code="CSRF")


def require_right(who: Introspection, place: apimap.Place) -> None:
    """A credential where one is needed, and a scope that covers the service."""
    if not who.active and "x-anonymous" not in place.described:
        raise chassis.Unauthenticated("this needs a credential: see /docs")
    reads = place.described["x-retry"] == "read"
    allowed = {"*", place.service} | ({f"{place.service}:read"} if reads else set())
    if not allowed & set(who.scopes):
        raise chassis.Forbidden(f"the key's scopes do not cover {place.service}")


async def within_rate(request: Request, tenant: str | None) -> dict[str, str]:
    """Count the request; the RateLimit headers of its answer, or RateLimited."""
    address = request.client.host if request.client else "unknown"
    allowed = config.rate if tenant else config.anonymous_rate
    item, key = RateLimitItemPerMinute(allowed), tenant or f"address:{address}"
    hit = await limiter.hit(item, key)
    window = await limiter.get_window_stats(item, key)
    reset = max(1, round(window.reset_time - chassis.now().timestamp()))
    if not hit:
        raise chassis.RateLimited("too many requests", retry_after=reset)
    told = {"Limit": allowed, "Remaining": window.remaining, "Reset": reset}
    return {f"RateLimit-{name}": str(value) for name, value in told.items()}


@router.get("/", include_in_schema=False, **OPEN)
@router.get("/docs", include_in_schema=False, **OPEN)
async def page(request: Request) -> Response:
    """The console, and the public API's documentation."""
    name = "docs.html" if request.url.path == "/docs" else "console.html"
    return HTMLResponse(files(__package__).joinpath(name).read_text())


@router.get("/openapi.json", include_in_schema=False, **OPEN)
async def document() -> dict[str, Any]:
    """The merged public API."""
    return table.merged("Filigree", chassis.VERSION)


@router.api_route("/{path:path}", methods=METHODS, include_in_schema=False, **OPEN)
async def forward(request: Request) -> Response:
    """Pass a public operation on to its service, for whoever asks."""
    place = place_of(request)
    request.scope["chassis.operation"] = place.described["operationId"]
    who = await identify(request)
    counted = await within_rate(request, who.tenant)
    require_right(who, place)
    chassis.identify(who.tenant, who.subject, who.roles)
    limits = {"seconds": place.described["x-timeout"], "most": config.body}
    answer = await chassis.relay(request, place.service, **limits)
    answer.headers.update(counted)
    return answer


app = chassis.create_app("api-gateway", router, describe=False, meanings=OUTSIDE)
