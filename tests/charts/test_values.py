"""What a cluster's owner can set: it is read, does what it says, and a slip is told."""

from pathlib import Path

import helm_python
import pytest
import yaml

ROOT = Path(__file__).parents[2]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CHARTS = ["domain", "logs", "mesh", "observability"]
# Maps whose keys are anybody's.
FREE = {"services", "namespaces", "env", "labels", "annotations", "nodeSelector"}
FREE |= {"affinity", "logging", "teams", "others", "primary", "callers", "releasers"}
# What is tried in place of a value: the first that is another one's and fits.
OTHERS = "assistant 1 a.example https://a.example DEBUG Never 8Mi 1s :: /a".split()
OTHERS += ["sha256:" + "1" * 64, 3, 0.5, {"A": "b"}, {"type": "b"}, {"host": "a.b"}]
OTHERS += [[7], ["x"], [{"key": "x"}], ["10.0.0.0/8"]]
OTHERS += [{"payment": [{"kind": "Group", "name": "a"}]}]
OTHERS += [{"webhook_configs": [{"url": "http://a.example"}]}]
PODS = {
    "labels": {"cost-centre": "7"},
    "annotations": {"backup": "none"},
    "nodeSelector": {"pool": "spot"},
    "tolerations": [{"key": "spot", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
    "priorityClassName": "high",
}
NETWORK = ["10.20.0.0/16", "fd00:20::/32"]


def defaults(chart):
    return yaml.load((ROOT / f"charts/{chart}/values.yaml").read_text(), LOADER)


def leaves(given, *path):
    """The path of each value that is no map, or an empty one."""
    for key, value in given.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, *path, key)
        else:
            yield *path, key


def at(given, path):
    for key in path:
        given = given[key]
    return given


def nested(path, value):
    for key in reversed(path):
        value = {key: value}
    return value


def tried(value):
    """Other values than this one, of its own kind first."""
    if isinstance(value, bool):
        return [not value]
    alike = [each for each in OTHERS if type(each) is type(value) and each != value]
    return [*alike, *(each for each in OTHERS if each not in alike)]


@pytest.mark.parametrize("chart", CHARTS)
def test_each_value_is_read_by_a_template(chart, small):
    """Whose own values are generated is read by the tests of what is generated."""
    generated = {("domain",), ("services",), ("namespaces",), ("logging",), ("teams",)}
    before = small(chart, {})
    unread = set()
    for path in set(leaves(defaults(chart))) - generated:
        for value in tried(at(defaults(chart), path)):
            try:
                after = small(chart, nested(path, value))
            except helm_python.HelmError:
                continue
            if after != before:
                break
        else:
            unread.add(".".join(path))
    # Off already, for the small release to have no digests.
    assert unread <= {"images.pinned"}


def maps(given, *path):
    yield path
    for key, value in given.items():
        if isinstance(value, dict) and key not in FREE:
            yield from maps(value, *path, key)


@pytest.mark.parametrize("chart", CHARTS)
def test_a_misspelt_value_is_refused_wherever_it_stands(chart, small):
    for path in maps(defaults(chart)):
        with pytest.raises(helm_python.HelmError, match="additional properties"):
            small(chart, nested([*path, "misspelt"], 1))


def of(objects, *kinds):
    return [each for each in objects if each["kind"] in kinds]


def pods(objects):
    """(metadata, specification) of every pod that is made."""
    for each in of(objects, "Deployment", "DaemonSet"):
        template = each["spec"]["template"]
        yield template["metadata"], template["spec"]
    for each in of(objects, "Pod"):
        yield each["metadata"], each["spec"]


def test_where_pods_run_and_what_they_carry_is_the_clusters_choice(
    render, release_of, known
):
    canary = {"logging": {"canary": {"image": {"digest": "sha256:" + "1" * 64}}}}
    objects = render("operations", only="logging", pods=PODS, services=canary)
    objects += release_of("logs", "filigree-logs", pods=PODS)
    made = list(pods(objects))
    # The service, its canary, who asks it in `helm test`, and the log agent.
    assert len(made) == 4
    for metadata, pod in made:
        assert metadata["labels"].items() >= PODS["labels"].items()
        assert metadata["annotations"].items() >= PODS["annotations"].items()
        placed = PODS.keys() - {"labels", "annotations"}
        assert {key: pod[key] for key in placed} == {key: PODS[key] for key in placed}
    assert known(objects, "1.30")


def test_a_services_own_pods_are_laid_over_everybodys(render):
    own = {"pods": {"nodeSelector": {"disk": "fast"}, "priorityClassName": "highest"}}
    objects = render("operations", pods=PODS, services={"logging": own})
    found = {pod["serviceAccountName"]: pod for _, pod in pods(objects)}
    assert found["logging"]["nodeSelector"] == {"pool": "spot", "disk": "fast"}
    assert found["logging"]["priorityClassName"] == "highest"
    assert found["logging"]["tolerations"] == PODS["tolerations"]
    assert found["notification"]["nodeSelector"] == {"pool": "spot"}


def test_what_the_templates_themselves_write_is_not_given_twice(small, render, agents):
    """A key that is there twice is one of the two, or an error of the API server's."""
    written = {"domain": render("operations", only="logging"), "logs": agents}
    keys = {
        (chart, where, key)
        for chart, objects in written.items()
        for metadata, _ in pods(objects)
        for where in ("labels", "annotations")
        for key in metadata[where]
    }
    assert len(keys) > 20
    for chart, where, key in keys:
        with pytest.raises(helm_python.HelmError, match="'not' failed"):
            small(chart, {"pods": {where: {key: "other"}}})


def test_every_pod_pulls_its_image_with_the_same_credentials(render):
    objects = render("operations", images={"pullSecrets": ["registry"]})
    made = list(pods(objects))
    assert len(made) == 3
    for _, pod in made:
        assert pod["imagePullSecrets"] == [{"name": "registry"}]


def test_a_limit_of_cpu_where_a_cluster_demands_one(render):
    limited = {"cpuLimit": "1", "mesh": {"proxy": {"cpuLimit": "500m"}}}
    for metadata, pod in pods(render("operations", **limited)):
        [container] = pod["containers"]
        assert str(container["resources"]["limits"]["cpu"]) == "1"
        if "prometheus.io/port" in metadata["annotations"]:
            asked = metadata["annotations"]["sidecar.istio.io/proxyCPULimit"]
            assert asked == "500m"


def test_a_large_number_stays_one(render):
    """Of a values file Helm has every number as a float, and OpenShift's users have ten
    digits."""
    settings = {"LIMIT": 20_000_000, "SHARE": 0.25, "ON": True, "SMALL": 7}
    objects = render("operations", runAsUser=1_000_650_000, env=settings)
    for _, pod in pods(objects):
        user = pod["securityContext"]["runAsUser"]
        assert (user, type(user)) == (1_000_650_000, int)
    for each in of(objects, "Deployment"):
        [container] = each["spec"]["template"]["spec"]["containers"]
        env = {each["name"]: each.get("value") for each in container["env"]}
        found = {name: env[name] for name in settings}
        assert found == {
            "LIMIT": "20000000",
            "SHARE": "0.25",
            "ON": "true",
            "SMALL": "7",
        }


def test_authorities_of_ones_own_are_what_openssl_reads(render, known):
    given = {"configMap": "authorities", "key": "all.pem"}
    objects = render("knowledge", trust=given)
    for each in of(objects, "Deployment"):
        pod = each["spec"]["template"]["spec"]
        [container] = pod["containers"]
        [told] = [e["value"] for e in container["env"] if e["name"] == "SSL_CERT_FILE"]
        [mount] = [
            m for m in container["volumeMounts"] if told == f"{m['mountPath']}/all.pem"
        ]
        assert mount["readOnly"]
        volume = {"name": mount["name"], "configMap": {"name": "authorities"}}
        assert volume in pod["volumes"]
    assert known(objects, "1.30")


def test_more_at_least_than_at_most_is_refused(render):
    for given in (
        {"autoscaling": {"min": 9}},
        {"services": {"logging": {"autoscaling": {"max": 1}}}},
    ):
        with pytest.raises(helm_python.HelmError, match="at most"):
            render("operations", **given)


def ways_out(objects, service):
    """(addresses, port) of each rule of a service's network policy that names some."""
    [policy] = [
        each
        for each in of(objects, "NetworkPolicy")
        if each["metadata"]["name"] == service
    ]
    return {
        (tuple(peer["ipBlock"]["cidr"] for peer in rule["to"]), port["port"])
        for rule in policy["spec"]["egress"]
        if "ipBlock" in rule.get("to", [{}])[0]
        for port in rule["ports"]
    }


def entries(objects):
    return {
        each["spec"]["hosts"][0]: each["spec"] for each in of(objects, "ServiceEntry")
    }


def test_a_private_address_is_let_out_to_where_it_is_named_and_nothing_else(render):
    private = {"port": 443, "addresses": NETWORK}
    given = {"response-generation": {"providers": {"llm.corp.example": private}}}
    objects = render("knowledge", services=given)
    assert (tuple(NETWORK), 443) in ways_out(objects, "response-generation")
    entry = entries(objects)["llm.corp.example"]
    # What speaks TLS is told by its name, whatever address that has.
    assert (entry["resolution"], entry["ports"][0]["protocol"]) == ("DNS", "TLS")
    assert "addresses" not in entry


def test_a_proxy_begins_in_the_clear(render):
    proxy = {"port": 3128, "protocol": "TCP", "addresses": NETWORK}
    given = {"response-generation": {"providers": {"proxy.corp.example": proxy}}}
    objects = render("knowledge", services=given)
    assert (tuple(NETWORK), 3128) in ways_out(objects, "response-generation")
    entry = entries(objects)["proxy.corp.example"]
    assert entry["ports"] == [{"number": 3128, "name": "tcp", "protocol": "TCP"}]
    # By its addresses: nothing in the clear says for whom it is.
    assert (entry["resolution"], entry["addresses"]) == ("NONE", NETWORK)


def test_hosts_in_the_clear_without_addresses_are_told_apart_by_none(render):
    hosts = {
        name: {"port": 5000, "protocol": "TCP"} for name in ("a.example", "b.example")
    }
    objects = render("operations", services={"logging": {"providers": hosts}})
    found = {name: entries(objects)[name]["resolution"] for name in hosts}
    assert found == {"a.example": "NONE", "b.example": "NONE"}


def test_a_port_of_two_protocols_is_refused(render):
    given = {
        "logging": {"providers": {"a.example": 443}},
        "notification": {"providers": {"a.example": {"port": 443, "protocol": "TCP"}}},
    }
    with pytest.raises(helm_python.HelmError, match="two protocols"):
        render("operations", services=given)


def test_a_declared_provider_can_be_left_out(render):
    before = render("payment", only="payment-link")
    shut = {"payment-link": {"providers": {"api.stripe.com": None}}}
    after = render("payment", only="payment-link", services=shut)
    assert entries(before)
    assert entries(after) == {}
    assert ways_out(before, "payment-link")
    assert ways_out(after, "payment-link") == set()
    [scope] = of(after, "Sidecar")
    assert "./api.stripe.com" not in scope["spec"]["egress"][0]["hosts"]


@pytest.mark.parametrize(
    "host", ["https://a.example", "a.example:443", "A.example", "a"]
)
def test_a_provider_is_a_host(render, host):
    with pytest.raises(helm_python.HelmError, match="does not match pattern"):
        render("operations", services={"logging": {"providers": {host: 443}}})


@pytest.mark.parametrize(
    ("engine", "port", "inside"),
    [("database", 5432, "postgresql"), ("bus", 4222, "nats")],
)
def test_an_engine_may_be_elsewhere(render, engine, port, inside):
    outside = {"host": "engine.corp.example", "addresses": NETWORK}
    store = "database-operations"
    objects = render("infrastructure", only=store, data={engine: {"outside": outside}})
    assert (tuple(NETWORK), port) in ways_out(objects, store)
    entry = entries(objects)["engine.corp.example"]
    assert entry["ports"] == [{"number": port, "name": "tcp", "protocol": "TCP"}]
    [scope] = of(objects, "Sidecar")
    hosts = scope["spec"]["egress"][0]["hosts"]
    assert "./engine.corp.example" in hosts
    assert not any(inside in each for each in hosts)
    [policy] = [
        each
        for each in of(objects, "NetworkPolicy")
        if each["metadata"]["name"] == store
    ]
    assert inside not in yaml.safe_dump(policy["spec"]["egress"])


def test_the_api_server_is_reached_where_it_listens(render, release_of):
    """The network sees the endpoint's own port, not the Service's."""
    given = {"api": {"ports": [8443]}}
    objects = render("infrastructure", only="service-discovery", **given)
    objects += release_of("mesh", "istio-system", **given)
    reached = {
        each["metadata"]["name"]: [port["port"] for port in rule["ports"]]
        for each in of(objects, "NetworkPolicy")
        for rule in each["spec"].get("egress", ())
        if "to" not in rule
    }
    assert reached == {"service-discovery": [8443], "filigree-database": [8443]}


def test_an_engine_elsewhere_concerns_who_speaks_to_it(render):
    outside = {"host": "engine.corp.example"}
    objects = render("operations", data={"database": {"outside": outside}})
    assert objects == render("operations")


def test_others_namespaces_in_the_mesh_are_left_as_they_are(release_of, domains):
    """Of the mesh's own namespace a rule holds for everybody."""
    objects = release_of("mesh", "istio-system", mesh={"rootNamespace": ""})
    homes = {
        kind: {each["metadata"]["namespace"] for each in of(objects, kind)}
        for kind in ("PeerAuthentication", "Telemetry")
    }
    engines = {"filigree-data", "filigree-logs"}
    # A domain's own release makes its namespace strict.
    assert homes["PeerAuthentication"] == engines
    assert homes["Telemetry"] == engines | {f"filigree-{each}" for each in domains}
    for each in of(objects, "PeerAuthentication"):
        assert each["spec"] == {"mtls": {"mode": "STRICT"}}


@pytest.mark.parametrize("word", ["123", "1e5", "on", "null"])
@pytest.mark.parametrize("chart", ["domain", "logs", "mesh"])
def test_a_name_that_yaml_reads_as_something_else_is_refused(small, chart, word):
    with pytest.raises(helm_python.HelmError, match="'not' failed"):
        small(chart, {"observability": {"namespace": word}})


def test_a_revision_of_digits_stays_text(release_of):
    for each in of(release_of("mesh", "x", mesh={"revision": "130"}), "Namespace"):
        assert each["metadata"]["labels"]["istio.io/rev"] == "130"


@pytest.mark.parametrize("host", ["shop.example", "xn--j1ail.xn--p1ai", "a-b.c.dev"])
def test_the_way_in_has_any_name_that_there_is(release_of, host):
    objects = release_of("mesh", "istio-system", ingress={"host": host})
    [gateway] = of(objects, "Gateway")
    assert gateway["spec"]["servers"][0]["hosts"] == [host]


@pytest.mark.parametrize("host", ["https://shop.example", "10.0.0.1", "shop", "a..b"])
def test_the_way_in_has_a_name(release_of, host):
    with pytest.raises(helm_python.HelmError, match="does not match pattern"):
        release_of("mesh", "istio-system", ingress={"host": host})


def test_who_installs_a_domain_is_told_what_its_pods_wait_for(written, find, domains):
    for domain in domains:
        [notes] = [
            t for name, t in written(domain).items() if name.endswith("NOTES.txt")
        ]
        waited = {
            variable["valueFrom"]["secretKeyRef"]["name"]
            for each in find("Deployment")
            if each["metadata"]["namespace"] == f"filigree-{domain}"
            for variable in each["spec"]["template"]["spec"]["containers"][0]["env"]
            if "valueFrom" in variable
        }
        told = {line.strip() for line in notes.splitlines() if line.startswith("  ")}
        assert (
            told - {f"helm test filigree-{domain} --namespace filigree-{domain}"}
            == waited
        )


def test_the_agent_has_a_type_where_selinux_asks_for_one(release_of):
    given = {"seLinuxOptions": {"type": "spc_t"}}
    [(_, pod)] = pods(release_of("logs", "filigree-logs", **given))
    given = pod["containers"][0]["securityContext"]["seLinuxOptions"]
    assert given == {"type": "spc_t"}
