"""Every rule on the graph of calls finds the violation that is planted here."""

import pytest

from filigree import edges, graph_calls, graph_events, graph_observed, graph_time


def call(service, *operations, **more):
    return {"service": service, "operations": list(operations) or ["work"], **more}


@pytest.fixture
def chain(repository, operation):
    """a → b → c, each with one operation ``work`` of 5 s."""
    repository.declare("a", 8001, calls=[call("b")])
    repository.declare("b", 8002, calls=[call("c")])
    repository.declare("c", 8003)
    for name in "abc":
        repository.offer(name, operation("work", f"/api/v1/{name}", retry="read"))
    return repository


def found(rule, repository):
    return [str(each) for each in rule(edges.resolve(repository.root))]


@pytest.mark.parametrize(
    "rule",
    [
        graph_calls.ports,
        graph_calls.upstreams,
        graph_calls.unknown,
        graph_calls.collections,
        graph_calls.public_paths,
        graph_calls.spellings,
        graph_calls.cycles,
        graph_time.deadlines,
        graph_time.tries,
    ],
)
def test_a_healthy_graph_has_no_findings(chain, rule):
    assert found(rule, chain) == []


def test_two_services_on_one_port_are_found(chain):
    chain.declare("d", 8002)
    (said,) = found(graph_calls.ports, chain)
    assert said == (
        "services/toys/d/service.yaml:3: port 8002 belongs to b; take one that is free"
    )


def test_a_fifth_upstream_is_found(chain):
    chain.declare("d", 8004, calls=[call(name) for name in "abc"] + [call("e")])
    assert found(graph_calls.upstreams, chain) == []
    chain.declare("d", 8004, calls=[call(name) for name in "abcef"])
    (said,) = found(graph_calls.upstreams, chain)
    assert "5 upstreams, 4 at most: a, b, c, e, f" in said


def test_an_upstream_listed_twice_is_found(chain):
    chain.declare("a", 8001, calls=[call("b"), call("b")])
    (said,) = found(graph_calls.upstreams, chain)
    assert "service.yaml:10: b is listed twice" in said


def test_a_call_of_an_unknown_service_is_found(chain):
    chain.declare("a", 8001, calls=[call("nobody")])
    (said,) = found(graph_calls.unknown, chain)
    assert said.endswith("service.yaml:7: there is no service nobody")


def test_a_call_of_an_unknown_operation_is_found(chain):
    chain.declare("a", 8001, calls=[call("b", "wrk")])
    (said,) = found(graph_calls.unknown, chain)
    assert "b has no operation wrk; it offers ['work']" in said


def test_a_callee_that_was_not_generated_is_told(chain):
    chain.declare("d", 8004)
    chain.declare("a", 8001, calls=[call("d")])
    (said,) = found(graph_calls.unknown, chain)
    assert said.endswith("d has no OpenAPI document; run `filigree generate`")


def test_a_collection_that_nobody_writes_is_found(chain):
    held = [{"name": "x", "access": "read"}]
    calls = [call("database-operations", "read")]
    chain.declare("a", 8001, calls=calls, collections=held)
    (said,) = found(graph_calls.collections, chain)
    assert "no service writes the collection x" in said


def test_a_collection_without_its_store_is_found(chain):
    chain.declare("a", 8001, collections=[{"name": "x", "access": "write"}])
    (said,) = found(graph_calls.collections, chain)
    assert "add database-operations to `calls`" in said


def test_two_services_with_one_public_path_are_found(chain, operation):
    chain.offer("a", operation("get_a", "/api/v1/things/{id}", public=True))
    chain.offer("b", operation("get_b", "/api/v1/things/{thing}", public=True))
    (said,) = found(graph_calls.public_paths, chain)
    assert "get_b: GET /api/v1/things/{thing} is public in a too" in said


def test_a_public_path_with_parameters_of_two_names_is_found(chain, operation):
    one = operation("get_a", "/api/v1/things/{id}", public=True)
    other = operation("put_a", "/api/v1/things/{name}", "put", public=True)
    chain.offer("a", one, other)
    (said,) = found(graph_calls.spellings, chain)
    assert "put_a: /api/v1/things/{name} is /api/v1/things/{id} elsewhere" in said
    assert found(graph_calls.public_paths, chain) == []


def test_a_private_path_may_be_shared(chain, operation):
    chain.offer("a", operation("get_a", "/api/v1/things", public=True))
    chain.offer("b", operation("get_b", "/api/v1/things"))
    assert found(graph_calls.public_paths, chain) == []


def test_a_cycle_is_found_and_drawn(chain):
    chain.declare("c", 8003, calls=[call("a")])
    (said,) = found(graph_calls.cycles, chain)
    assert "a → b → c → a" in said


def test_a_service_that_calls_itself_is_a_cycle(chain):
    chain.declare("c", 8003, calls=[call("c")])
    (said,) = found(graph_calls.cycles, chain)
    assert "c → c" in said


def test_a_fan_out_can_close_a_cycle(chain, operation):
    chain.declare("c", 8003, fan_out=["actions"])
    chain.offer("a", operation("work", "/api/v1/a", action="act"))
    (said,) = found(graph_calls.cycles, chain)
    assert "a → b → c → a" in said


def test_probes_close_no_cycle(chain):
    chain.declare("c", 8003, fan_out=["health"])
    assert found(graph_calls.cycles, chain) == []


def test_a_callee_s_deadline_beyond_its_caller_s_is_found_with_its_path(
    chain, operation
):
    chain.offer("c", operation("work", "/api/v1/c", timeout=8.0))
    (said,) = found(graph_time.deadlines, chain)
    assert "a → b → c: work may take 8 s" in said
    assert "b's longest operation, work, ends after 5 s" in said


def test_a_declared_timeout_can_make_a_deadline_fit(chain, operation):
    chain.offer("c", operation("work", "/api/v1/c", timeout=8.0))
    chain.declare("b", 8002, calls=[call("c", timeout="5s")])
    assert found(graph_time.deadlines, chain) == []


def test_an_event_s_handler_has_a_minute(chain, operation):
    chain.offer("c", operation("work", "/api/v1/c", timeout=59.0))
    chain.declare("b", 8002, calls=[call("c")], consumes=["thing.made"])
    assert found(graph_time.deadlines, chain) == []


def test_more_than_nine_tries_are_found_with_their_path(chain):
    chain.declare("c", 8003, resilience={"attempts": 8})
    assert found(graph_time.tries, chain) == []
    chain.declare("c", 8003, resilience={"attempts": 9})
    (said,) = found(graph_time.tries, chain)
    assert "10 tries, 9 at most, down b → c (x10)" in said


def test_the_worst_path_is_told_even_when_it_will_do(chain):
    assert graph_time.worst(edges.resolve(chain.root)) == (3, ["b", "c (x3)"])


def test_tries_multiply_where_two_edges_repeat_what_was_seen(chain):
    mesh = edges.resolve(chain.root)
    seen = mesh.edge("b", "c").routes
    doubled = [
        edges.Edge(edge.caller, edge.callee, False, seen, edge.breaker)
        for edge in mesh.edges
    ]
    worst = edges.Mesh(mesh.declarations, mesh.operations, tuple(doubled))
    assert graph_time.worst(worst) == (9, ["a", "b (x3)", "c (x3)"])


def test_an_event_without_a_model_is_found(chain):
    chain.declare("a", 8001, publishes=["thing.made"])
    mesh = edges.resolve(chain.root)
    (said,) = graph_events.events(mesh, set())
    assert 'a class with `type: Literal["thing.made"]`' in said.message
    assert list(graph_events.events(mesh, {"thing.made"})) == []


def test_an_event_that_nobody_publishes_is_found(chain):
    chain.declare("a", 8001, consumes=["thing.made"])
    (said,) = graph_events.events(edges.resolve(chain.root), {"thing.made"})
    assert str(said).endswith("service.yaml:7: no service publishes thing.made")


def test_the_models_are_read_from_the_contracts(repository):
    repository.write(
        "contracts/toys/events.py",
        "class Part(BaseModel):\n    size: int\n\n"
        'class ThingMade(BaseModel):\n    type: Literal["thing.made"] = "thing.made"\n',
    )
    models = graph_events.models(repository.root)
    assert models == {("contracts.toys.events", "ThingMade"): "thing.made"}


def span(id, parent, service, operation="work"):
    names = ("span_id", "parent_id", "service", "operation")
    return dict(zip(names, (id, parent, service, operation), strict=True))


def test_a_call_that_only_traces_show_is_found(chain):
    trace = [
        span("1", None, "a"),
        span("2", "1", "b"),
        span("3", "2", "c"),
        span("4", "1", "c"),
    ]
    (said,) = graph_observed.observed(edges.resolve(chain.root), [trace, trace])
    assert "traces show a → c: work, which is not declared" in said.message


def test_an_operation_that_only_traces_show_is_found(chain):
    trace = [span("1", None, "a"), span("2", "1", "b", "erase")]
    (said,) = graph_observed.observed(edges.resolve(chain.root), [trace])
    assert "a → b: erase" in said.message


def test_a_handled_event_is_no_call(chain):
    trace = [span("1", None, "a"), span("2", "1", "c", "on thing.made")]
    assert list(graph_observed.observed(edges.resolve(chain.root), [trace])) == []
