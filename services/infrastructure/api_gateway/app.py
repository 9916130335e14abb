"""API gateway: the only way in.

Calls      authentication; every public operation

Who asks is established here and nowhere else; behind the gateway it is a signed
context. A request is matched by method and path template against the contracts: what
is not declared public does not exist. Bodies stream both ways.
"""

import os
from functools import partial
from importlib.resources import files

from fastapi import Request, Response
from pydantic import BaseModel

import admission.origins
import admission.rates
import chassis
import credentials
import openapi_routes
from contracts.infrastructure.identity import ACCESS, Introspection


class Settings(BaseModel):
    """GATEWAY_* variables."""

    rate: int = 6000  # requests a minute and tenant, or address with unknown keys
    anonymous_rate: int = 600  # a minute and address, without a credential
    body: int = 21 * 2**20  # bytes
    at_once: int = 4 * (os.cpu_count() or 1)  # requests at work; others wait in turn
    origins: str = ""  # whose pages may call from a browser, divided by blanks


config = chassis.settings(Settings, prefix="GATEWAY_")
about = "Filigree", chassis.VERSION, credentials.SCHEMES
table, MERGED = openapi_routes.opened(chassis.contracts(), "x-public", *about)
authentication = chassis.upstream("authentication")
issuer = [partial(authentication.call, each) for each in ("jwks", "revocations")]
bearers = credentials.Bearers(chassis, *issuer, **ACCESS)
known = chassis.Remembered(2.0, most=10_000, stale=300.0, ahead=1.0)
rates, gate = admission.rates.Rates(), admission.Admission(config.at_once)
router = chassis.router("")
OPEN = chassis.policy(anonymous=True, timeout=60.0) | {"include_in_schema": False}
PAGES = ("/", "/docs", "/openapi.json", "/favicon.ico")  # our own
OUTSIDE = {  # 424 means nothing outside
    chassis.UpstreamFailed: chassis.Unavailable,
    credentials.CrossSite: chassis.Forbidden,
    admission.Crowded: lambda why: chassis.Unavailable(why, retry_after=5.0),
}
KNOWN = (credentials.DEVICE,)  # cookies that are the services'
READS = ["GET", "HEAD"]
METHODS = [*READS, "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def place_of(request: Request) -> openapi_routes.Place:
    """The public operation that is asked for; NotFound, or Invalid with 405."""
    path = request.scope["raw_path"].decode("latin-1")
    method = "GET" if request.method == "HEAD" else request.method
    if place := table.match(method, path):
        return place
    own = READS if path in PAGES else ()
    if allowed := ", ".join([*table.methods(path), *own]):
        chassis.announce(request, Allow=allowed)
        problem = chassis.Invalid(f"this path takes {allowed}", code="METHOD")
        problem.status = 405
        raise problem
    raise chassis.NotFound("there is no such operation: see /docs")


async def identify(request: Request) -> Introspection:
    """What the request's credential stands for; inactive when it has none."""
    token = credentials.sent(request.method, request.headers, request.cookies)
    if not token:
        return Introspection(active=False)
    try:
        claims = await bearers.claims(token)
        return Introspection(active=True, subject=claims["sub"], **claims)
    except credentials.BadToken:
        who = await known.get(credentials.digest(token), introspect, request, token)
    if not who.active:
        if credentials.SESSION in request.cookies:
            chassis.announce(request, Set_Cookie=credentials.NO_COOKIE)
        raise chassis.Unauthenticated("the credential is not valid", code="BAD_TOKEN")
    return who


async def introspect(request: Request, token: str) -> Introspection:
    """Ask what a credential stands for; who guesses is soon asked to wait."""
    await count(request, None, has_key=True)
    return await authentication.call("introspect", Introspection, json={"token": token})


def require_right(who: Introspection, place: openapi_routes.Place) -> None:
    """A credential where one is needed, and a scope that covers the service."""
    if not who.active and "x-anonymous" not in place.described:
        raise chassis.Unauthenticated("this needs a credential: see /docs")
    reads = place.described["x-retry"] == "read"
    allowed = {"*", place.service} | ({f"{place.service}:read"} if reads else set())
    if not allowed & set(who.scopes):
        raise chassis.Forbidden(f"the key's scopes do not cover {place.service}")


async def count(request: Request, tenant: str | None, has_key: bool = False) -> None:
    """Count the request for its tenant, or for its address; RateLimited."""
    allowed = config.rate if tenant or has_key else config.anonymous_rate
    whose = tenant or f"{has_key} {admission.source(request.headers)}"
    rate = await rates.hit(whose, allowed)
    chassis.announce(request, **rate.headers)
    if rate.is_over:
        raise chassis.RateLimited("too many requests", retry_after=rate.reset)


async def show(request: Request) -> Response:
    """The console, the public API and its documentation; no picture for their tabs."""
    path = request.url.path
    if path == "/openapi.json":
        return Response(MERGED, media_type="application/json")
    if name := {"/": "console.html", "/docs": "docs.html"}.get(path):
        return chassis.page(files(__package__).joinpath(name).read_text())
    return Response(status_code=204)


for each in PAGES:
    router.api_route(each, methods=READS, **OPEN)(show)


@router.api_route("/{path:path}", methods=METHODS, **OPEN)
async def forward(request: Request, sent: chassis.UntilSent) -> Response:
    """Pass a public operation on to its service, for whoever asks, in their turn; who
    watches needs none, nor who sends much and takes their time."""
    place = place_of(request)
    request.scope["chassis.operation"] = place.described["operationId"]
    is_open = "x-anonymous" in place.described  # then its path may hold a credential
    request.scope["chassis.path"] = place.path if is_open else request.scope["path"]
    who = await identify(request)
    await count(request, who.tenant)
    require_right(who, place)
    chassis.identify(who.tenant, who.subject, who.roles)
    is_watch = place.method == "GET" and "x-stream" in place.described
    if not is_watch and await chassis.arrived(request):
        await chassis.enter(request, sent, gate.turn(who.tenant or "nobody"))
    limits = {"seconds": place.described["x-timeout"], "most": config.body}
    return await chassis.relay(request, place.service, cookies=KNOWN, **limits)


app = chassis.create_app("api-gateway", router, describe=False, meanings=OUTSIDE)
admission.origins.admit(app, config.origins.split(), METHODS)
