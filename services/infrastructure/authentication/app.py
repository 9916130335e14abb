"""Authentication: who somebody is, and what a credential stands for.

Calls      database-operations
Publishes  business.registered
Provider   the OpenID issuers at the hosts that the operator admits

A refresh token works once; a second use ends its session. Wrong passwords close an
e-mail to who tried them for a while; neither that nor its time tells if it is known.
"""

from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field

import chassis
import credentials
from contracts.infrastructure import identity
from contracts.infrastructure.events import BusinessRegistered
from contracts.infrastructure.identity import Joined, Login, Logout, Profile, Tokens


class Settings(BaseModel):
    """AUTHENTICATION_* variables."""

    secret: Annotated[str, Field(min_length=16)]  # several, by commas
    issuer_hosts: str = ""  # of external issuers, by blanks; or https://issuer=tenant
    locked: float = 900.0  # seconds, after five wrong passwords


config = chassis.settings(Settings, prefix="AUTHENTICATION_")
SHORT, STAY = 900, 30 * 86_400  # seconds
ANYONE, MANAGERS = chassis.policy(public=True, anonymous=True), chassis.MANAGERS
asking = partial(chassis.policy, retry="read", anonymous=True)
ME = "/api/v1/auth/me"  # who has the tokens that an answer gives
NOWHERE = chassis.PLATFORM  # what leads to a tenant is stored beside no tenant

accounts = chassis.collection("accounts", identity.Account)
api_keys = chassis.collection("api-keys", identity.StoredApiKey)
attempts = chassis.collection("attempts", identity.Attempts)
revocations = chassis.collection("revocations", identity.Revocation)
issuers = chassis.collection("issuers", identity.StoredIssuer)
sessions = chassis.collection("sessions", identity.Session)
signing = chassis.collection("signing-keys", identity.SigningKeys)
people = credentials.Accounts(NOWHERE, accounts, attempts, config.secret, config.locked)
keyring = credentials.Keyring(NOWHERE, signing, config.secret)
revoked = credentials.Revocations(NOWHERE, revocations, SHORT, chassis)
signed_in = credentials.Sessions(sessions, STAY, revoked, chassis)
members = credentials.Members(NOWHERE, accounts, signed_in, identity.Member, chassis)
access = credentials.Access(signed_in, keyring, SHORT, **identity.ACCESS)
trusted = credentials.Issuers(NOWHERE, issuers, config.issuer_hosts, chassis)
programs = credentials.ApiKeys(api_keys, chassis)
GIVES: dict[str, Any] = {"dependencies": [Depends(programs.require_whole)]}
ADMITS = GIVES | chassis.policy(public=True, roles=MANAGERS)
MANAGES = GIVES | chassis.policy(retry="keyed", public=True, roles=MANAGERS)
holders = (programs.holder, signed_in.holder, trusted.holder)
AT = ("", "api-keys", "auth/issuers", "auth/members", "auth/sessions")
routers = [chassis.router(each and f"/api/v1/{each}") for each in AT]
router, key_routes, issuer_routes, member_routes, session_routes = routers


@router.post("/api/v1/auth/register", status_code=201, **ANYONE)
async def register(given: identity.Registration, answer: Response) -> Tokens:
    """A new tenant with its owner."""
    owner = await people.establish(**dict(given))
    with chassis.acting_for(owner.tenant):
        chassis.publish(BusinessRegistered(business=given.business, email=given.email))
        await chassis.commit()
    answer.headers["Location"] = ME
    return Tokens(**await access.start(owner))


@member_routes.post("", status_code=201, **ADMITS)
async def add_member(given: identity.NewMember, tenant: chassis.Tenant) -> Joined:
    """Another account of the caller's business."""
    return Joined(**await people.join(tenant, **dict(given)))


@router.post("/api/v1/auth/login", **ANYONE)
async def login(given: Login, asked: Request, answer: Response) -> Tokens:
    """Tokens for an e-mail and its password."""
    return Tokens(**await access.start(await people.enter(given, asked, answer)))


@session_routes.post("", status_code=201, response_model=identity.SessionView, **ANYONE)
async def sign_in(given: Login, asked: Request, answer: Response) -> Any:
    """Sign a browser in: its session is a cookie."""
    session, secret = await signed_in.browse(await people.enter(given, asked, answer))
    credentials.set_cookies(asked.headers, answer.headers, secret, STAY)
    return session


@router.post("/api/v1/auth/visitors", status_code=201, **ANYONE)
async def visit(given: identity.Visit, answer: Response) -> Tokens:
    """A session for a customer without an account, of a business that there is."""
    answer.headers["Location"] = ME
    return Tokens(**await access.admit(await people.known(given.tenant), "customer"))


@router.post("/api/v1/auth/refresh", **ANYONE)
async def refresh(given: identity.Refresh) -> Tokens:
    """The next tokens of a session; a token used twice ends the session."""
    return Tokens(**await access.advance(given.refresh_token))


@router.post("/api/v1/auth/logout", status_code=204, **ANYONE)
async def logout(given: Logout, caller: chassis.Caller, answer: Response) -> None:
    """End the session of a refresh token, or one of the caller's own."""
    await signed_in.end(caller, **dict(given))
    answer.headers["Set-Cookie"] = credentials.NO_COOKIE


@router.get(ME, **chassis.policy(retry="read", public=True))
async def me(caller: chassis.Caller) -> Profile:
    """What the caller's credential stands for."""
    return Profile(roles=caller.roles, **await people.about(caller))


@key_routes.post("", status_code=201, response_model=identity.ShownApiKey, **MANAGES)
async def create_api_key(given: identity.NewApiKey, caller: chassis.Caller) -> Any:
    """A key for a program, never above its maker. This answer alone shows it."""
    key, about = programs.make(caller.tenant, caller.roles, **given.model_dump())
    return identity.ShownApiKey(**about, api_key=key)


@issuer_routes.put("", response_model=identity.StoredIssuer, **ADMITS)
async def put_issuer(given: identity.Issuer, tenant: chassis.Tenant) -> Any:
    """Take the tokens of an issuer, which no other business has."""
    return await trusted.bind(tenant, **given.model_dump())


@router.post("/api/v1/auth/introspect", **asking())
async def introspect(given: identity.Token) -> identity.Introspection:
    """What an API key, a cookie or an issuer's token stands for, if it is good."""
    return identity.Introspection(**await credentials.introspect(given.token, holders))


router.get("/.well-known/jwks.json", name="jwks", **asking(public=True))(keyring.public)
router.get("/api/v1/auth/revocations", name="revocations", **asking())(revoked.told)
staff = {"listed": True, "read_roles": MANAGERS, "delete_roles": MANAGERS}
chassis.items(key_routes, api_keys, "api_key", view=identity.ApiKey, **staff)
chassis.items(issuer_routes, issuers, "issuer", **staff)
chassis.items(member_routes, members, "member", delete=members.remove, **staff)
staff |= {"view": identity.SessionView, "delete": signed_in.remove}
chassis.items(session_routes, sessions, "session", **staff)
meanings = credentials.meanings(chassis, config.locked)
app = chassis.create_app("authentication", *routers, meanings=meanings)
