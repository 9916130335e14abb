"""Envoy's listeners: a port before each service, a socket behind each caller."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filigree import envoy_replies, envoy_routes
from filigree.declarations import Declaration
from filigree.edges import GATEWAY, Mesh
from filigree.envoy_clusters import seconds
from filigree.state import State

FILTERS = "type.googleapis.com/envoy.extensions.filters."
OURS = ("x-internal-token", "x-tenant", "x-request-timeout")
IDLE = 300  # seconds without a byte until a stream is given up
HEAD = 15  # seconds that the head of a request may take to arrive


@dataclass(frozen=True, slots=True)
class Fault:
    """What `break` puts before a service: an answer of its own, or a delay."""

    status: int | None = None
    delay: float = 0.0  # seconds


def inbound(declaration: Declaration, held: State) -> dict[str, Any]:
    """The port before a service. Behind all but the gateway's only probes are open."""
    service = declaration.name
    port = declaration.port + held.offset
    filters = []
    if service == GATEWAY:
        hosts = [envoy_routes.everything(f"inbound|{service}")]
        filters.append(_strip())
    else:
        hosts = [envoy_routes.probes(service)]
    return {
        "name": f"inbound|{service}",
        "address": {
            "socket_address": {"address": "127.0.0.1", "port_value": port},
        },
        # Otherwise a second Envoy could share the port, and each get half the calls.
        "enable_reuse_port": False,
        **_chain(f"inbound_{service}", hosts, envoy_replies.inbound(service), filters),
    }


def egress(mesh: Mesh, caller: str, held: State) -> dict[str, Any]:
    """The socket through which *caller* calls: its declared operations alone."""
    hosts = [envoy_routes.declared(edge) for edge in mesh.of(caller)]
    absent = [callee for who, callee in mesh.absent if who == caller]
    hosts += [envoy_routes.absent(callee) for callee in absent]
    replies = envoy_replies.egress(caller, mesh.declarations.get(caller), absent)
    caller_header = {
        "header": {"key": "x-filigree-caller", "value": caller},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    }
    return {
        "name": f"egress|{caller}",
        "address": _pipe(held.egress(caller)),
        **_chain(
            f"egress_{caller}",
            [*hosts, envoy_routes.nothing()],
            replies,
            added=[caller_header],
        ),
    }


def faulty(service: str, fault: Fault, held: State) -> dict[str, Any]:
    """A service that fails as told, so that its callers' breakers have work."""
    typed: dict[str, Any] = {"@type": FILTERS + "http.fault.v3.HTTPFault"}
    always = {"numerator": 100, "denominator": "HUNDRED"}
    if fault.status:
        typed["abort"] = {"http_status": fault.status, "percentage": always}
    if fault.delay:
        typed["delay"] = {"fixed_delay": seconds(fault.delay), "percentage": always}
    filters = [{"name": "envoy.filters.http.fault", "typed_config": typed}]
    return {
        "name": f"broken|{service}",
        "address": _pipe(held.broken(service)),
        **_chain(
            f"broken_{service}",
            [envoy_routes.everything(f"inbound|{service}")],
            envoy_replies.inbound(service),
            filters,
        ),
    }


def _pipe(path: Path) -> dict[str, Any]:
    return {"pipe": {"path": str(path), "mode": 0o600}}


def _strip() -> dict[str, Any]:
    """Nobody outside says who is calling, in whose name, how long that may take, or
    how Envoy is to do it."""
    removed = [
        {"remove_on_match": {"key_matcher": {"prefix": prefix}}}
        for prefix in ("x-filigree-", "x-envoy-")
    ]
    removed += [{"remove": name} for name in OURS]
    return {
        "name": "envoy.filters.http.header_mutation",
        "typed_config": {
            "@type": FILTERS + "http.header_mutation.v3.HeaderMutation",
            "mutations": {"request_mutations": removed},
        },
    }


def _chain(
    stat: str,
    hosts: list[dict[str, Any]],
    replies: dict[str, Any],
    filters: Iterable[dict[str, Any]] = (),
    added: Iterable[dict[str, Any]] = (),
) -> dict[str, Any]:
    manager = {
        "@type": FILTERS + "network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": stat,
        "codec_type": "HTTP1",
        # A client that offers another protocol, as Java's does, goes on in this one
        # (RFC 9110, 7.8). Left alone, Envoy refuses it with a 403.
        "http_protocol_options": {
            "ignore_http_11_upgrade": [{"safe_regex": {"regex": ".*"}}]
        },
        "server_header_transformation": "PASS_THROUGH",
        # Every client counts as foreign: its x-envoy-… headers, which could change
        # retries and timeouts, are dropped. With no range given, loopback and private
        # networks would be ours; this one is nobody's (RFC 5737).
        "use_remote_address": True,
        "internal_address_config": {
            "unix_sockets": False,
            "cidr_ranges": [{"address_prefix": "192.0.2.0", "prefix_len": 32}],
        },
        "generate_request_id": False,
        "preserve_external_request_id": True,
        # A path is matched as the service will read it.
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "strip_any_host_port": True,
        "stream_idle_timeout": f"{IDLE}s",
        # Who sends it drop by drop would hold the connection for ever.
        "request_headers_timeout": f"{HEAD}s",
        "local_reply_config": replies,
        "route_config": {
            "name": stat,
            "validate_clusters": False,
            "virtual_hosts": hosts,
            "request_headers_to_add": list(added),
        },
        "http_filters": [*filters, _router()],
    }
    chain = {
        "filters": [
            {
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": manager,
            }
        ]
    }
    return {"filter_chains": [chain]}


def _router() -> dict[str, Any]:
    return {
        "name": "envoy.filters.http.router",
        "typed_config": {
            "@type": FILTERS + "http.router.v3.Router",
            "suppress_envoy_headers": True,
        },
    }
