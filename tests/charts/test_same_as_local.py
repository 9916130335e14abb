"""A cluster's Istio and a laptop's Envoy are one mesh: every edge is the same in both.

Read from the two renderings, not from what they are rendered from. Istio has no setting
for two things, which differ: a stream's idle timeout, and the probe that keeps calls
from a service until it is ready.
"""

import re
from math import inf
from pathlib import Path

import pytest

from chassis import _serve
from filigree import cluster_upstream, edges, envoy, graph_time
from filigree.declarations import seconds
from filigree.state import State

ROOT = Path(__file__).parents[2]
TOOLS = {edges.OPERATOR, edges.AGENT}
AGENT = "log-agent"
CALLER = "x-filigree-caller"


@pytest.fixture(scope="module")
def local(mesh):
    held = State(ROOT)
    return envoy.render(mesh, held)


def local_routes(rendered):
    """(caller, callee) → its routes in their order, as tuples."""
    found = {}
    for listener in rendered.listeners["resources"]:
        kind, caller = listener["name"].split("|")
        if kind != "egress" or caller in TOOLS:
            continue
        manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
        for host in manager["route_config"]["virtual_hosts"]:
            routes = [each for each in host["routes"] if "route" in each]
            if routes:
                edge = caller, host["domains"][0]
                found[edge] = [local_route(each) for each in routes]
    return found


def local_route(route):
    match, action = route["match"], route["route"]
    policy = action.get("retry_policy", {})
    path = match.get("path") or match["safe_regex"]["regex"]
    [method] = [h for h in match["headers"] if h["name"] == ":method"]
    timeout = seconds(action["timeout"])
    return (
        method["string_match"]["exact"],
        ("path" in match, path),
        len(match["headers"]) > 1,
        timeout or None,
        policy.get("num_retries", 0),
        policy.get("retry_on"),
        seconds(policy["per_try_timeout"]) if "per_try_timeout" in policy else None,
        [
            (each["header"]["key"], seconds(each["header"]["value"]))
            for each in route.get("request_headers_to_add", ())
        ],
    )


def istio_routes(services):
    found = {}
    for service in services:
        for route in service["spec"]["http"]:
            caller = route.get("match", [{}])[0].get("sourceLabels", {})
            name = caller.get("app.kubernetes.io/name")
            if name:
                edge = name, service["metadata"]["name"]
                found.setdefault(edge, []).append(istio_route(route))
    return found


def istio_route(route):
    [match] = route["match"]
    retries = route["retries"]
    single = retries.get("perTryTimeout")
    [(kind, path)] = match["uri"].items()
    return (
        match["method"]["exact"],
        (kind == "exact", path),
        match.get("headers") == {"idempotency-key": {}},
        seconds(route["timeout"]) if "timeout" in route else None,
        retries["attempts"],
        retries.get("retryOn"),
        seconds(single) if single else None,
        [
            (name, seconds(value))
            for name, value in route["headers"]["request"]["set"].items()
            if name != CALLER
        ],
    )


def test_every_edge_has_the_same_routes_timeouts_and_retries(local, find):
    ours, theirs = local_routes(local), istio_routes(find("VirtualService"))
    assert ours
    # A laptop's supervisor ships the lines that an agent ships in a cluster.
    del theirs[AGENT, "logging"]
    assert set(theirs) == set(ours)
    assert theirs == ours


def test_a_caller_is_known_by_its_namespace_and_marked_as_itself(find, mesh):
    for service in find("VirtualService"):
        for route in service["spec"]["http"]:
            match = route.get("match", [{}])[0]
            caller = match.get("sourceLabels", {}).get("app.kubernetes.io/name")
            if caller and caller != AGENT:
                domain = mesh.declarations[caller].domain
                assert match["sourceNamespace"] == f"filigree-{domain}"
                assert route["headers"]["request"]["set"][CALLER] == caller


def test_a_service_is_told_how_long_the_mesh_waits_for_it(local):
    told = streams = 0
    for routes in local_routes(local).values():
        for *_, timeout, _, _, single, headers in routes:
            waits = single or timeout
            assert headers == ([("x-filigree-timeout", waits)] if waits else [])
            told, streams = told + bool(headers), streams + (timeout is None)
    assert told
    assert streams


def test_what_is_not_declared_is_refused_as_on_a_laptop(find):
    for service in find("VirtualService"):
        last = service["spec"]["http"][-1]
        assert "match" not in last
        assert last["directResponse"]["status"] == 403


def test_a_path_is_judged_as_the_service_will_read_it(local):
    """A slash that is written %2F is one to a service: it would be asked for another
    operation than was admitted. A laptop refuses it, Istio reads it so if told to."""
    for listener in local.listeners["resources"]:
        manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
        assert manager["normalize_path"]
        assert manager["merge_slashes"]
        assert manager["path_with_escaped_slashes_action"] == "REJECT_REQUEST"
    [istiod] = [each for each in cluster_upstream.istio() if each["name"] == "istiod"]
    way = "meshConfig.pathNormalization.normalization"
    assert istiod["setValues"][way] == "DECODE_AND_MERGE_SLASHES"


def test_breakers_and_limits_are_the_same(local, find):
    clusters = [
        each
        for each in local.clusters["resources"]
        if not each["name"].startswith(("inbound|", *TOOLS))
    ]
    assert clusters
    for cluster in clusters:
        _, callee = cluster["name"].split("|")
        policy = find("DestinationRule", callee)["spec"]["trafficPolicy"]
        ejects, limits = policy["outlierDetection"], policy["connectionPool"]
        ours = cluster["outlier_detection"]
        assert ejects["consecutive5xxErrors"] == ours["consecutive_5xx"]
        assert seconds(ejects["baseEjectionTime"]) == seconds(
            ours["base_ejection_time"]
        )
        assert ejects["interval"] == ours["interval"]
        [limit] = cluster["circuit_breakers"]["thresholds"]
        assert limits["tcp"]["maxConnections"] == limit["max_connections"]
        assert (
            limits["http"]["http1MaxPendingRequests"] == (limit["max_pending_requests"])
        )
        assert limits["http"]["http2MaxRequests"] == limit["max_requests"]
        budget = limit["retry_budget"]
        assert policy["retryBudget"] == {
            "percent": budget["budget_percent"]["value"],
            "minRetryConcurrency": budget["min_retry_concurrency"],
        }
        assert limits["tcp"]["connectTimeout"] == cluster["connect_timeout"]
        [options] = cluster["typed_extension_protocol_options"].values()
        idle = options["common_http_protocol_options"]["idle_timeout"]
        assert limits["http"]["idleTimeout"] == idle
        # Neither sends anything to who was ejected, however many were.
        panic = cluster["common_lb_config"]["healthy_panic_threshold"]["value"]
        assert ejects["minHealthPercent"] == panic
        gateway = ours["enforcing_consecutive_gateway_failure"]
        assert ejects["consecutiveGatewayErrors"] == gateway


def test_the_limits_of_an_edge_are_its_callers_alone(local, find):
    """A rule for who calls a service holds for the service's own sidecar as well, where
    all callers come together; on a laptop nothing stands there but the service."""
    for scope in find("Sidecar"):
        pool = scope["spec"]["inboundConnectionPool"]
        edge = find("DestinationRule", scope["metadata"]["name"])["spec"]
        limits = edge["trafficPolicy"]["connectionPool"]
        most = pool["tcp"]["maxConnections"]
        assert limits["tcp"]["maxConnections"] * 2 <= most
        # The service refuses the next connection, which may be a probe's.
        assert most < _serve.AT_ONCE
        assert pool["http"]["http1MaxPendingRequests"] >= most
        assert pool["http"]["http2MaxRequests"] >= 2 * most
        assert seconds(pool["http"]["idleTimeout"]) < _serve.KEEP_ALIVE


def test_a_repeated_request_asks_another_replica_wherever_it_was_sent(find):
    """Istio says so by itself, but where a header decides which replica it is."""
    seen = 0
    for service in find("VirtualService"):
        rule = find("DestinationRule", service["metadata"]["name"])
        balancer = rule["spec"]["trafficPolicy"]["loadBalancer"]
        for route in service["spec"]["http"]:
            if route.get("retries", {}).get("attempts"):
                said = route["retries"].get("retryIgnorePreviousHosts", False)
                assert said == ("consistentHash" in balancer)
                seen += said
    assert seen


def admitted(policy):
    """(caller, method, path) of everything that a policy allows a service."""
    for rule in policy["spec"].get("rules", ()):
        [origin] = rule["from"]
        for principal in origin["source"]["principals"]:
            namespace, caller = re.fullmatch(
                r"cluster\.local/ns/([a-z-]+)/sa/([a-z-]+)", principal
            ).groups()
            for to in rule.get("to", ()):
                for method in to["operation"]["methods"]:
                    for path in to["operation"]["paths"]:
                        yield namespace, caller, method, path


def test_who_may_call_whom_is_the_same_to_the_path(local, find, mesh):
    theirs, ours = set(), set()
    for policy in find("AuthorizationPolicy"):
        if "selector" in policy["spec"]:
            name = policy["metadata"]["name"]
            theirs |= {(name, *each) for each in admitted(policy) if AGENT not in each}
    for (caller, callee), routes in local_routes(local).items():
        namespace = f"filigree-{mesh.declarations[caller].domain}"
        for method, (exact, path), *_ in routes:
            # A pattern is escaped where a path is not.
            plain = path if exact else re.sub(r"\\(.)", r"\1", path)
            shown = plain.replace("[^/]+", "{*}")
            ours.add((callee, namespace, caller, method, shown))
    assert theirs == ours


def test_tries_fit_the_timeout_they_are_given(find):
    routes = [r for each in istio_routes(find("VirtualService")).values() for r in each]
    tried = [r for r in routes if r[6] is not None]
    assert tried
    for *_, timeout, attempts, _, single, _ in tried:
        assert single * (attempts + 1) <= timeout


def test_what_a_callee_may_have_seen_is_repeated_only_if_its_contract_says_so(
    find, mesh
):
    """A try that it never saw has no effect that a second one could double."""
    repeated = 0
    for service in find("VirtualService"):
        offered = mesh.operations[service["metadata"]["name"]]
        for route in service["spec"]["http"]:
            _, _, name = route["name"].partition(".")
            operation = offered.get(name.rpartition(".")[0])
            codes = {*route.get("retries", {}).get("retryOn", "").split(",")}
            if operation is None or codes <= {"", "connect-failure", "refused-stream"}:
                continue
            keyed = route["match"][0].get("headers") == {"idempotency-key": {}}
            assert operation.retry == "read" or (operation.retry != "never" and keyed)
            repeated += 1
    assert repeated


def test_nobody_waits_for_another_longer_than_anybody_waits_for_it(
    find, mesh, outsiders
):
    edges = istio_routes(find("VirtualService"))
    waits = {}
    for (_, callee), routes in edges.items():
        longest = max(route[3] or inf for route in routes)
        waits[callee] = max(longest, waits.get(callee, 0))
    judged = 0
    for (caller, _), routes in edges.items():
        if caller in waits and caller not in outsiders:
            # Nobody waits for an event's handler, which has a time of its own.
            handles = graph_time.HANDLER if mesh.declarations[caller].consumes else 0
            longest = max(route[3] or 0 for route in routes)
            assert longest <= max(waits[caller], handles)
            judged += 1
    assert judged
