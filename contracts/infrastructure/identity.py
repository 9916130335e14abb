"""Who may do what: accounts, sessions, API keys, and what a credential stands for."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from contracts.closed import Body, Closed
from contracts.moments import Moment
from contracts.people import Email, Name

Role = Literal["owner", "admin", "agent", "customer"]
Given = Literal["admin", "agent", "customer"]  # what another than the owner may get
TENANT = r"^t-[a-z0-9-]{1,60}$"
ACCESS = {"issuer": "filigree", "audience": "filigree"}  # of our own access tokens
Password = Annotated[str, Field(min_length=10, max_length=200)]


class Registration(Closed):
    """A business and its owner."""

    email: Email
    password: Password
    business: Name


class Login(Closed):
    email: Email
    password: Annotated[str, Field(max_length=200)]


class NewMember(Closed):
    """Another account of the same business."""

    email: Email
    password: Password
    role: Given


class Visit(Closed):
    """A customer without an account, of the business that it visits."""

    tenant: Annotated[str, Field(pattern=TENANT)]


class Refresh(Closed):
    refresh_token: Annotated[str, Field(max_length=500)]


class Logout(Closed):
    """What to end: the session of a refresh token, or one's own by its id."""

    refresh_token: Annotated[str | None, Field(max_length=500)] = None
    session: Annotated[str | None, Field(max_length=100)] = None


class Tokens(BaseModel):
    """``expires_in`` is in seconds and of the access token."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int
    tenant: str


class Account(BaseModel):
    """Somebody who can sign in. Stored beside no tenant: the e-mail leads to one."""

    subject: str
    email: str
    tenant: str
    business: str = ""
    roles: list[Role]
    password: str


class Member(BaseModel):
    """An account as its business's managers see it; ``subject`` is its id."""

    subject: str
    email: str
    roles: list[Role]


class Attempts(BaseModel):
    """Wrong passwords in a row for an e-mail, whether or not it has an account."""

    failures: int = 0


class Profile(BaseModel):
    """What an account may know of itself."""

    subject: str | None
    tenant: str
    roles: list[str]
    email: str | None = None
    business: str | None = None


class Joined(Profile):
    """An account that was made for somebody, by its id among the members."""

    id: str


class Session(BaseModel):
    """A signed-in device. ``used`` are the digests of refresh tokens already spent.

    A browser's secret is no refresh token but its cookie.
    """

    id: str
    subject: str
    tenant: str
    roles: list[Role]
    refresh: str
    used: list[str] = []
    expires_at: datetime
    browser: bool = False


class SessionView(BaseModel):
    id: str
    subject: str
    roles: list[str]
    expires_at: datetime
    browser: bool


Scope = Annotated[
    str,
    Field(
        pattern=r"^(\*|[a-z]+(-[a-z]+)*(:read)?)$",
        max_length=70,
        description="a service's name, with :read for its reading alone, or * for all",
        examples=["*", "document-processing", "similarity-search:read"],
    ),
]


class NewApiKey(Closed):
    """``scopes``: service names, ``name:read`` for its reading alone, or ``*``."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    role: Role = "agent"
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=40)] = ["*"]
    expires_at: Moment | None = None


class ApiKey(BaseModel):
    id: str
    name: str
    role: Role
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None = None


class StoredApiKey(ApiKey):
    digest: str


class ShownApiKey(ApiKey):
    """The only time that the key itself is shown."""

    api_key: str


class Revocation(BaseModel):
    """When a session was ended whose access tokens may still be about."""

    at: float


class SigningKey(BaseModel):
    """A private signing key, sealed."""

    sealed: str
    created_at: datetime


class SigningKeys(BaseModel):
    """All of them, oldest first."""

    keys: list[SigningKey] = []


class Issuer(Closed):
    """An external identity provider whose tokens a tenant accepts.

    Its keys are found by OpenID Connect discovery; ``roles`` maps the values of its
    ``roles_claim`` (``a.b`` for a nested one) to roles here, ``default_role`` is for a
    token that has none of them. A tenant's owner is never one of an issuer's.
    """

    issuer: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=300)]
    audience: Annotated[str, Field(min_length=1, max_length=300)]
    subject_claim: Annotated[str, Field(min_length=1, max_length=100)] = "sub"
    roles_claim: Annotated[str, Field(min_length=1, max_length=100)] = "roles"
    roles: Annotated[dict[str, Given], Field(max_length=100)] = {}
    default_role: Given = "customer"


class StoredIssuer(Issuer):
    id: str
    tenant: str


class Token(Body):
    token: Annotated[str, Field(max_length=70_000)]  # as long as a header may be


class Introspection(BaseModel):
    """What a credential stands for (after RFC 7662); inactive says nothing more."""

    active: bool
    tenant: str | None = None
    subject: str | None = None
    roles: list[str] = []
    scopes: list[str] = ["*"]
