"""External issuers: OpenID providers whose tokens are taken (OpenID Connect Discovery).

An issuer is asked for its keys only; what its claims mean is said by who trusts it.
An issuer leads to one tenant, for good: whoever could bind it anew could speak for its
users.
"""

import base64
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from credentials._accounts import Taken
from credentials._documents import Documents
from credentials._keys import Unfit
from credentials._opaque import digest
from credentials._tokens import ASYMMETRIC, BadToken, verify

MOST = 256 * 1024  # bytes of a document that an issuer may answer with
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Memory(Protocol):
    """Answers that are kept for a while."""

    async def get(
        self, key: str, ask: Callable[..., Awaitable[Any]], *arguments: Any
    ) -> Any:
        """The answer to *key*, that of *ask* where none is kept."""


class Untrusted(Unfit):
    """The issuer's address, or what it says of itself, cannot be relied on."""


class Issuers:
    """Issuers at *hosts*, and who trusts them.

    *documents* hold, of the tenant *bindings*, which tenant an issuer leads to, and of
    that tenant the terms: ``id``, ``tenant``, ``issuer``, ``audience``,
    ``subject_claim``, ``roles_claim``, ``roles`` (its values' meanings) and
    ``default_role``. *hosts* has, by host, an object whose ``call``
    makes a call to it; *memory* makes one of so many seconds and answers. An issuer's
    keys are kept for ten minutes; when a token names another, they are asked for again,
    at most every half minute.
    """

    def __init__(
        self,
        bindings: str,
        documents: Documents,
        hosts: Mapping[str, Any],
        memory: Callable[[float, int], Memory],
    ) -> None:
        self._bindings, self._documents = bindings, documents
        self._hosts = hosts
        self._memory, self._recent = memory(600.0, 1000), memory(30.0, 1000)

    async def bind(self, tenant: str, issuer: str, **known: Any) -> Any:
        """The terms, stored; Taken when the issuer is another's, or Untrusted."""
        id = digest(issuer)[:32]
        terms = self._documents.model(id=id, tenant=tenant, issuer=issuer, **known)
        if host_of(terms.issuer) not in self._hosts:
            raise Untrusted(f"{host_of(terms.issuer)} is not a host of issuers here")
        await self._documents.put_as(self._bindings, id, terms, 0)
        bound, _ = await self._documents.find_as(self._bindings, id)
        if bound is None or bound.tenant != tenant:
            raise Taken("this issuer is another tenant's")
        _, version = await self._documents.find_as(tenant, id)
        if not await self._documents.put_as(tenant, id, terms, version):
            raise Taken("the terms of this issuer are being changed")
        return terms

    async def holder(self, token: str) -> dict[str, Any] | None:
        """``tenant``, ``subject`` and ``roles`` of a token, None unless it is good."""
        terms = await self._terms(issuer_of(token) or "")
        if terms is None or host_of(terms.issuer) not in self._hosts:
            return None
        expected = {"issuer": terms.issuer, "audience": terms.audience}
        try:
            keys = await self._keys(terms.issuer, kid_of(token))
            claims = verify(token, keys, **expected, algorithms=ASYMMETRIC)
        except (BadToken, Untrusted):
            return None
        return _meant(claims, terms)

    async def _keys(self, issuer: str, kid: str | None) -> Any:
        call = self._hosts[host_of(issuer)].call
        asked = ("GET keys", published_keys, issuer, self._hosts)
        found = await self._memory.get(issuer, call, *asked)
        if kid is None or kid in _kids(found):
            return found
        # The issuer may have begun to sign with a new key since.
        return await self._recent.get(issuer, call, *asked)

    async def _terms(self, issuer: str) -> Any:
        id = digest(issuer)[:32]
        bound, _ = await self._documents.find_as(self._bindings, id)
        return bound and (await self._documents.find_as(bound.tenant, id))[0]


def _meant(claims: dict[str, Any], terms: Any) -> dict[str, Any] | None:
    """What the terms make of verified claims."""
    subject = values_of(claims, terms.subject_claim)
    if not subject:
        return None
    meant = {terms.roles.get(each) for each in values_of(claims, terms.roles_claim)}
    roles = sorted(meant - {None}) or [terms.default_role]
    # Marked, so that no issuer's user is ever taken for one of our own.
    named = f"{terms.id[:8]}:{subject[0]}"
    return {"tenant": terms.tenant, "subject": named, "roles": roles}


def host_of(issuer: str) -> str:
    """``host`` or ``host:port`` of an issuer; Untrusted unless it is plain HTTPS.

    HTTP is for an issuer on the loopback interface alone.
    """
    parts = urlsplit(issuer)
    secure = parts.scheme == "https" or parts.hostname in LOOPBACK
    if not parts.hostname or not secure or set(issuer) & set("?#@"):
        raise Untrusted("an issuer is an https address without query and user")
    return parts.netloc.lower()


def issuer_of(token: str) -> str | None:
    """The issuer that a JWT names, unverified; None when the text is no JWT."""
    return _said(token, 1, "iss")


def kid_of(token: str) -> str | None:
    """The key that a JWT says it is signed with; None when it does not say."""
    return _said(token, 0, "kid")


def _said(token: str, part: int, name: str) -> str | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        padded = parts[part] + "=" * (-len(parts[part]) % 4)
        members = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, RecursionError):
        return None
    found = members.get(name) if isinstance(members, dict) else None
    return found if isinstance(found, str) else None


def _kids(keys: dict[str, Any]) -> list[Any]:
    listed = keys.get("keys")
    known = listed if isinstance(listed, list) else []
    return [key.get("kid") for key in known if isinstance(key, dict)]


async def published_keys(issuer: str, hosts: Collection[str]) -> dict[str, Any]:
    """The JWK Set of *issuer*, by discovery; Untrusted, or httpx's errors.

    Only *hosts* are asked, whatever the issuer's own document says.
    """
    import httpx

    async with httpx.AsyncClient(timeout=2.0, follow_redirects=False) as client:
        address = issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = await _document(client, address)
        if found.get("issuer") != issuer:
            raise Untrusted("the issuer calls itself by another name")
        keys = str(found.get("jwks_uri"))
        if host_of(keys) not in hosts:
            raise Untrusted("the issuer's keys are on a host that is not to be asked")
        return await _document(client, keys)


async def _document(client: Any, address: str) -> dict[str, Any]:
    content = b""
    async with client.stream("GET", address) as answer:
        if 300 <= answer.status_code < 500:
            raise Untrusted(f"the issuer answered {answer.status_code}")
        answer.raise_for_status()
        async for piece in answer.aiter_bytes():
            content += piece
            if len(content) > MOST:
                raise Untrusted("the issuer's document is too large")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as exc:
        raise Untrusted("the issuer's document is no JSON") from exc
    if not isinstance(found, dict):
        raise Untrusted("the issuer's document is no JSON object")
    return found


def values_of(claims: dict[str, Any], path: str) -> list[str]:
    """The texts of a claim, also a nested one (``realm_access.roles``)."""
    found: Any = claims
    for name in [path] if path in claims else path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    listed = found if isinstance(found, list) else [found]
    return [each for each in listed if isinstance(each, str)]
