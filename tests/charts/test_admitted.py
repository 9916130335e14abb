"""A domain is released after what it calls admits it; this is what finds out."""

import copy

import pytest

from filigree import cluster_admitted


@pytest.fixture
def policies(find):
    return copy.deepcopy(find("AuthorizationPolicy"))


def test_what_is_rendered_now_admits_every_domain(mesh, domains, policies):
    for domain in domains:
        assert cluster_admitted.missing(mesh, domain, policies) == []


def test_a_call_that_the_callees_release_does_not_admit_yet_is_found(mesh, policies):
    [logging] = [p for p in policies if p["metadata"]["name"] == "logging"]
    logging["spec"]["rules"] = [
        rule
        for rule in logging["spec"]["rules"]
        if not rule["from"][0]["source"]["principals"][0].endswith("action-executor")
    ]
    [found] = cluster_admitted.missing(mesh, "assistant", policies)
    assert found.caller == "filigree-assistant/action-executor"
    assert found.callee == "filigree-operations/logging"
    assert (found.method, found.path) == ("POST", "/api/v1/pipeline-logs")
    assert cluster_admitted.missing(mesh, "knowledge", policies) == []


def test_a_callee_that_is_not_installed_is_waited_for_by_nobody(mesh, policies):
    installed = [p for p in policies if p["metadata"]["name"] != "logging"]
    assert cluster_admitted.missing(mesh, "assistant", installed) == []
    assert cluster_admitted.missing(mesh, "assistant", []) == []
