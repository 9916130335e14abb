"""`helm test`: it asks every service of a domain, and opens nothing for longer."""

import pytest

HOOK = "helm.sh/hook"


@pytest.fixture(scope="module")
def hooks(wholes):
    return {
        domain: [
            each
            for each in objects
            if each["metadata"].get("annotations", {}).get(HOOK) == "test"
        ]
        for domain, objects in wholes.items()
    }


def one(objects, kind):
    [found] = [each for each in objects if each["kind"] == kind]
    return found


def test_every_service_of_the_domain_is_asked(hooks, mesh):
    for domain, objects in hooks.items():
        [container] = one(objects, "Pod")["spec"]["containers"]
        for each in mesh.declarations.values():
            host = f"http://{each.name}.filigree-{domain}.svc.cluster.local:{each.port}"
            asked = {a for a in container["args"] if a.startswith(f"{host}/")}
            assert f"{host}/health/ready" in asked or each.domain != domain
            assert len(asked) <= 2


def test_most_services_are_asked_for_something_that_they_read(hooks, mesh):
    asked = {
        (url.split("/")[2].split(".")[0], "/" + url.split("/", 3)[3])
        for objects in hooks.values()
        for url in one(objects, "Pod")["spec"]["containers"][0]["args"]
    }
    read = {name for name, path in asked if path != "/health/ready"}
    assert {"faq-management", "knowledge-base", "logging"} <= read
    for name, path in asked:
        offered = mesh.operations[name].values()
        reads = {o.path for o in offered if o.method == "GET" and o.retry == "read"}
        assert path in {*reads, "/health/ready"}


def test_who_asks_has_the_keys_to_speak_for_a_tenant(hooks):
    for objects in hooks.values():
        [container] = one(objects, "Pod")["spec"]["containers"]
        [given] = container["env"]
        assert given["name"] == "FILIGREE_INTERNAL_KEYS"
        assert given["valueFrom"]["secretKeyRef"]["name"] == "filigree-internal"


def test_what_asks_is_restricted_as_every_pod_is(hooks):
    for objects in hooks.values():
        spec = one(objects, "Pod")["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["automountServiceAccountToken"] is False
        [container] = spec["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_it_may_ask_for_that_alone_and_only_while_it_runs(hooks):
    for domain, objects in hooks.items():
        [rule] = one(objects, "AuthorizationPolicy")["spec"]["rules"]
        assert rule["from"][0]["source"]["principals"] == [
            f"cluster.local/ns/filigree-{domain}/sa/{domain}-test"
        ]
        [to] = [each["operation"] for each in rule["to"]]
        asked = one(objects, "Pod")["spec"]["containers"][0]["args"]
        assert to["methods"] == ["GET"]
        assert set(to["paths"]) == {"/" + url.split("/", 3)[3] for url in asked}
        for each in objects:
            policy = each["metadata"]["annotations"]["helm.sh/hook-delete-policy"]
            assert policy == "before-hook-creation,hook-succeeded"
