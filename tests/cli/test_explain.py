"""``filigree explain`` says whether, by what, on what terms, and what to do."""

import pytest

from filigree import explain


@pytest.fixture
def mesh(repository, operation):
    calls = [{"service": "b", "operations": ["read_b", "write_b"], "timeout": "3s"}]
    repository.declare("a", 8001, calls=calls)
    repository.declare("b", 8002, resilience={"breaker": {"consecutive5xx": 7}})
    repository.declare("c", 8003, calls=[{"service": "a", "operations": ["read_a"]}])
    repository.offer(
        "b",
        operation("read_b", "/api/v1/b", retry="read"),
        operation("write_b", "/api/v1/b", "post", retry="keyed"),
    )
    repository.offer("a", operation("read_a", "/api/v1/a", retry="read"))
    return repository.root


def test_an_allowed_call_is_explained_with_its_terms(mesh):
    said = explain.explain(mesh, "a", "b")
    assert said.allowed
    for part in (
        "services/toys/a/service.yaml:7 (calls)",
        "@filigree/toys",
        "contracts/openapi/b.json",
        "contracts/edges/b.yaml",
        "7 failures (5xx) in a row eject it for 60 s",
        "or until it was not ready and comes back, whichever is sooner",
        "services/toys/b/service.yaml:7",
        "3 s in all, 1 s for each try",
        "at most 2, on 5xx, reset, connect-failure, refused-stream",
        "write_b: POST /api/v1/b, with an Idempotency-Key",
        "it only reads, so it may be repeated",
    ):
        assert part in said.text


def test_a_denied_call_says_what_would_allow_it(mesh):
    said = explain.explain(mesh, "c", "b")
    assert not said.allowed
    for part in (
        "services/toys/c/service.yaml:6, which does not list b",
        "- {service: b, operations: [read_b, write_b]}",
        "@filigree/toys then reviews contracts/edges/b.yaml",
        "it reaches it through c → a → b",
    ):
        assert part in said.text


def test_a_call_that_would_close_a_cycle_is_called_one(mesh):
    said = explain.explain(mesh, "b", "c")
    assert "it would close a cycle: b → c → a → b" in said.text


def test_the_retries_that_are_held_back_say_why(mesh):
    assert "a calls on, so only a try that it never saw" in (
        explain.explain(mesh, "c", "a").text
    )


def test_a_service_is_not_told_how_to_call_itself(repository):
    repository.declare("payment-link", 8015)
    with pytest.raises(explain.UnknownServiceError, match="does not call itself"):
        explain.explain(repository.root, "payment-link", "payment-link")


def test_an_unknown_name_suggests_the_nearest(repository):
    repository.declare("payment-link", 8015)
    with pytest.raises(explain.UnknownServiceError, match="payment-link"):
        explain.explain(repository.root, "paymnt-link", "payment-link")


def test_an_unknown_name_like_no_other_is_told_which_there_are(repository):
    repository.declare("payment-link", 8015)
    with pytest.raises(explain.UnknownServiceError, match=r"are .*payment-link"):
        explain.explain(repository.root, "payment-link", "zzz")
