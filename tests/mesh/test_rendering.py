"""The local Envoy's configuration, as a pure function of the mesh."""

import json
import re

import pytest

from chassis import _serve, errors
from filigree import edges, envoy, envoy_replies, envoy_routes
from filigree.envoy_listeners import Fault


@pytest.fixture
def held(make_mesh):
    mesh = make_mesh()
    mesh.held.prepare()
    return mesh.held


def texts(rendered):
    return [json.dumps(part) for part in (rendered.listeners, rendered.clusters)]


def clusters(rendered):
    return {each["name"]: each for each in rendered.clusters["resources"]}


def listeners(rendered):
    return {each["name"]: each for each in rendered.listeners["resources"]}


def test_the_same_mesh_gives_the_same_bytes(held):
    mesh = edges.resolve(held.root)
    assert texts(envoy.render(mesh, held)) == texts(envoy.render(mesh, held))


def test_each_service_has_a_port_and_each_caller_a_socket(held):
    found = listeners(envoy.render(edges.resolve(held.root), held))
    assert set(found) == {
        "inbound|caller",
        "inbound|callee",
        "inbound|frail",
        "egress|caller",
        "egress|callee",
        "egress|frail",
        "egress|operator",
        "egress|agent",
    }
    address = found["inbound|callee"]["address"]["socket_address"]
    assert address == {"address": "127.0.0.1", "port_value": 8002 + held.offset}


def test_each_edge_has_a_breaker_of_the_callees_making(held):
    found = clusters(envoy.render(edges.resolve(held.root), held))
    edge = found["caller|callee"]
    outliers = edge["outlier_detection"]
    assert outliers["consecutive_5xx"] == 5
    assert outliers["base_ejection_time"] == "60s"
    assert outliers["max_ejection_time"] == "60s"
    other = found["caller|frail"]["outlier_detection"]
    assert other["base_ejection_time"] == other["max_ejection_time"] == "3s"
    assert outliers["max_ejection_percent"] == 100
    assert edge["common_lb_config"]["healthy_panic_threshold"] == {"value": 0}
    assert edge["circuit_breakers"]["thresholds"][0]["max_requests"] > 0


def test_the_mesh_refuses_whom_a_server_would_refuse_without_a_problem(held):
    found = clusters(envoy.render(edges.resolve(held.root), held))
    (limits,) = found["inbound|callee"]["circuit_breakers"]["thresholds"]
    # One request is on a connection at a time; those that are pending are on none yet.
    assert limits["max_requests"] <= limits["max_connections"] < _serve.AT_ONCE


def test_the_ways_to_a_service_that_came_back_are_others_and_no_more(held):
    mesh = edges.resolve(held.root)
    before = clusters(envoy.render(mesh, held))
    after = clusters(envoy.render(mesh, held, returns={"callee": 1}))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {name for name in before if name.endswith("|callee")} - {
        "inbound|callee"
    }


def test_all_tries_fit_the_timeout(held):
    mesh = edges.resolve(held.root)
    host = envoy_routes.declared(mesh.edge("caller", "callee"))
    read = next(route for route in host["routes"] if route["name"] == "get_thing")
    policy = read["route"]["retry_policy"]
    tries = policy["num_retries"] + 1
    each = float(policy["per_try_timeout"].rstrip("s"))
    assert tries * each <= float(read["route"]["timeout"].rstrip("s"))


def test_a_keyed_operation_has_a_route_with_the_key_before_the_one_without(held):
    mesh = edges.resolve(held.root)
    host = envoy_routes.declared(mesh.edge("caller", "callee"))
    keyed, bare = [each for each in host["routes"] if each["name"] == "make_thing"]
    assert {"name": "idempotency-key", "present_match": True} in keyed["match"][
        "headers"
    ]
    assert "5xx" in keyed["route"]["retry_policy"]["retry_on"]
    assert "5xx" not in bare["route"]["retry_policy"]["retry_on"]


def test_whatever_no_route_matches_is_refused(held):
    for name, listener in listeners(
        envoy.render(edges.resolve(held.root), held)
    ).items():
        manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
        for host in manager["route_config"]["virtual_hosts"]:
            assert host["routes"][-1] == envoy_routes.REFUSED, name


def test_nobody_holds_a_connection_with_the_head_of_a_request(held):
    rendered = envoy.render(edges.resolve(held.root), held)
    for name, listener in listeners(rendered).items():
        manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
        assert manager["request_headers_timeout"] == "15s", name


def test_what_was_not_started_is_no_undeclared_call(held):
    part = edges.resolve(held.root).part(["caller"])
    listener = listeners(envoy.render(part, held))["egress|caller"]
    manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
    hosts = {tuple(e["domains"]): e for e in manager["route_config"]["virtual_hosts"]}
    (route,) = hosts["callee",]["routes"]
    assert route["direct_response"] == {"status": 503}
    told = [
        each["body_format_override"]["json_format"]
        for each in manager["local_reply_config"]["mappers"]
        if "header_filter" in each["filter"]
    ]
    assert {each["error_code"] for each in told} == {"NOT_STARTED"}
    assert any("callee is not part of this mesh" in each["message"] for each in told)


def test_a_fault_stands_before_the_service_for_every_caller(held):
    rendered = envoy.render(
        edges.resolve(held.root), held, {"callee": Fault(status=503)}
    )
    broken = str(held.broken("callee"))
    for name in ("caller|callee", "operator|callee"):
        assert broken in json.dumps(clusters(rendered)[name])
    assert broken not in json.dumps(clusters(rendered)["inbound|callee"])
    assert "broken|callee" in listeners(rendered)


@pytest.mark.parametrize(
    ("template", "matched", "unmatched"),
    [
        ("/a/{id}", "/a/1", "/a/1/b"),
        ("/a/{id}", "/a/x-y.z", "/a/"),
        ("/a.b/{id}/c", "/a.b/1/c", "/aXb/1/c"),
    ],
)
def test_a_parameter_is_one_segment_and_the_rest_is_literal(
    template, matched, unmatched
):
    pattern = envoy_routes.pattern(template)
    assert re.fullmatch(pattern, matched)
    assert not re.fullmatch(pattern, unmatched)


@pytest.mark.parametrize(
    "kind",
    [
        envoy_replies.DENIED,
        envoy_replies.LATE,
        envoy_replies.FAILED,
        envoy_replies.BAD,
        envoy_replies.ABSENT,
    ],
)
def test_envoys_own_answers_are_of_the_chassis_taxonomy(kind):
    known = errors.TABLE[kind.error]
    assert kind.severity == known.severity
    assert kind.retryable == known.retryable
    assert kind.title == known.title


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, "validation_error"),
        (404, "not_found_error"),
        (408, "timeout_error"),
        (426, "validation_error"),
        (501, "validation_error"),
        (503, "external_service_error"),
        (504, "timeout_error"),
    ],
)
def test_envoys_own_answers_are_of_the_kind_that_their_status_has(status, error):
    assert answered(envoy_replies.inbound("s")["mappers"], status)["error"] == error


def answered(mappers, status):
    """The body of the first mapper that is for *status*, whatever its flags."""
    admits = {"EQ": int.__eq__, "GE": int.__ge__}
    for each in mappers:
        when = each["filter"].get("status_code_filter", {}).get("comparison")
        if when and admits[when["op"]](status, when["value"]["default_value"]):
            return each["body_format_override"]["json_format"]
    return None


def test_envoys_own_answers_have_the_members_of_every_failure(held):
    problem = errors.NotFound("x")
    wanted = errors.body(problem, service="s", operation="o", request_id="r")
    reply = envoy_replies.egress("caller", None)["mappers"][0]
    assert reply["body_format_override"]["json_format"].keys() == wanted.keys()
