"""What Istio refuses though its CRDs' types allow it: ``wrong(object)`` lists it.

Sources: the CEL rules (``x-kubernetes-validations``) of istio/api's
``kubernetes/customresourcedefinitions.gen.yaml``, with istio/api's ``tests/testdata``,
and the webhook's ``pkg/config/validation`` and ``pkg/config/security`` of istio/istio,
which ``istioctl analyze`` runs as well.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from math import isqrt
from typing import Any

Spec = dict[str, Any]
# duration(self) >= duration('1ms'), of what Envoy and Go both can read.
DURATION = re.compile(r"(?=.*[1-9])(\d+(ms|s|m|h))+")
DURATIONS = {
    "timeout",
    "perTryTimeout",
    "idleTimeout",
    "connectTimeout",
    "interval",
    "baseEjectionTime",
    "maxConnectionDuration",
    "backoff",
    "duration",
    "fixedDelay",
    "maxAge",
    "reportingInterval",
    "time",
    "warmupDurationSecs",
}
# Envoy's, as its router filter documents x-envoy-retry-on.
RETRY_ON = set(
    "5xx gateway-error reset reset-before-request connect-failure envoy-ratelimited "
    "retriable-4xx refused-stream retriable-status-codes retriable-headers".split()
)
HOST = re.compile(r"(\*\.)?([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z][-a-z0-9]*")
PORT_NAME = re.compile(r"[a-zA-Z0-9]([-a-zA-Z0-9]{0,60}[a-zA-Z0-9])?")
PROTOCOLS = set("HTTP HTTPS GRPC HTTP2 MONGO TCP TLS".split())
OTHERWISE = {"principals", "notPrincipals", "namespaces", "notNamespaces"}
# RE2 has no look-around, back-references or possessive quantifiers.
NOT_RE2 = re.compile(r"\(\?[=!<]|\\[1-9]|[*+?]\+")


def walk(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every (key, value) below a value; an item of a list has the list's key."""
    items = value.items() if isinstance(value, dict) else ()
    listed = ((key, each) for each in value) if isinstance(value, list) else ()
    for name, each in chain(items, listed):
        yield name, each
        yield from walk(each, name)


def durations(spec: Spec) -> bool:
    return all(
        isinstance(each, str) and DURATION.fullmatch(each)
        for name, each in walk(spec)
        if name in DURATIONS
    )


def selectors(spec: Spec) -> bool:
    chosen = [
        *spec.get("selector", {}).get("matchLabels", {}).items(),
        *spec.get("workloadSelector", {}).get("labels", {}).items(),
    ]
    return all(
        key and "*" not in key + each and len(each) <= 63 for key, each in chosen
    )


def one_target(spec: Spec) -> bool:
    """At most one, and none of another namespace."""
    kinds = sum(each in spec for each in ("selector", "targetRef", "targetRefs"))
    targets = [spec.get("targetRef", {}), *spec.get("targetRefs", ())]
    return kinds <= 1 and not any(each.get("namespace") for each in targets)


def ports(spec: Spec) -> bool:
    return all(
        1 <= int(each) <= 65535
        for name, each in walk(spec)
        if name in ("number", "targetPort")
    )


def port_levels(spec: Spec) -> bool:
    given = spec.get("portLevelMtls", {"1": {}})
    chosen = "portLevelMtls" not in spec or spec.get("selector", {}).get("matchLabels")
    return bool(given and chosen) and all(1 <= int(each) <= 65535 for each in given)


def entry_hosts(spec: Spec) -> bool:
    return bool(spec["hosts"]) and all(HOST.fullmatch(each) for each in spec["hosts"])


def entry_ports(spec: Spec) -> bool:
    names = [each["name"] for each in spec["ports"]]
    numbers = [each["number"] for each in spec["ports"]]
    known = {each["protocol"] for each in spec["ports"]} <= PROTOCOLS
    return known and len({*names}) == len(names) and len({*numbers}) == len(numbers)


def entry_resolution(spec: Spec) -> bool:
    wildcard = any(each.startswith("*") for each in spec["hosts"])
    networks = any("/" in each for each in spec.get("addresses", ()))
    if spec["resolution"] == "NONE":
        return "endpoints" not in spec
    if spec["resolution"] == "DNS_ROUND_ROBIN" and len(spec.get("endpoints", ())) > 1:
        return False
    if networks and spec["resolution"] != "STATIC":
        return False
    # No name server answers for a wildcard.
    return not wildcard and not {"endpoints", "workloadSelector"} <= spec.keys()


def entry_endpoints(spec: Spec) -> bool:
    """Each has an address; a socket's is a file's whole path, without ports."""
    for each in spec.get("endpoints", ()):
        address = each.get("address", "")
        path = address.removeprefix("unix://")
        if not address and "network" not in each:
            return False
        if path != address and (
            "ports" in each or path[:1] not in ("/", "@") or path.endswith("/")
        ):
            return False
    return all(
        1 <= number <= 65535 and PORT_NAME.fullmatch(name)
        for each in spec.get("endpoints", ())
        for name, number in each.get("ports", {}).items()
    )


def one_answer(spec: Spec) -> bool:
    kinds = {"route", "redirect", "directResponse", "delegate"}
    return all(len(kinds & each.keys()) == 1 for each in spec["http"])


def shares(spec: Spec) -> bool:
    return all(
        len(each["route"]) == 1 or sum(way["weight"] for way in each["route"]) == 100
        for each in spec["http"]
        if "route" in each
    )


def retries(spec: Spec) -> bool:
    for each in spec["http"]:
        given = each.get("retries", {"attempts": 0})
        named = {*given.get("retryOn", "5xx").split(",")}
        if not named <= RETRY_ON or (not given["attempts"] and len(given) > 1):
            return False
    return True


def every_route_matters(spec: Spec) -> bool:
    """Only the last route may be without a match, and none has another's."""
    matches = [repr(each.get("match")) for each in spec["http"]]
    return len({*matches}) == len(matches) and "None" not in matches[:-1]


def regexes(spec: Spec) -> bool:
    return all(
        len(each) <= 1024 and re.compile(each) and not NOT_RE2.search(each)
        for name, each in walk(spec)
        if name == "regex"
    )


def hosts(spec: Spec) -> bool:
    named = [*spec.get("hosts", ()), *([spec["host"]] if "host" in spec else ())]
    return bool(named) and all(HOST.fullmatch(each) for each in named)


def percentages(spec: Spec) -> bool:
    return all(
        0 <= each <= 100
        for name, each in walk(spec)
        if name.lower().endswith("percent") or name == "randomSamplingPercentage"
    )


def subsets(spec: Spec) -> bool:
    return all(each["labels"] for each in spec.get("subsets", ()))


def one_balancer(spec: Spec) -> bool:
    chosen = spec["trafficPolicy"].get("loadBalancer", {}).keys()
    return not {"simple", "consistentHash"} <= chosen


def tables(spec: Spec) -> bool:
    """Maglev's table has a size, which is prime and below five million and eleven."""
    sizes = [each.get("tableSize", 0) for key, each in walk(spec) if key == "maglev"]
    return all(1 < size < 5_000_011 and _is_prime(size) for size in sizes)


def _is_prime(number: int) -> bool:
    return all(number % each for each in range(2, isqrt(number) + 1))


def rules_are_whole(spec: Spec) -> bool:
    """An empty list would match nobody, or everybody, and is refused."""
    return all(each for name, each in walk(spec.get("rules", [])) if name != "rules")


def rules_are_few(spec: Spec) -> bool:
    rules = spec.get("rules", [])
    return all(
        len(each) <= 512 for each in (rules, *(r.get("from", ()) for r in rules))
    )


def sources(spec: Spec) -> bool:
    """Who it is, is said by service accounts or by principals and namespaces."""
    for _, each in walk(spec.get("rules", [])):
        given = set(each) if isinstance(each, dict) else set()
        if given & {"serviceAccounts", "notServiceAccounts"} and given & OTHERWISE:
            return False
    return True


def paths(spec: Spec) -> bool:
    """``{*}`` is one whole segment; a plain * stands first or last, without it."""
    every = [p for name, p in walk(spec) if name == "paths" and isinstance(p, str)]
    return all(_path(each) for each in every)


def _path(path: str) -> bool:
    if "{" not in path:
        return path.startswith("/") and "*" not in path.strip("*")
    segments = path.removeprefix("/").split("/")
    return all(
        each in ("{*}", "{**}") or not set("*{}") & set(each) for each in segments
    )


def numbers_in_words(spec: Spec) -> bool:
    """Ports of a policy are text."""
    given = [p for name, p in walk(spec) if name == "ports" and not isinstance(p, list)]
    return all(isinstance(each, str) and 1 <= int(each) <= 65535 for each in given)


def scopes(spec: Spec) -> bool:
    """A sidecar's host is ``namespace/name``, its namespace a name, ., ~ or *."""
    every = [each for one in spec["egress"] for each in one["hosts"]]
    return bool(every) and all(
        re.fullmatch(r"(\.|~|\*|[a-z0-9-]+)/(\*|[a-z0-9.*-]+)", each) for each in every
    )


def servers(spec: Spec) -> bool:
    """HTTPS needs a certificate, named once; plain HTTP may only redirect."""
    named = {"credentialName", "credentialNames", "tlsCertificates"}
    for each in spec["servers"]:
        given = each.get("tls", {})
        if len(named & given.keys()) > 1:
            return False
        if each["port"]["protocol"] == "HTTPS" and "credentialName" not in given:
            return False
        if each["port"]["protocol"] == "HTTP" and set(given) - {"httpsRedirect"}:
            return False
    return True


def tags(spec: Spec) -> bool:
    """A tag that is set has a value, one that is removed has none."""
    for _, each in walk(spec):
        operation = each.get("operation") if isinstance(each, dict) else None
        if operation == "UPSERT" and not each.get("value"):
            return False
        if operation == "REMOVE" and "value" in each:
            return False
    return True


EVERYWHERE = (durations, selectors, ports)
RULES: dict[str, tuple[Callable[[Spec], bool], ...]] = {
    "AuthorizationPolicy": (
        *(one_target, rules_are_whole, rules_are_few),
        *(sources, paths, numbers_in_words),
    ),
    "DestinationRule": (hosts, percentages, subsets, one_balancer, tables),
    "Gateway": (servers,),
    "PeerAuthentication": (port_levels,),
    "ServiceEntry": (entry_hosts, entry_ports, entry_resolution, entry_endpoints),
    "Sidecar": (scopes,),
    "Telemetry": (one_target, percentages, tags),
    "VirtualService": (
        *(hosts, one_answer, shares, retries),
        *(every_route_matters, regexes),
    ),
}


def wrong(given: dict[str, Any]) -> list[str]:
    """The names of the rules that an object breaks. KeyError: a kind without rules."""
    rules = (*EVERYWHERE, *RULES[given["kind"]])
    return [each.__name__ for each in rules if not each(given["spec"])]
