"""What Istio refuses though its CRDs' types allow it: ``wrong(object)`` lists it.

Sources: the CEL rules (``x-kubernetes-validations``) of istio/api's
``kubernetes/customresourcedefinitions.gen.yaml``, with istio/api's ``tests/testdata``,
and the webhook's ``pkg/config/validation`` and ``pkg/config/security`` of istio/istio,
which ``istioctl analyze`` runs as well.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain
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
}
# Envoy's, as its router filter documents x-envoy-retry-on.
RETRY_ON = set(
    "5xx gateway-error reset reset-before-request connect-failure envoy-ratelimited "
    "retriable-4xx refused-stream retriable-status-codes retriable-headers".split()
)
HOST = re.compile(r"(\*\.)?([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z][-a-z0-9]*")
PROTOCOLS = set("HTTP HTTPS GRPC HTTP2 MONGO TCP TLS".split())
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
    chosen = spec.get("selector", {}).get("matchLabels", {})
    return all(
        key and "*" not in key + each and len(each) <= 63
        for key, each in chosen.items()
    )


def one_target(spec: Spec) -> bool:
    return sum(each in spec for each in ("selector", "targetRef", "targetRefs")) <= 1


def ports(spec: Spec) -> bool:
    return all(
        1 <= int(each) <= 65535 for name, each in walk(spec) if name in ("number",)
    )


def port_levels(spec: Spec) -> bool:
    return "portLevelMtls" not in spec or bool(spec.get("selector"))


def entry_hosts(spec: Spec) -> bool:
    return bool(spec["hosts"]) and all(HOST.fullmatch(each) for each in spec["hosts"])


def entry_ports(spec: Spec) -> bool:
    names = [each["name"] for each in spec["ports"]]
    numbers = [each["number"] for each in spec["ports"]]
    known = {each["protocol"] for each in spec["ports"]} <= PROTOCOLS
    return known and len({*names}) == len(names) and len({*numbers}) == len(numbers)


def entry_resolution(spec: Spec) -> bool:
    wildcard = any(each.startswith("*") for each in spec["hosts"])
    if spec["resolution"] == "NONE":
        return "endpoints" not in spec
    # No name server answers for a wildcard.
    return not wildcard and not {"endpoints", "workloadSelector"} <= spec.keys()


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
        re.compile(each) and not NOT_RE2.search(each)
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


def rules_are_whole(spec: Spec) -> bool:
    """An empty list would match nobody, or everybody, and is refused."""
    return all(each for name, each in walk(spec.get("rules", [])) if name != "rules")


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
    """HTTPS needs a certificate; plain HTTP may only redirect."""
    for each in spec["servers"]:
        given = each.get("tls", {})
        if each["port"]["protocol"] == "HTTPS" and "credentialName" not in given:
            return False
        if each["port"]["protocol"] == "HTTP" and set(given) - {"httpsRedirect"}:
            return False
    return True


EVERYWHERE = (durations, selectors, ports)
RULES: dict[str, tuple[Callable[[Spec], bool], ...]] = {
    "AuthorizationPolicy": (one_target, rules_are_whole, paths, numbers_in_words),
    "DestinationRule": (hosts, percentages, subsets, one_balancer),
    "Gateway": (servers,),
    "PeerAuthentication": (port_levels,),
    "ServiceEntry": (entry_hosts, entry_ports, entry_resolution),
    "Sidecar": (scopes,),
    "Telemetry": (one_target, percentages),
    "VirtualService": (
        *(hosts, one_answer, shares, retries),
        *(every_route_matters, regexes),
    ),
}


def wrong(given: dict[str, Any]) -> list[str]:
    """The names of the rules that an object breaks. KeyError: a kind without rules."""
    rules = (*EVERYWHERE, *RULES[given["kind"]])
    return [each.__name__ for each in rules if not each(given["spec"])]
