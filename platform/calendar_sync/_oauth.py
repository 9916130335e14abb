"""OAuth 2.0 for who signs in at a provider (RFC 6749, with PKCE by RFC 7636)."""

import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, ClassVar
from urllib.parse import urlencode

import httpx
from pydantic import BaseModel, Field

from calendar_sync._changes import Answered, Expired, Refused, read
from calendar_sync._trust import authorities
from malformed import reading

SPARE = timedelta(minutes=1)


class Tokens(BaseModel):
    """What is read of an answer (RFC 6749 §5.1); *expires_in* seconds."""

    access_token: str = Field(min_length=1)
    refresh_token: str | None = None
    expires_in: float = Field(3600, ge=0, le=10**9)


@dataclass(frozen=True)
class OAuth:
    """One provider's. *client* is id and secret, divided by a colon."""

    auth_url: str
    token_url: str
    scope: str
    client: str
    redirect_url: str
    call: Callable[..., Awaitable[Any]]
    revoke_url: str = ""  # "" where the provider has none

    def begin(self, **extra: str) -> tuple[dict[str, Any], str]:
        """What is to be kept meanwhile, and where the user has to go."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        asked = {"response_type": "code", "client_id": self.client.partition(":")[0]}
        asked |= {"redirect_uri": self.redirect_url, "scope": self.scope}
        asked |= {"state": state, "code_challenge": challenge}
        asked |= {"code_challenge_method": "S256", **extra}
        kept = {"state": state, "verifier": verifier}
        return kept, f"{self.auth_url}?{urlencode(asked)}"

    async def finish(
        self, kept: dict[str, Any], code: str, state: str, now: datetime
    ) -> dict[str, Any]:
        """The tokens for a code; Refused."""
        if not compare_digest(kept["state"].encode(), state.encode()):
            raise Refused("this is not the authorization that was begun")
        asked = {"grant_type": "authorization_code", "code": code}
        asked |= {"redirect_uri": self.redirect_url, "code_verifier": kept["verifier"]}
        try:
            return await self._tokens(asked, now)
        except Expired as exc:
            raise Refused(f"the code was not taken: {exc}") from exc

    async def renewed(self, tokens: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Tokens that are good for the next minute; Expired."""
        if now + SPARE < datetime.fromisoformat(tokens["until"]):
            return tokens
        asked = {"grant_type": "refresh_token", "refresh_token": tokens["refresh"]}
        # A provider that gives no new one goes on with the old one.
        return tokens | await self._tokens(asked, now)

    async def revoke(self, tokens: dict[str, Any]) -> None:
        """Take back what the user granted (RFC 7009); what is void already stays so."""
        if self.revoke_url and "refresh" in tokens:
            token = tokens["refresh"] or tokens["access"]
            await self.call("POST /revoke", self._revoked, token)

    async def _revoked(self, token: str) -> None:
        async with httpx.AsyncClient(timeout=None, verify=authorities()) as client:
            answer = await client.post(self.revoke_url, data={"token": token})
        if answer.status_code not in (200, 400):
            raise Answered(answer.status_code, answer.headers)

    async def _tokens(self, asked: dict[str, str], now: datetime) -> dict[str, Any]:
        told = await self.call("POST /token", self._asked, asked)
        until = now + timedelta(seconds=told.expires_in)
        found = {"access": told.access_token, "until": until.isoformat()}
        return found | {"refresh": told.refresh_token or asked.get("refresh_token")}

    async def _asked(self, asked: dict[str, str]) -> Tokens:
        id, _, secret = self.client.partition(":")
        form = asked | {"client_id": id, "client_secret": secret}
        async with httpx.AsyncClient(timeout=None, verify=authorities()) as client:
            answer = await client.post(self.token_url, data=form)
        if answer.status_code in (400, 401, 403):
            raise Expired("the access was withdrawn, or ran out")
        if answer.status_code != 200:
            raise Answered(answer.status_code, answer.headers)
        with reading():
            return Tokens.model_validate(read(answer))


class SignIn:
    """A source whose users sign in to open a calendar, with its API at *url*.

    ``extra`` is what the provider is asked beside what RFC 6749 has.
    """

    extra: ClassVar[Mapping[str, str]] = {}

    def __init__(self, url: str, oauth: OAuth) -> None:
        self._url, self._oauth = url, oauth

    def begin(self, given: Any) -> tuple[dict[str, Any], str]:
        """What is to be kept meanwhile, and where the user has to go."""
        kept, url = self._oauth.begin(**self.extra)
        return kept | {"calendar": given.remote}, url

    async def finish(
        self, access: dict[str, Any], code: str, state: str, now: datetime
    ) -> dict[str, Any]:
        """The access that a code is good for; Refused."""
        tokens = await self._oauth.finish(access, code, state, now)
        return tokens | {"calendar": access["calendar"]}

    async def revoke(self, access: dict[str, Any]) -> None:
        """Take the access back, where the provider has that."""
        await self._oauth.revoke(access)

    async def renewed(self, access: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Access that is good for the next minute; Expired."""
        return await self._oauth.renewed(access, now)
