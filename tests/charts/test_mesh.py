"""What holds for the whole mesh, installed once."""

import re

import helm_python
import pytest

from filigree import edges_policy, envoy_listeners


def named(objects, kind, name):
    [found] = [o for o in objects if (o["kind"], o["metadata"]["name"]) == (kind, name)]
    return found


def test_each_domain_has_a_restricted_namespace_of_its_own(whole, domains):
    for domain in domains:
        labels = named(whole, "Namespace", f"filigree-{domain}")["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
        assert labels["istio-injection"] == "enabled"
        assert labels["filigree.dev/domain"] == domain


def test_the_whole_mesh_is_strict(whole):
    strict = named(whole, "PeerAuthentication", "default")
    assert strict["metadata"]["namespace"] == "istio-system"
    assert strict["spec"]["mtls"]["mode"] == "STRICT"


def test_the_whole_mesh_is_counted_and_traced(whole, release_of):
    told = named(whole, "Telemetry", "filigree")
    # Of Istio's own namespace: for every namespace that has none of its own.
    assert told["metadata"]["namespace"] == "istio-system"
    [sampled] = told["spec"]["tracing"]
    assert sampled["randomSamplingPercentage"] > 0
    given = {"tracing": "otel", "sampling": 0.5}
    made = release_of("mesh", "istio-system", telemetry=given)
    assert named(made, "Telemetry", "filigree")["spec"] == {
        "metrics": [{"providers": [{"name": "prometheus"}]}],
        "tracing": [{"randomSamplingPercentage": 0.5, "providers": [{"name": "otel"}]}],
    }


@pytest.mark.parametrize(("engine", "port"), [("bus", "4222"), ("database", "5432")])
def test_an_engine_admits_who_declared_it_alone(whole, mesh, engine, port):
    policy = named(whole, "AuthorizationPolicy", f"filigree-{engine}")
    rule, _ = policy["spec"]["rules"]
    assert rule["to"] == [{"operation": {"ports": [port]}}]
    wanted = {
        f"cluster.local/ns/filigree-{each.domain}/sa/{each.name}"
        for each in mesh.declarations.values()
        if each.name == "database-operations" or (engine == "bus" and each.consumes)
    }
    assert set(rule["from"][0]["source"]["principals"]) == wanted


@pytest.mark.parametrize(
    ("engine", "pods"),
    [
        ("bus", {"app.kubernetes.io/name": "nats"}),
        ("database", {"cnpg.io/cluster": "postgresql"}),
    ],
)
def test_what_an_engine_admits_is_admitted_to_its_pods_alone(whole, engine, pods):
    """Of the whole namespace, one engine's account could ask the other on any port."""
    spec = named(whole, "AuthorizationPolicy", f"filigree-{engine}")["spec"]
    assert spec["selector"] == {"matchLabels": pods}
    network = named(whole, "NetworkPolicy", f"filigree-{engine}")["spec"]
    assert network["podSelector"] == {"matchLabels": pods}


@pytest.mark.parametrize(
    ("engine", "account"), [("bus", "default"), ("database", "postgresql")]
)
def test_an_engines_replicas_reach_one_another(whole, engine, account):
    policy = named(whole, "AuthorizationPolicy", f"filigree-{engine}")
    _, own = policy["spec"]["rules"]
    principal = f"cluster.local/ns/filigree-data/sa/{account}"
    assert own == {"from": [{"source": {"principals": [principal]}}]}


def peers(rule, direction):
    """(namespace, labels) of each peer of a rule of a network policy."""
    for peer in rule.get(direction, ()):
        home = peer.get("namespaceSelector", {}).get("matchLabels", {})
        pods = peer.get("podSelector", {}).get("matchLabels", {})
        yield home.get("kubernetes.io/metadata.name"), pods


@pytest.mark.parametrize(("engine", "port"), [("bus", 4222), ("database", 5432)])
def test_the_network_admits_to_an_engine_whom_the_mesh_admits(whole, engine, port):
    ingress = named(whole, "NetworkPolicy", f"filigree-{engine}")["spec"]["ingress"]
    [own] = [rule for rule in ingress if rule.get("ports", [{}])[0].get("port") == port]
    admitted = {
        f"cluster.local/ns/{home}/sa/{pods['app.kubernetes.io/name']}"
        for home, pods in peers(own, "from")
    }
    policy = named(whole, "AuthorizationPolicy", f"filigree-{engine}")
    rule, _ = policy["spec"]["rules"]
    assert admitted == set(rule["from"][0]["source"]["principals"])
    # Without a list of sources a rule is for everybody.
    assert all(each["from"] for each in ingress)


def test_an_engine_gets_out_to_what_runs_it_and_to_its_replicas(whole):
    for engine in ("bus", "database"):
        spec = named(whole, "NetworkPolicy", f"filigree-{engine}")["spec"]
        assert spec["policyTypes"] == ["Ingress", "Egress"]
        own = (None, spec["podSelector"]["matchLabels"])
        assert own in [one for rule in spec["ingress"] for one in peers(rule, "from")]
        assert own in [one for rule in spec["egress"] for one in peers(rule, "to")]
        ports = {
            each["port"] for rule in spec["egress"] for each in rule.get("ports", ())
        }
        asks_cluster = {443, 6443} if engine == "database" else set()
        assert ports == {53, 15012} | asks_cluster


def test_an_engine_that_nobody_uses_admits_nobody(release_of):
    bare = release_of("mesh", "istio-system", bus={"callers": None})
    ingress = named(bare, "NetworkPolicy", "filigree-bus")["spec"]["ingress"]
    assert all(each["from"] for each in ingress)
    [own] = named(bare, "AuthorizationPolicy", "filigree-bus")["spec"]["rules"]
    assert own["from"][0]["source"]["principals"] == [
        "cluster.local/ns/filigree-data/sa/default"
    ]


def test_beside_the_engines_nobody_is_reached_where_they_live(whole):
    denied = named(whole, "AuthorizationPolicy", "default-deny")
    assert denied["metadata"]["namespace"] == "filigree-data"
    assert denied["spec"] == {}
    closed = named(whole, "NetworkPolicy", "default-deny")
    assert closed["metadata"]["namespace"] == "filigree-data"
    assert closed["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}


def test_an_istio_that_is_a_revision_is_the_one_that_injects(release_of):
    made = release_of("mesh", "istio-system", mesh={"revision": "stable"})
    for each in made:
        if each["kind"] == "Namespace":
            assert each["metadata"]["labels"]["istio.io/rev"] == "stable"
            # Both would be ambiguous.
            assert "istio-injection" not in each["metadata"]["labels"]


def test_the_way_in_is_encrypted_and_leads_to_the_gateway(whole):
    secure, plain = named(whole, "Gateway", "filigree")["spec"]["servers"]
    assert secure["tls"]["minProtocolVersion"] == "TLSV1_2"
    assert plain["tls"] == {"httpsRedirect": True}
    _, route = named(whole, "VirtualService", "filigree-ingress")["spec"]["http"]
    assert route["retries"] == {"attempts": 0}
    removed = route["headers"]["request"]["remove"]
    # Who said that the mesh waits a millisecond got a 503, which counts as the
    # gateway's own failure: after five of them its replica was ejected.
    told = ["x-filigree-caller", edges_policy.WAITS]
    assert removed == [*told, *envoy_listeners.OURS]
    [way] = route["route"]
    assert way["destination"]["host"] == (
        "api-gateway.filigree-infrastructure.svc.cluster.local"
    )


@pytest.mark.parametrize("share", [0, 10, 100])
def test_the_gateways_canary_has_its_share_of_what_comes_in(release_of, share):
    made = release_of("mesh", "istio-system", gateway={"canary": share})
    *_, route = named(made, "VirtualService", "filigree-ingress")["spec"]["http"]
    shares = {way["destination"]["subset"]: way["weight"] for way in route["route"]}
    assert shares == {"stable": 100 - share, "canary": share}
    assert len({way["destination"]["host"] for way in route["route"]}) == 1


def test_nobody_outside_steers_the_gateways_proxy(whole):
    steered, _ = named(whole, "VirtualService", "filigree-ingress")["spec"]["http"]
    refused = {name for each in steered["match"] for name in each["headers"]}
    assert {"x-envoy-retry-on", "x-envoy-upstream-rq-timeout-ms"} <= refused
    assert steered["directResponse"] == {"status": 400}
    assert "route" not in steered


def test_links_begin_with_the_host_of_the_way_in(whole, find):
    [host] = named(whole, "Gateway", "filigree")["spec"]["servers"][0]["hosts"]
    for each in find("Deployment"):
        [container] = each["spec"]["template"]["spec"]["containers"]
        given = {one["name"]: one.get("value") for one in container["env"]}
        assert given["FILIGREE_PUBLIC_URL"] == f"https://{host}"


def test_discovery_may_read_endpoints_and_nothing_else(whole):
    [rule] = named(whole, "ClusterRole", "filigree-infrastructure-discovery")["rules"]
    assert rule == {
        "apiGroups": ["discovery.k8s.io"],
        "resources": ["endpointslices"],
        "verbs": ["get", "list", "watch"],
    }
    binding = named(whole, "ClusterRoleBinding", "filigree-infrastructure-discovery")
    assert [each["name"] for each in binding["subjects"]] == ["service-discovery"]


RELEASER = {"kind": "ServiceAccount", "name": "release", "namespace": "ci"}
EVERYTHING = {"get", "list", "watch", "create", "update", "patch", "delete"}


@pytest.fixture(scope="module")
def released(release_of):
    """The mesh, of which one domain is released by somebody who may nothing else."""
    return release_of("mesh", "istio-system", releasers={"payment": [RELEASER]})


def rights(rules):
    """(group, resource, verb) of each right that rules give."""
    return {
        (group, resource, verb)
        for each in rules
        for group in each["apiGroups"]
        for resource in each["resources"]
        for verb in each["verbs"]
    }


def test_who_releases_a_domain_may_do_all_that_helm_does_and_what_it_hands_on(
    released, render
):
    """What is created with rights for others demands those rights of its maker."""
    held = rights(named(released, "Role", "release")["rules"])
    made = render("payment", rbac={"group": "team"})
    for each in [*made, {"apiVersion": "v1", "kind": "Secret"}]:
        group = each["apiVersion"].rpartition("/")[0]
        plural = re.sub("y$", "ie", each["kind"].lower()) + "s"
        assert {(group, plural, verb) for verb in EVERYTHING} <= held, each["kind"]
    assert rights(named(made, "Role", "team")["rules"]) <= held
    assert not any("*" in right for right in held)


def test_who_releases_a_domain_has_no_right_elsewhere_but_to_see_who_is_admitted(
    released,
):
    mine = [each for each in released if RELEASER in each.get("subjects", ())]
    assert {each["kind"] for each in mine} == {"RoleBinding", "ClusterRoleBinding"}
    for each in mine:
        home = each["metadata"].get("namespace")
        given = named(released, each["roleRef"]["kind"], each["roleRef"]["name"])
        assert given["metadata"].get("namespace") == home
        if home is None:
            policies = ("security.istio.io", "authorizationpolicies")
            seen = {(*policies, verb) for verb in ("get", "list")}
            assert rights(given["rules"]) == seen
        else:
            assert home == "filigree-payment"


def test_a_releaser_of_no_domain_is_refused(release_of):
    with pytest.raises(helm_python.HelmError, match="there is no such domain"):
        release_of("mesh", "istio-system", releasers={"toys": [RELEASER]})


def test_nobody_releases_who_is_not_named(whole):
    assert not [each for each in whole if each["metadata"]["name"] == "release"]


def test_a_second_filigree_has_no_object_of_the_first(whole, release_of, domains):
    """With namespaces of its own, and neither's rules the whole mesh's."""
    names = {"data": {"namespace": "other-data"}, "logs": {"namespace": "other-logs"}}
    homes = {domain: {"name": f"other-{domain}"} for domain in domains}
    ours = {"mesh": {"rootNamespace": ""}}
    second = release_of("mesh", "istio-system", namespaces=homes, **names, **ours)
    first = release_of("mesh", "istio-system", **ours)
    assert len(second) == len(first) > len(whole)
    assert not {*map(identity, first)} & {*map(identity, second)}


def identity(each):
    """What tells an object of a cluster from every other one."""
    named = each["metadata"]
    return each["kind"], named.get("namespace"), named["name"]
