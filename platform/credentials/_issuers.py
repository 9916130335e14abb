"""External issuers: OpenID providers whose tokens are taken (OpenID Connect Discovery).

An issuer is asked for its keys only; what its claims mean is said by who trusts it.
An issuer leads to one tenant, for good: whoever could bind it anew could speak for its
users. No token proves whose an issuer is, for each of its users has one: the operator
says it, or else it is whose tenant binds it first.
"""

import base64
import json
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from credentials._documents import Documents
from credentials._guesses import Taken
from credentials._keys import Unfit
from credentials._opaque import digest
from credentials._tokens import ASYMMETRIC, BadToken, verify

MOST = 256 * 1024  # bytes of a document that an issuer may answer with
LOOPBACK = ("127.0.0.1", "localhost", "::1")
OWNED = re.compile(r"(?P<issuer>https?://\S+)=(?P<tenant>t-[a-z0-9-]{1,60})")


class Untrusted(Unfit):
    """The issuer's address, or what it says of itself, cannot be relied on."""


class Issuers:
    """Issuers that are *admitted*, and who trusts them.

    *admitted* are hosts, divided by blanks, each of whose issuers is the tenant's that
    binds it first, and issuers with the only tenant that may: ``issuer=tenant``.

    *documents* hold, of the tenant *bindings*, which tenant an issuer leads to, and of
    that tenant the terms: ``id``, ``tenant``, ``issuer``, ``audience``,
    ``subject_claim``, ``roles_claim``, ``roles`` (its values' meanings) and
    ``default_role``. *host* has the ``provider`` of a host, whose ``call`` makes a call
    to it, and ``Remembered``, which makes one of so many seconds and answers. An
    issuer's keys are kept for ten minutes; when a token names another, they are asked
    for again, at most every half minute.
    """

    def __init__(
        self, bindings: str, documents: Documents, admitted: str, host: Any
    ) -> None:
        self._bindings, self._documents = bindings, documents
        self._owners, self._free = _admitted(admitted)
        listed = {*self._free, *map(host_of, self._owners)}
        self._hosts = {each: host.provider(each, max_retries=1) for each in listed}
        self._memory = host.Remembered(600.0, 1000)
        self._recent = host.Remembered(30.0, 1000)

    async def bind(self, tenant: str, issuer: str, **known: Any) -> Any:
        """The terms, stored; Taken when the issuer is another's, or Untrusted."""
        id = _id_of(issuer)
        terms = self._documents.model(id=id, tenant=tenant, issuer=issuer, **known)
        if not self.is_admitted(issuer):
            raise Untrusted(f"{issuer} is not admitted as an issuer here")
        if await self._owner(issuer, terms) != tenant:
            raise Taken("this issuer is another tenant's")
        _, version = await self._documents.find_as(tenant, id)
        if not await self._documents.put_as(tenant, id, terms, version):
            raise Taken("the terms of this issuer are being changed")
        return terms

    def is_admitted(self, issuer: str) -> bool:
        """Whether tokens of that issuer can be good here, if a tenant trusts it."""
        return issuer in self._owners or host_of(issuer) in self._free

    async def _owner(self, issuer: str, first: Any = None) -> str | None:
        """The tenant whose an issuer is: as the operator says, or else as was bound
        first, be it by the terms *first*."""
        if issuer in self._owners:
            return self._owners[issuer]
        id = _id_of(issuer)
        if first:
            await self._documents.put_as(self._bindings, id, first, 0)
        bound, _ = await self._documents.find_as(self._bindings, id)
        return bound and bound.tenant

    async def holder(self, token: str) -> dict[str, Any] | None:
        """``tenant``, ``subject`` and ``roles`` of a token, None unless it is good."""
        terms = await self._terms(issuer_of(token) or "")
        if terms is None:
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
        owner = await self._owner(issuer)
        if owner is None or not self.is_admitted(issuer):
            return None
        return (await self._documents.find_as(owner, _id_of(issuer)))[0]


def _id_of(issuer: str) -> str:
    return digest(issuer)[:32]


def _admitted(text: str) -> tuple[dict[str, str], set[str]]:
    """The tenant of each issuer that has one, and the hosts of all others; ValueError
    for an issuer without a tenant."""
    owners, hosts = dict[str, str](), set[str]()
    for each in text.split():
        if found := OWNED.fullmatch(each):
            owners[found["issuer"]] = found["tenant"]
        elif "/" in each or "=" in each:
            raise ValueError(f"{each} is neither a host nor an issuer=tenant")
        else:
            hosts.add(each)
    return owners, hosts


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
