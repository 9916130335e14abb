"""A domain is released after what it calls admits it; this is what finds out."""

import copy

import pytest

from filigree import cluster_admitted


@pytest.fixture
def policies(find):
    return copy.deepcopy(find("AuthorizationPolicy"))


@pytest.fixture
def not_admitting(policies):
    """``not_admitting(callee, caller)``: as before the callee's release."""

    def narrowed(callee, caller):
        [policy] = [p for p in policies if p["metadata"]["name"] == callee]
        policy["spec"]["rules"] = [
            rule
            for rule in policy["spec"]["rules"]
            if not rule["from"][0]["source"]["principals"][0].endswith(f"/{caller}")
        ]
        return policies

    return narrowed


def test_what_is_rendered_now_admits_every_domain(mesh, domains, policies):
    for domain in domains:
        assert cluster_admitted.missing(mesh, domain, policies) == []


def test_a_call_that_the_callees_release_does_not_admit_yet_is_found(
    mesh, not_admitting
):
    policies = not_admitting("logging", "action-executor")
    [found] = cluster_admitted.missing(mesh, "assistant", policies)
    assert found.caller == "filigree-assistant/action-executor"
    assert found.callee == "filigree-operations/logging"
    assert (found.method, found.path) == ("POST", "/api/v1/pipeline-logs")
    assert cluster_admitted.missing(mesh, "knowledge", policies) == []


def test_a_callee_that_is_not_installed_is_waited_for_by_nobody(mesh, policies):
    installed = [p for p in policies if p["metadata"]["name"] != "logging"]
    assert cluster_admitted.missing(mesh, "assistant", installed) == []
    assert cluster_admitted.missing(mesh, "assistant", []) == []


def test_a_release_does_not_wait_for_what_it_brings_itself(mesh, not_admitting):
    policies = not_admitting("payment-confirmation", "payment-link")
    assert cluster_admitted.missing(mesh, "payment", policies) == []


def test_a_gateway_does_not_wait_for_what_nobody_asks_it_for_yet(mesh, not_admitting):
    """Its callee may be waiting for the database, which the gateway's domain has."""
    policies = not_admitting("slot-management", "api-gateway")
    assert cluster_admitted.missing(mesh, "infrastructure", policies) == []
