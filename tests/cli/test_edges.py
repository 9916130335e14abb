"""The mesh allows what is declared, on the callee's terms, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filigree import edges, edges_policy
from filigree.declarations import Call, Declaration, Resilience
from filigree.edges_policy import SEEN, UNSEEN
from filigree.operations import Operation

SERVICES = st.builds(
    Declaration,
    name=st.just("callee"),
    domain=st.just("toys"),
    port=st.just(8001),
    owner=st.just("@x"),
    summary=st.just("x"),
    calls=st.sampled_from([(), (Call("other", ("x",)),)]),
    resilience=st.builds(Resilience, attempts=st.integers(0, 8)),
)
OPERATIONS = st.builds(
    Operation,
    service=st.just("callee"),
    id=st.just("work"),
    method=st.sampled_from(["GET", "POST"]),
    path=st.just("/api/v1/work"),
    retry=st.sampled_from(["read", "keyed", "never"]),
    timeout=st.floats(0.01, 60),
    stream=st.booleans(),
)
TIMEOUTS = st.none() | st.floats(0.01, 60)


def routes_of(caller, callee, operation, timeout=None):
    return edges_policy.routes(caller, callee, operation, operation.path, timeout)


@given(st.sampled_from(["caller", "api-gateway"]), SERVICES, OPERATIONS, TIMEOUTS)
def test_all_tries_fit_the_route_s_timeout(caller, callee, operation, timeout):
    for route in routes_of(caller, callee, operation, timeout):
        if route.per_try_timeout is not None:
            tries = route.attempts + 1
            assert 0 < route.per_try_timeout * tries <= route.timeout + 1e-9


@given(st.sampled_from(["caller", "api-gateway"]), SERVICES, OPERATIONS)
def test_only_what_may_be_repeated_is_repeated(caller, callee, operation):
    for route in routes_of(caller, callee, operation):
        if route.repeats_seen:
            assert operation.retry == "read" or route.when_keyed
            assert not operation.stream
            assert caller != "api-gateway"
            assert not callee.calls


@given(SERVICES, OPERATIONS)
def test_a_stream_has_an_idle_timeout_instead_of_a_timeout(callee, operation):
    for route in routes_of("caller", callee, operation, 3.0):
        assert (route.timeout is None) == operation.stream
        assert (route.idle_timeout is not None) == operation.stream


def service(name="callee", calls=(), fan_out=()):
    return Declaration(name, "toys", 8001, "@x", "x", calls=calls, fan_out=fan_out)


def work(retry):
    return Operation("callee", "work", "POST", "/api/v1/work", retry, 6.0)


def test_a_read_is_retried_on_whatever_failed():
    (route,) = routes_of("caller", service(), work("read"))
    assert (route.attempts, route.retry_on) == (2, SEEN)
    assert (route.timeout, route.per_try_timeout) == (6.0, 2.0)


def test_a_keyed_operation_is_retried_so_only_with_its_key():
    keyed, bare = routes_of("caller", service(), work("keyed"))
    assert (keyed.when_keyed, keyed.retry_on) == (True, SEEN)
    assert (bare.when_keyed, bare.retry_on) == (False, UNSEEN)


def test_what_must_not_repeat_has_its_whole_timeout_for_the_one_try():
    (route,) = routes_of("caller", service(), work("never"))
    assert (route.retry_on, route.per_try_timeout) == (UNSEEN, None)


@pytest.mark.parametrize(
    ("caller", "callee"),
    [
        ("api-gateway", service()),
        ("caller", service(calls=(Call("b", ("x",)),))),
        ("caller", service(fan_out=("health",))),
    ],
)
def test_tries_do_not_multiply_down_a_path(caller, callee):
    (route,) = routes_of(caller, callee, work("read"))
    assert (route.attempts, route.retry_on) == (1, UNSEEN)


def test_a_declared_timeout_goes_before_the_operation_s_own():
    (route,) = routes_of("caller", service(), work("read"), 0.9)
    assert (route.timeout, route.per_try_timeout) == (0.9, 0.3)


@pytest.fixture
def store(repository, operation):
    """database-operations with its operations, and one caller of it to be declared."""
    repository.declare("database-operations", 8028)
    one = "/api/v1/collections/{collection}/documents/{id}"
    repository.offer(
        "database-operations",
        operation("read", one, retry="read"),
        operation("write", one, "put", retry="keyed"),
        operation("query", "/api/v1/collections/{c}/query", "post", retry="read"),
        operation("transact", "/api/v1/transactions/{service}", "post", retry="keyed"),
        operation("pool", "/api/v1/pool", retry="read"),
    )
    return repository


def paths(repository, caller, callee, *operations):
    edge = edges.resolve(repository.root).edge(caller, callee)
    return {
        (route.method, route.path)
        for route in (edge.routes if edge else ())
        if not operations or route.operation in operations
    }


def calls(*operations):
    return [{"service": "database-operations", "operations": list(operations)}]


def test_the_store_is_reached_by_granted_collections_only(store):
    granted = [{"name": "x", "access": "write"}, {"name": "y", "access": "read"}]
    store.declare("a", 8001, calls=calls("read", "write"), collections=granted)
    assert paths(store, "a", "database-operations") == {
        ("GET", "/api/v1/collections/x/documents/{id}"),
        ("GET", "/api/v1/collections/y/documents/{id}"),
        ("PUT", "/api/v1/collections/x/documents/{id}"),
    }


def test_a_transaction_is_posted_under_the_caller_s_own_name(store):
    store.declare("a", 8001, calls=calls("transact", "pool"))
    assert paths(store, "a", "database-operations") == {
        ("POST", "/api/v1/transactions/a"),
        ("GET", "/api/v1/pool"),
    }


def test_without_a_grant_no_collection_is_reached(store):
    store.declare("a", 8001, calls=calls("query"))
    assert paths(store, "a", "database-operations") == set()


@pytest.mark.parametrize("by", ["key", "event"])
def test_who_must_remember_has_a_journal(store, operation, by):
    consumes = ["thing.made"] if by == "event" else []
    store.declare("a", 8001, calls=calls("read"), consumes=consumes)
    if by == "key":
        store.offer("a", operation("make", "/api/v1/a", "post", retry="keyed"))
    assert paths(store, "a", "database-operations") == {
        ("GET", "/api/v1/collections/journal-a/documents/{id}")
    }


@pytest.fixture
def shop(repository, operation):
    """A gateway, an executor, a monitor, and a service that they fan out to."""
    repository.declare("api-gateway", 8000, fan_out=["public"])
    repository.declare("action-executor", 8007, fan_out=["actions"])
    repository.declare("monitoring", 8034, fan_out=["health"])
    repository.declare("shop", 8001)
    repository.offer(
        "shop",
        operation("buy", "/api/v1/buy", "post", public=True, action="buy"),
        operation("restock", "/api/v1/restock", "post"),
    )
    return repository


@pytest.mark.parametrize(
    ("caller", "reached"),
    [
        ("api-gateway", {"buy"}),
        ("action-executor", {"buy"}),
        ("monitoring", {"live", "ready", "health", "metrics"}),
        ("operator", {"buy", "restock", *edges.operations.BUILT_IN}),
    ],
)
def test_a_fan_out_reaches_what_it_is_for(shop, caller, reached):
    edge = edges.resolve(shop.root).edge(caller, "shop")
    assert set(edge.operations) == reached


def test_what_is_not_declared_is_no_edge(shop):
    mesh = edges.resolve(shop.root)
    assert mesh.edge("shop", "action-executor") is None
    assert mesh.edge("action-executor", "api-gateway") is None
    assert not mesh.of("shop")


def test_the_log_agent_reaches_the_logs_ingest_alone(repository, operation):
    repository.declare("logging", 8033)
    repository.offer(
        "logging",
        operation("ingest", "/api/v1/logs", "post"),
        operation("list_logs", "/api/v1/logs"),
    )
    (edge,) = edges.resolve(repository.root).of("agent")
    assert (edge.callee, edge.operations) == ("logging", ("ingest",))


def test_a_call_that_nothing_answers_is_listed(shop):
    shop.declare("a", 8002, calls=[{"service": "shop", "operations": ["sell", "buy"]}])
    mesh = edges.resolve(shop.root)
    assert mesh.unresolved == (("a", "shop", "sell"),)
    assert mesh.edge("a", "shop").operations == ("buy",)


def test_literal_paths_are_matched_before_templates(repository, operation):
    repository.declare("a", 8001, calls=[{"service": "b", "operations": ["x", "y"]}])
    repository.declare("b", 8002)
    repository.offer(
        "b", operation("x", "/api/v1/b/{id}"), operation("y", "/api/v1/b/match")
    )
    edge = edges.resolve(repository.root).edge("a", "b")
    assert edge.operations == ("y", "x")


def test_the_route_that_wants_a_key_is_matched_first(repository, operation):
    repository.declare("a", 8001, calls=[{"service": "b", "operations": ["x"]}])
    repository.declare("b", 8002)
    repository.offer("b", operation("x", "/api/v1/b", "post", retry="keyed"))
    routes = edges.resolve(repository.root).edge("a", "b").routes
    assert [route.when_keyed for route in routes] == [True, False]


def test_who_fans_out_does_not_reach_itself(shop, operation):
    shop.offer("action-executor", operation("run", "/api/v1/run", "post", action="run"))
    mesh = edges.resolve(shop.root)
    assert mesh.edge("action-executor", "action-executor") is None


def test_a_part_of_the_mesh_has_its_own_edges_only(shop):
    part = edges.resolve(shop.root).part(["api-gateway", "shop"])
    assert set(part.declarations) == {"api-gateway", "shop"}
    assert {(e.caller, e.callee) for e in part.edges} == {("api-gateway", "shop")}
    assert {edge.callee for edge in part.tools} == {"api-gateway", "shop"}
