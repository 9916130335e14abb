"""Where a request comes from, as our own proxy saw it."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network

SITE = 64  # bits of an IPv6 address that are its site's; the rest is whoever's there


def source(headers: Mapping[str, str]) -> str:
    """The address, or of IPv6 the network, that a request comes from; empty where no
    proxy tells. What the client itself has written there does not count."""
    told = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    try:
        address = ip_address(told)
    except ValueError:
        return told
    if not isinstance(address, IPv6Address):
        return told
    return str(address.ipv4_mapped or ip_network((int(address), SITE), strict=False))
