"""`helm test`: it asks every service of a domain, and opens nothing for longer."""

import kubernetes_validate
import pytest

HOOK = "helm.sh/hook"


@pytest.fixture(scope="module")
def hooks(render, domains):
    return {
        domain: [
            each
            for each in render(domain)
            if each["metadata"].get("annotations", {}).get(HOOK) == "test"
        ]
        for domain in domains
    }


def one(objects, kind):
    [found] = [each for each in objects if each["kind"] == kind]
    return found


def test_the_objects_are_valid_to_the_field(hooks):
    for objects in hooks.values():
        for each in objects:
            if ".istio.io/" not in each["apiVersion"]:
                kubernetes_validate.validate(each, "1.30", strict=True)


def test_every_service_of_the_domain_is_asked(hooks, mesh):
    for domain, objects in hooks.items():
        [container] = one(objects, "Pod")["spec"]["containers"]
        asked = {each for each in container["args"] if each.startswith("http://")}
        assert asked == {
            f"http://{each.name}.filigree-{domain}.svc.cluster.local"
            f":{each.port}/health/ready"
            for each in mesh.declarations.values()
            if each.domain == domain
        }


def test_what_asks_is_restricted_as_every_pod_is(hooks):
    for objects in hooks.values():
        spec = one(objects, "Pod")["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["automountServiceAccountToken"] is False
        [container] = spec["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_it_may_ask_for_readiness_alone_and_only_while_it_runs(hooks):
    for domain, objects in hooks.items():
        [rule] = one(objects, "AuthorizationPolicy")["spec"]["rules"]
        assert rule["from"][0]["source"]["principals"] == [
            f"cluster.local/ns/filigree-{domain}/sa/{domain}-test"
        ]
        assert rule["to"] == [
            {"operation": {"methods": ["GET"], "paths": ["/health/ready"]}}
        ]
        for each in objects:
            policy = each["metadata"]["annotations"]["helm.sh/hook-delete-policy"]
            assert policy == "before-hook-creation,hook-succeeded"
