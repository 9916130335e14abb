"""Who may reach whom, in the mesh's policy and in the network's."""

import ipaddress
from itertools import chain
from pathlib import Path

import pytest
import yaml

from chassis import _context

ROOT = Path(__file__).parents[2]
HASHED = {"hashBy": "x-tenant"}
RETRY_ON = {"5xx", "reset", "connect-failure", "refused-stream"}
# RFC 1918, 6598, 4193, and what is local to a link, as a cloud's metadata are.
PRIVATE = [
    ipaddress.ip_network(each)
    for each in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
    )
]
PRINCIPAL = "cluster.local/ns/{namespace}/sa/{name}"


def principal(mesh, name):
    home = f"filigree-{mesh.declarations[name].domain}"
    return PRINCIPAL.format(namespace=home, name=name)


def test_each_namespace_is_strict_and_denies_by_default(releases):
    for objects in releases.values():
        [strict] = [o for o in objects if o["kind"] == "PeerAuthentication"]
        assert strict["spec"] == {"mtls": {"mode": "STRICT"}}
        [denial] = [
            o
            for o in objects
            if o["kind"] == "AuthorizationPolicy" and "selector" not in o["spec"]
        ]
        assert denial["spec"] == {}


def test_principals_are_the_declared_callers_without_a_wildcard(find, mesh, outsiders):
    for service in mesh.declarations:
        wanted = {principal(mesh, edge.caller) for edge in mesh.to(service)}
        wanted |= {
            PRINCIPAL.format(namespace=home, name=name)
            for home, name in outsiders.get(service, ())
        }
        found = {
            each
            for policy in find("AuthorizationPolicy")
            if policy["metadata"]["name"] == service
            for rule in policy["spec"]["rules"]
            for source in rule["from"]
            for each in source["source"]["principals"]
        }
        assert found == wanted
        assert not any("*" in each for each in found)


def test_a_policy_with_rules_allows_what_they_say(wholes, whole):
    """AUDIT would let nobody in, and DENY whom nobody declared."""
    actions = [
        each["spec"].get("action")
        for each in [*whole, *chain(*wholes.values())]
        if each["kind"] == "AuthorizationPolicy" and each["spec"]
    ]
    assert set(actions) == {"ALLOW"}


def test_the_store_admits_each_caller_to_its_own_collections(find, mesh):
    policy = find("AuthorizationPolicy", "database-operations")
    for rule in policy["spec"]["rules"]:
        caller = rule["from"][0]["source"]["principals"][0].rsplit("/", 1)[1]
        paths = [p for to in rule["to"] for p in to["operation"]["paths"]]
        collections = {path.split("/")[4] for path in paths if "/collections/" in path}
        granted = {grant.name for grant in mesh.grants(caller)}
        assert collections <= granted
        owners = {path.split("/")[4] for path in paths if "/transactions/" in path}
        assert owners <= {caller}


def peers(rules, direction):
    """(namespace, service, port) of each peer of a network policy's rules."""
    for rule in rules:
        for peer in rule.get(direction, [{}]):
            namespace = peer.get("namespaceSelector", {}).get("matchLabels", {})
            pod = peer.get("podSelector", {}).get("matchLabels", {})
            for port in rule["ports"]:
                yield (
                    namespace.get("kubernetes.io/metadata.name"),
                    pod.get("app.kubernetes.io/name") or pod.get("cnpg.io/cluster"),
                    port["port"],
                )


def test_a_clusters_own_domain_is_nobodys_certificate(render, release_of):
    """Istio has a trust domain, for which cluster.local stands in its policies."""
    named = "k8s.example"
    made = render("operations", clusterDomain=named)
    made += release_of("mesh", "istio-system", clusterDomain=named)
    hosts = [
        h for o in made if o["kind"] == "VirtualService" for h in o["spec"]["hosts"]
    ]
    assert f"logging.filigree-operations.svc.{named}" in hosts
    principals = [
        principal
        for each in made
        if each["kind"] == "AuthorizationPolicy"
        for rule in each["spec"].get("rules", ())
        for source in rule["from"]
        for principal in source["source"]["principals"]
    ]
    assert principals
    assert all(each.startswith("cluster.local/ns/") for each in principals)


def test_the_network_denies_by_default(releases):
    for objects in releases.values():
        [denial] = [
            o
            for o in objects
            if o["kind"] == "NetworkPolicy" and o["metadata"]["name"] == "default-deny"
        ]
        assert denial["spec"] == {
            "podSelector": {},
            "policyTypes": ["Ingress", "Egress"],
        }


def test_the_network_admits_declared_callers_and_the_scrape_alone(
    find, mesh, outsiders
):
    for service, declaration in mesh.declarations.items():
        wanted = {
            (
                f"filigree-{mesh.declarations[edge.caller].domain}",
                edge.caller,
                declaration.port,
            )
            for edge in mesh.to(service)
        }
        wanted.add(("filigree-observability", None, 15020))
        for home, name in outsiders.get(service, ()):
            # The way in is whatever serves it there.
            pod = None if name == home else name
            wanted.add((home, pod, declaration.port))
        rules = find("NetworkPolicy", service)["spec"]["ingress"]
        assert set(peers(rules, "from")) == wanted


def test_a_service_gets_out_to_what_it_declared_and_what_every_pod_needs(find, mesh):
    for service, declaration in mesh.declarations.items():
        callees = (mesh.declarations[edge.callee] for edge in mesh.of(service))
        wanted = {(f"filigree-{each.domain}", each.name, each.port) for each in callees}
        wanted |= {
            ("kube-system", None, 53),
            ("istio-system", None, 15012),
            ("filigree-observability", None, 4317),
            ("filigree-observability", None, 4318),
        }
        stores = service == "database-operations"
        if declaration.consumes or stores:
            wanted.add(("filigree-data", "nats", 4222))
        if stores:
            wanted.add(("filigree-data", "postgresql", 5432))
        if declaration.providers:
            wanted.add((None, None, 443))
        wanted |= {(each.namespace, None, each.port) for each in declaration.in_cluster}
        if service == "service-discovery":
            wanted |= {(None, None, 443), (None, None, 6443)}
        spec = find("NetworkPolicy", service)["spec"]
        assert spec["policyTypes"] == ["Ingress", "Egress"]
        assert set(peers(spec["egress"], "to")) == wanted


def test_of_the_clusters_own_namespaces_only_what_serves_is_reached(find, mesh):
    """Whoever may have a pod beside the name servers is no name server."""
    serving = {53: {"k8s-app": "kube-dns"}, 15012: {"app": "istiod"}}
    for service in mesh.declarations:
        for rule in find("NetworkPolicy", service)["spec"]["egress"]:
            for port in serving.keys() & {each["port"] for each in rule["ports"]}:
                [peer] = rule["to"]
                assert peer["podSelector"]["matchLabels"] == serving[port]


def test_where_names_are_asked_for_is_the_clusters_own_affair(render):
    given = {
        "namespace": "openshift-dns",
        "labels": {
            "k8s-app": None,
            "dns.operator.openshift.io/daemonset-dns": "default",
        },
        "port": 5353,
        "addresses": ["169.254.20.10/32"],
    }
    policies = [
        o
        for o in render("operations", only="logging", dns=given)
        if o["kind"] == "NetworkPolicy" and "egress" in o["spec"]
    ]
    assert len(policies) == 2
    for policy in policies:
        [rule] = [
            each
            for each in policy["spec"]["egress"]
            if each["ports"][0]["protocol"] == "UDP"
        ]
        assert {each["port"] for each in rule["ports"]} == {5353}
        pods, address = rule["to"]
        assert pods["podSelector"]["matchLabels"] == {
            "dns.operator.openshift.io/daemonset-dns": "default"
        }
        assert address == {"ipBlock": {"cidr": "169.254.20.10/32"}}


def test_a_way_to_providers_leads_out_of_the_cluster_only(find, mesh):
    for service, declaration in mesh.declarations.items():
        blocks = [
            peer["ipBlock"]
            for rule in find("NetworkPolicy", service)["spec"]["egress"]
            for peer in rule.get("to", ())
            if "ipBlock" in peer
        ]
        assert bool(blocks) == bool(declaration.providers)
        for block in blocks:
            mine = {each for each in PRIVATE if each.version == kind(block).version}
            excluded = [ipaddress.ip_network(each) for each in block["except"]]
            assert mine <= set(excluded)
            # The API server refuses what is not within, or is all of it.
            assert all(each.subnet_of(kind(block)) for each in excluded)
            assert kind(block) not in excluded


def kind(block):
    return ipaddress.ip_network(block["cidr"])


def test_a_provider_is_reached_over_either_kind_of_address(find, mesh):
    for service, declaration in mesh.declarations.items():
        for rule in find("NetworkPolicy", service)["spec"]["egress"]:
            blocks = [
                peer["ipBlock"] for peer in rule.get("to", ()) if "ipBlock" in peer
            ]
            assert not blocks or {kind(each).version for each in blocks} == {4, 6}
            assert not blocks or declaration.providers


def test_a_sidecar_sees_its_upstreams_and_providers_only(find, mesh):
    for service, declaration in mesh.declarations.items():
        spec = find("Sidecar", service)["spec"]
        assert spec["outboundTrafficPolicy"] == {"mode": "REGISTRY_ONLY"}
        assert spec["workloadSelector"]["labels"]["app.kubernetes.io/name"] == service
        [egress] = spec["egress"]
        hosts = {
            each for each in egress["hosts"] if not each.startswith("filigree-data/")
        } - {"default/kubernetes.default.svc.cluster.local"}
        callees = (mesh.declarations[edge.callee] for edge in mesh.of(service))
        wanted = {
            f"filigree-{each.domain}/{each.name}.filigree-{each.domain}"
            ".svc.cluster.local"
            for each in callees
        } | {f"./{host}" for host in declaration.providers}
        wanted |= {
            f"{each.namespace}/{each.service}.{each.namespace}.svc.cluster.local"
            for each in declaration.in_cluster
        }
        assert hosts == wanted or (hosts == {"~/*"} and not wanted)


def test_a_collector_is_let_out_to_where_there_is_one(render):
    named = {"collector": {"service": "otel", "ports": [4318]}}
    objects = render("operations", only="logging", observability=named)
    [scope] = [o for o in objects if o["kind"] == "Sidecar"]
    home = "filigree-observability"
    assert (
        f"{home}/otel.{home}.svc.cluster.local" in scope["spec"]["egress"][0]["hosts"]
    )
    [policy] = [
        o
        for o in objects
        if (o["kind"], o["metadata"]["name"]) == ("NetworkPolicy", "logging")
    ]
    assert (home, None, 4318) in set(peers(policy["spec"]["egress"], "to"))
    assert (home, None, 4317) not in set(peers(policy["spec"]["egress"], "to"))


def test_what_runs_beside_is_told_by_its_address_and_let_out_to(render):
    home = "filigree-observability"
    beside = {"service": "prometheus-operated", "namespace": home, "port": 9090}
    objects = render(
        "operations",
        only="logging",
        services={"logging": {"inCluster": {"LOGGING_BESIDE_URL": beside}}},
    )
    named = {
        each["kind"]: each["spec"]
        for each in objects
        if each["metadata"]["name"] == "logging" and "spec" in each
    }
    [container] = named["Deployment"]["template"]["spec"]["containers"]
    address = f"prometheus-operated.{home}.svc.cluster.local"
    env = {each["name"]: each.get("value") for each in container["env"]}
    assert env["LOGGING_BESIDE_URL"] == f"http://{address}:9090"
    [way] = named["Sidecar"]["egress"]
    assert f"{home}/{address}" in way["hosts"]
    out = set(peers(named["NetworkPolicy"]["egress"], "to"))
    assert (home, None, 9090) in out


def test_what_runs_beside_is_left_out_where_there_is_none(render):
    """As Helm has it when a team's overrides have null for a generated entry."""
    given = {"logging": {"inCluster": {"LOGGING_BESIDE_URL": None}}}
    objects = render("operations", only="logging", services=given)
    assert objects == render("operations", only="logging")


def test_each_provider_is_known_to_the_mesh_of_its_domain_alone(releases, mesh):
    for domain, objects in releases.items():
        declared = {
            host
            for each in mesh.declarations.values()
            if each.domain == domain
            for host in each.providers
        }
        entries = [o["spec"] for o in objects if o["kind"] == "ServiceEntry"]
        assert {host for each in entries for host in each["hosts"]} == declared
        assert all(each["exportTo"] == ["."] for each in entries)
        assert all(each["ports"][0]["protocol"] == "TLS" for each in entries)


def test_couriers_of_messages_are_the_teams_own_choice(render):
    """A mail server greets before it is spoken to, so that its port is not TLS."""
    hosts = {"smtp.example.org": 587, "api.example.com": 443}
    objects = render(
        "operations",
        only="notification",
        services={"notification": {"providers": hosts}},
    )
    ports = {
        (each["spec"]["hosts"][0], port["number"], port["protocol"])
        for each in objects
        if each["kind"] == "ServiceEntry"
        for port in each["spec"]["ports"]
    }
    assert ports == {
        ("smtp.example.org", 587, "TCP"),
        ("api.example.com", 443, "TLS"),
    }
    [policy] = [
        o
        for o in objects
        if (o["kind"], o["metadata"]["name"]) == ("NetworkPolicy", "notification")
    ]
    [way] = [
        rule
        for rule in policy["spec"]["egress"]
        if any("ipBlock" in peer for peer in rule.get("to", ()))
    ]
    assert {each["port"] for each in way["ports"]} == {443, 587}
    [pod] = [
        o["spec"]["template"]["spec"] for o in objects if o["kind"] == "Deployment"
    ]
    [source] = pod["containers"][0]["envFrom"]
    assert source["secretRef"] == {"name": "notification-providers", "optional": True}


@pytest.mark.parametrize(
    ("hosts", "wanted"),
    [
        ({"a.example": 587, "b.example": 25}, {"DNS"}),
        ({"a.example": 587, "b.example": 587}, {"NONE"}),
        ({"a.example": 443, "b.example": 443}, {"DNS"}),
    ],
)
def test_of_two_mail_servers_each_gets_its_own_mail(render, hosts, wanted):
    """Both would be one listener, and the first server's mail and the second's."""
    objects = render(
        "operations",
        only="notification",
        services={"notification": {"providers": hosts}},
    )
    entries = [o["spec"] for o in objects if o["kind"] == "ServiceEntry"]
    assert len(entries) == 2
    assert {each["resolution"] for each in entries} == wanted


def test_a_host_has_each_port_that_somebody_has_named(render):
    named = {"notification": {"mail.example": 587}, "logging": {"mail.example": 465}}
    given = {name: {"providers": each} for name, each in named.items()}
    [entry] = [
        o["spec"]
        for o in render("operations", services=given)
        if o["kind"] == "ServiceEntry"
    ]
    assert {(each["number"], each["protocol"]) for each in entry["ports"]} == {
        (587, "TCP"),
        (465, "TLS"),
    }
    assert len({each["name"] for each in entry["ports"]}) == 2


def test_every_team_has_a_place_for_its_choices(domains):
    for domain in domains:
        file = ROOT / f"charts/values/{domain}.overrides.yaml"
        assert set(yaml.safe_load(file.read_text())) == {"services"}


def test_what_a_file_of_overrides_shows_as_an_example_renders(domains, render):
    """Its commented lines, from the service's name on, are values of the chart."""
    shown = 0
    for domain in domains:
        text = (ROOT / f"charts/values/{domain}.overrides.yaml").read_text()
        lines = [each[2:] for each in text.splitlines() if each.startswith("#   ")]
        for name, given in (yaml.safe_load("\n".join(lines)) or {}).items():
            objects = render(domain, only=name, services={name: given})
            entries = [o["spec"] for o in objects if o["kind"] == "ServiceEntry"]
            named = {host for each in entries for host in each["hosts"]}
            assert given["providers"].keys() <= named
            shown += 1
    assert shown


def test_a_host_has_one_virtual_service(find):
    hosts = [host for each in find("VirtualService") for host in each["spec"]["hosts"]]
    assert len(set(hosts)) == len(hosts) == len(find("VirtualService"))


def test_every_route_says_how_it_is_retried(find):
    for each in find("VirtualService"):
        for route in each["spec"]["http"]:
            if "route" in route:
                retries = route["retries"]
                assert ("retryOn" in retries) == (retries["attempts"] > 0)
                assert set(retries.get("retryOn", "reset").split(",")) <= RETRY_ON


def test_an_ejection_leaves_one_of_several(render):
    for least, most in ((1, 6), (2, 2), (2, 6), (3, 9), (5, 7), (2, 100)):
        scale = {"min": least, "max": most}
        objects = render("operations", only="logging", autoscaling=scale)
        [rule] = [o for o in objects if o["kind"] == "DestinationRule"]
        outliers = rule["spec"]["trafficPolicy"]["outlierDetection"]
        percent = outliers["maxEjectionPercent"]
        # A replica is ejected if the share of all that are then is not above it.
        for replicas in range(least, most + 1):
            ejected = [n for n in range(replicas + 1) if 100 * n / replicas <= percent]
            alone = least == 1
            assert max(ejected) == (replicas if alone else replicas - 1)


def test_a_tenants_requests_go_where_something_of_it_is_remembered(find, mesh):
    """An answer of before, for when nobody can be asked, is in one replica's memory."""
    remembering = {
        name
        for name, each in mesh.declarations.items()
        if each.resilience.balance == "tenant"
    }
    assert {"similarity-search", "embedding-generation"} <= remembering
    for rule in find("DestinationRule"):
        way = rule["spec"]["trafficPolicy"]["loadBalancer"]
        if rule["metadata"]["name"] in remembering:
            header = _context.TENANT_HEADER.lower()
            hashed = {"httpHeaderName": header, "maglev": {"tableSize": 65537}}
            # Of all zones: a caller's own zone has replicas of its own.
            everywhere = {"enabled": False}
            assert way == {"consistentHash": hashed, "localityLbSetting": everywhere}
        else:
            assert way == {"simple": "LEAST_REQUEST"}


def test_one_header_may_lead_to_one_replica_where_a_service_remembers(render):
    balanced = {
        given: [
            o["spec"]["trafficPolicy"]["loadBalancer"]
            for o in render(
                "operations",
                only="logging",
                services={"logging": HASHED if given else {}},
            )
            if o["kind"] == "DestinationRule"
        ]
        for given in (False, True)
    }
    assert balanced[False] == [{"simple": "LEAST_REQUEST"}]
    [hashed] = balanced[True]
    assert hashed["consistentHash"]["httpHeaderName"] == "x-tenant"


def test_without_a_mesh_nothing_of_istio_is_left(render):
    objects = render("knowledge", mesh={"enabled": False})
    assert objects
    text = yaml.safe_dump_all(objects)
    assert "istio.io/" not in text
