"""Fetching from an address that somebody else chose, without being sent to places that
are nobody's business outside.

An address is https, at a host whose every address is public, and the connection goes to
an address that was looked at: asking the name again could tell another. A host that
the operator named, with its port, may be private, and http. Every redirect is looked
at, too.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import httpx

from calendar_sync._changes import Refused, TooMany
from calendar_sync._trust import authorities

HOPS = 3  # redirects
REDIRECTS = (301, 302, 303, 307, 308)


async def public(host: str, port: int) -> str:
    """One address of the host, all of which are public; Refused."""
    loop = asyncio.get_running_loop()
    told = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in told]
    if not addresses or not all(map(_is_public, addresses)):
        raise Refused("the address is not a public one")
    return addresses[0]


def _is_public(address: str) -> bool:
    known = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(known, "ipv4_mapped", None) or known
    return inner.is_global and not inner.is_multicast


class Ways(NamedTuple):
    """How a host is reached: ``address`` looks one of its addresses up and is asked
    once for each request; ``trust`` is whom a certificate has to be from, by default
    one of everybody's authorities."""

    address: Callable[[str, int], Awaitable[str]] = public
    trust: ssl.SSLContext | None = None


USUAL = Ways()


class Fetched(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


def require_spelt(url: str, hosts: Collection[str]) -> None:
    """Refused where the address alone says that it is not to be asked."""
    there = urlsplit(url)
    is_named = there.netloc in hosts and there.scheme in ("http", "https")
    if not (is_named or (there.scheme == "https" and there.hostname)):
        raise Refused("the address has to begin with https:// or webcal://")
    if there.username or there.password:
        raise Refused("user and password do not belong into the address")


async def fetch(
    url: str,
    headers: Mapping[str, str],
    hosts: Collection[str],
    most: int,
    ways: Ways = USUAL,
) -> Fetched:
    """What a GET of *url* answers, at most *most* bytes: TooMany, Refused, and what
    httpx raises."""
    for _ in range(HOPS + 1):
        answer = await _asked(url, headers, hosts, most, ways)
        if answer.status not in REDIRECTS:
            return answer
        url = urljoin(url, answer.headers.get("location", ""))
    raise Refused("the address leads on and on")


async def _asked(
    url: str,
    headers: Mapping[str, str],
    hosts: Collection[str],
    most: int,
    ways: Ways,
) -> Fetched:
    require_spelt(url, hosts)
    there = httpx.URL(url)
    told, terms = {**headers, "Host": there.netloc.decode()}, {}
    if there.netloc.decode() not in hosts:
        terms = {"sni_hostname": there.host}
        at = await ways.address(there.host, there.port or 443)
        there = there.copy_with(host=at)
    trust = ways.trust or authorities()
    async with (
        httpx.AsyncClient(timeout=10.0, trust_env=False, verify=trust) as client,
        client.stream("GET", there, headers=told, extensions=terms) as answer,
    ):
        body = b""
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > most:
                raise TooMany(f"it is larger than {most} bytes")
        return Fetched(answer.status_code, answer.headers, body)
