"""What a cluster's API server would accept, and what a cluster's operators demand."""

import base64
import copy
import gzip
import json
import math
import re
import tomllib
from collections import Counter
from itertools import chain
from pathlib import Path

import helm_python
import kubernetes_validate
import pytest
import yaml

from chassis import _consuming, _runtime, _serve

ROOT = Path(__file__).parents[2]
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
OLDEST, NEWEST = "1.30", "1.37"
CLUSTER_SCOPED = {"Namespace", "ClusterRole", "ClusterRoleBinding"}
RELEASE_LIMIT = 256 * 1024
# The core services have 8000 to 8034; what a team adds comes after.
LAST = 8034
# Also of a domain as a whole, and not of one service.
ALL_ITS_OWN = {"Service", "PodDisruptionBudget", "Sidecar"}
SHARED = {
    "AuthorizationPolicy",
    "NetworkPolicy",
    "PeerAuthentication",
    "Role",
    "RoleBinding",
    "ServiceEntry",
}


def own(objects, kind):
    return [each for each in objects if each["kind"] == kind]


def selects(selector, labels):
    return selector.items() <= labels.items()


@pytest.fixture(scope="module")
def pods(find):
    """By service: its pod template's specification."""
    return {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]
        for each in find("Deployment")
    }


@pytest.fixture(scope="module")
def containers(pods):
    return {name: pod["containers"][0] for name, pod in pods.items()}


@pytest.fixture(scope="module")
def everything(wholes, whole, agents, release_of):
    """The objects of every release that there is, `helm test` included."""
    watching = release_of("observability", "filigree-observability")
    return [*whole, *agents, *watching, *chain(*wholes.values())]


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_every_object_is_valid_to_the_field(everything, known, version):
    assert known(everything, version) > 100


def test_an_unknown_field_would_be_found(find, known):
    every = copy.deepcopy(find("Deployment"))
    every[-1]["spec"]["template"]["spec"]["containers"][0]["typo"] = True
    with pytest.raises(kubernetes_validate.ValidationError, match="typo"):
        known(every, NEWEST)


def test_every_declared_service_is_rendered_once(find, mesh):
    for kind in ("Deployment", "Service", "ServiceAccount", "PodDisruptionBudget"):
        names = sorted(each["metadata"]["name"] for each in find(kind))
        assert names == sorted(mesh.declarations)


def test_the_same_values_give_the_same_bytes(written, domains):
    for domain in domains:
        first, second = (written(domain) for _ in range(2))
        assert any(first.values())
        assert first == second


def test_a_domains_release_has_nothing_of_the_clusters(releases):
    for objects in releases.values():
        assert not {each["kind"] for each in objects} & CLUSTER_SCOPED


def test_a_release_is_small_enough_to_be_stored(wholes):
    chart = {
        str(each): base64.b64encode(each.read_bytes()).decode()
        for each in (ROOT / "charts/domain").rglob("*")
        if each.is_file()
    }
    for domain, objects in wholes.items():
        values = (ROOT / f"charts/values/{domain}.yaml").read_text()
        manifest = yaml.dump_all(objects, Dumper=DUMPER)
        release = {"chart": chart, "config": values, "manifest": manifest}
        # As Helm stores it: compressed JSON in base64, twice encoded in a Secret.
        stored = base64.b64encode(gzip.compress(json.dumps(release).encode()))
        assert len(base64.b64encode(stored)) < RELEASE_LIMIT


def test_only_discovery_gets_a_token(find, pods):
    assert not any(
        each["automountServiceAccountToken"] for each in find("ServiceAccount")
    )
    mounted = {n for n, pod in pods.items() if pod["automountServiceAccountToken"]}
    assert mounted == {"service-discovery"}
    assert all(pod["serviceAccountName"] == name for name, pod in pods.items())


def test_selectors_are_free_of_versions_and_match_their_pods(find):
    for each in find("Deployment"):
        selector = each["spec"]["selector"]["matchLabels"]
        labels = each["spec"]["template"]["metadata"]["labels"]
        assert selects(selector, labels)
        assert not any("version" in key or "chart" in key for key in selector)
        service = find("Service", each["metadata"]["name"])
        assert selects(service["spec"]["selector"], labels)


def test_whatever_selects_pods_selects_its_services_and_no_others(releases):
    """By labels that no version is in: a canary's pods are its service's, too."""
    chosen = {
        "Service": lambda spec: spec["selector"],
        "PodDisruptionBudget": lambda spec: spec["selector"]["matchLabels"],
        "NetworkPolicy": lambda spec: spec["podSelector"].get("matchLabels"),
        "AuthorizationPolicy": lambda spec: spec.get("selector", {}).get("matchLabels"),
        "Sidecar": lambda spec: spec["workloadSelector"]["labels"],
    }
    seen = Counter()
    for objects in releases.values():
        pods = {
            each["metadata"]["name"]: each["spec"]["template"]["metadata"]["labels"]
            for each in own(objects, "Deployment")
        }
        for each in objects:
            name, kind = each["metadata"]["name"], each["kind"]
            if kind in chosen and (kind in ALL_ITS_OWN or name in pods):
                selector = chosen[kind](each["spec"])
                assert {n for n, pod in pods.items() if selects(selector, pod)} == {
                    name
                }
                assert "version" not in str(selector)
                seen[kind] += 1
    assert seen.keys() == chosen.keys()


def test_a_pod_says_whose_it_is_as_its_service_does(find):
    for each in find("Deployment"):
        pod = each["spec"]["template"]["metadata"]["labels"]
        said = dict(each["metadata"]["labels"])
        # A version would roll each pod with each release.
        del said["app.kubernetes.io/version"]
        assert selects(said, pod)


def test_each_object_of_a_service_says_who_owns_it(find, mesh):
    for kind in ("Deployment", "Service", "VirtualService", "AuthorizationPolicy"):
        for each in find(kind):
            name = each["metadata"]["name"]
            if name in mesh.declarations:
                notes = each["metadata"]["annotations"]
                declared = mesh.declarations[name]
                assert notes["filigree.dev/owner"] == declared.owner
                assert notes["filigree.dev/summary"] == declared.summary


def test_objects_say_what_they_are_and_whose(releases, mesh):
    for domain, objects in releases.items():
        for each in objects:
            labels = each["metadata"]["labels"]
            assert labels["filigree.dev/domain"] == domain
            assert labels["filigree.dev/team"]
            assert labels["app.kubernetes.io/part-of"] == "filigree"
            assert labels["app.kubernetes.io/managed-by"] == "Helm"
            assert labels["app.kubernetes.io/instance"] == f"filigree-{domain}"
            assert labels["app.kubernetes.io/version"]
            name = labels.get("app.kubernetes.io/name")
            assert name in mesh.declarations or each["kind"] in SHARED


def test_ports_are_named_and_unique(find, mesh):
    ports = []
    for each in find("Service"):
        [port] = each["spec"]["ports"]
        assert (port["name"], port["appProtocol"]) == ("http", "http")
        assert port["port"] == mesh.declarations[each["metadata"]["name"]].port
        ports.append(port["port"])
    assert len(set(ports)) == len(ports)
    assert all(8000 <= port <= 8099 for port in ports)


def test_a_service_leads_to_the_port_that_its_pods_listen_on(find, containers):
    for name, container in containers.items():
        [port] = find("Service", name)["spec"]["ports"]
        [listening] = container["ports"]
        told = {each["name"]: each.get("value") for each in container["env"]}
        assert listening["name"] == port["targetPort"]
        assert told["PORT"] == str(listening["containerPort"]) == str(port["port"])
        for kind in ("startup", "liveness", "readiness"):
            assert container[f"{kind}Probe"]["httpGet"]["port"] == listening["name"]


def test_the_user_can_be_left_to_the_cluster(render):
    objects = render("operations", runAsUser=None)
    pods = [each["spec"]["template"] for each in own(objects, "Deployment")]
    for each in (*pods, *own(objects, "Pod")):
        context = each["spec"]["securityContext"]
        assert "runAsUser" not in context
        assert context["runAsNonRoot"] is True


def test_only_tmp_can_be_written_and_it_is_bounded(pods, containers):
    for name, pod in pods.items():
        [volume] = pod["volumes"]
        assert set(volume["emptyDir"]) == {"sizeLimit"}
        [mount] = containers[name]["volumeMounts"]
        assert mount["mountPath"] == "/tmp"


def test_a_pod_is_not_evicted_for_its_lines(pods, containers):
    """Of every container a kubelet keeps five files of 10 MiB, by default, and it
    counts them, the sidecar's too, with /tmp."""
    for name, pod in pods.items():
        tmp = mebibytes(pod["volumes"][0]["emptyDir"]["sizeLimit"])
        limit = containers[name]["resources"]["limits"]["ephemeral-storage"]
        assert mebibytes(limit) >= tmp + 2 * 50


def test_every_container_says_what_it_needs_and_where_it_ends(wholes):
    """Who asks for nothing is evicted first, and a quota refuses it; who has no limit
    of disk fills its node's. That of `helm test` is one of them."""
    for objects in wholes.values():
        pods = [each["spec"]["template"] for each in own(objects, "Deployment")]
        for pod in (*pods, *own(objects, "Pod")):
            for container in pod["spec"]["containers"]:
                asked, most = (
                    container["resources"][k] for k in ("requests", "limits")
                )
                assert set(asked) == {"cpu", "memory", "ephemeral-storage"}
                # A limit of CPU throttles; whoever wants one says so.
                assert set(most) == {"memory", "ephemeral-storage"}
                for kind in most:
                    assert 0 < mebibytes(asked[kind]) <= mebibytes(most[kind])


def test_each_pod_has_three_probes_and_liveness_is_not_readiness(containers):
    for container in containers.values():
        paths = {
            kind: container[f"{kind}Probe"]["httpGet"]["path"]
            for kind in ("startup", "liveness", "readiness")
        }
        assert paths["liveness"] != paths["readiness"]
        assert paths["readiness"] == "/health/ready"


def test_a_start_is_seen_at_once_and_may_take_minutes(containers):
    """On two busy cores 25 services that start at once need more than a minute each:
    whoever was killed for it began again."""
    for container in containers.values():
        probe = container["startupProbe"]
        assert probe["periodSeconds"] == 1
        assert probe["failureThreshold"] >= 5 * 60


def mebibytes(quantity):
    return int(quantity.removesuffix("Mi"))


def test_the_readme_says_what_the_domains_ask_for(containers, mesh):
    asked = [
        each["resources"]["requests"]
        for name, each in containers.items()
        if mesh.declarations[name].port <= LAST
    ]
    cores = sum(int(each["cpu"].removesuffix("m")) for each in asked) / 1000
    memory = math.ceil(sum(mebibytes(each["memory"]) for each in asked) / 1024)
    told = (ROOT / "charts/README.md").read_text()
    assert f"come with it ask for {cores:.1f} cores and {memory} GiB of memory" in told


def test_memory_is_limited_by_what_was_measured(containers, measured, mesh):
    for name, container in containers.items():
        resources = container["resources"]
        needed = mebibytes(resources["requests"]["memory"])
        held = measured.get(name, {}).get("memory", needed)
        assert needed == math.ceil(held)
        besides = mebibytes(mesh.declarations[name].resources.besides)
        limit = mebibytes(resources["limits"]["memory"])
        assert limit == math.ceil(1.3 * (held + besides))
        assert "cpu" not in resources["limits"]


def test_who_loads_an_sdk_or_reads_files_apart_has_room_for_it(mesh):
    """A pod that is at its limit without them is killed with its provider's first
    answer, or its first large document."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    roomy = {
        name
        for name, each in mesh.declarations.items()
        if mebibytes(each.resources.besides)
    }
    # Who speaks to a provider without a package of its own needs no more than httpx.
    heavy = {
        name
        for name, each in mesh.declarations.items()
        if each.providers and extras["optional-dependencies"].get(name)
    }
    assert heavy
    assert heavy | {"service-discovery", "document-processing"} <= roomy
    assert roomy - {"document-processing"} <= extras["optional-dependencies"].keys()


def test_the_sidecars_resources_are_stated(find):
    for each in find("Deployment"):
        annotations = each["spec"]["template"]["metadata"]["annotations"]
        for resource in ("proxyCPU", "proxyMemory", "proxyMemoryLimit"):
            assert annotations[f"sidecar.istio.io/{resource}"]


def test_a_sidecars_threads_are_not_those_of_its_node(find, agents):
    """As they would be without a limit of CPU, however little memory it may have."""
    [agent] = [each for each in agents if each["kind"] == "DaemonSet"]
    for each in (*find("Deployment"), agent):
        annotations = each["spec"]["template"]["metadata"]["annotations"]
        told = json.loads(annotations["proxy.istio.io/config"])
        assert told["concurrency"] in (1, 2)


def test_a_sidecar_has_room_for_what_its_service_does_not_read_yet(find):
    """Envoy holds up to 1 MiB on either side of a connection: by 100 uploads that
    nobody read it had grown by 233 MB, by 240 by 464."""
    for each in find("Deployment"):
        annotations = each["spec"]["template"]["metadata"]["annotations"]
        limit = mebibytes(annotations["sidecar.istio.io/proxyMemoryLimit"])
        scope = find("Sidecar", each["metadata"]["name"])["spec"]
        held = 2 * scope["inboundConnectionPool"]["tcp"]["maxConnections"]
        assert limit >= 1.3 * held


def test_a_quantity_without_a_unit_stays_text(render):
    """An annotation that is a number is refused by the API server."""
    bare = {"cpu": "1", "memory": "67108864", "memoryLimit": "134217728"}
    [made] = own(
        render("operations", only="logging", mesh={"proxy": bare}), "Deployment"
    )
    annotations = made["spec"]["template"]["metadata"]["annotations"]
    assert all(isinstance(each, str) for each in annotations.values())
    assert annotations["sidecar.istio.io/proxyCPU"] == "1"


def test_a_deployment_leaves_its_replicas_to_the_autoscaler(find):
    for each in find("Deployment"):
        assert "replicas" not in each["spec"]
        scaler = find("HorizontalPodAutoscaler", each["metadata"]["name"])["spec"]
        assert scaler["scaleTargetRef"] == {
            "apiVersion": each["apiVersion"],
            "kind": each["kind"],
            "name": each["metadata"]["name"],
        }
        assert 2 <= scaler["minReplicas"] < scaler["maxReplicas"]


def test_a_drain_always_gets_on(find):
    for each in find("PodDisruptionBudget"):
        assert each["spec"]["maxUnavailable"] == 1
        assert each["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_replicas_are_spread_over_nodes_and_zones(pods, find):
    for name, pod in pods.items():
        keys = [each["topologyKey"] for each in pod["topologySpreadConstraints"]]
        assert keys == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
        labels = find("Deployment", name)["spec"]["template"]["metadata"]["labels"]
        for each in pod["topologySpreadConstraints"]:
            assert selects(each["labelSelector"]["matchLabels"], labels)
            # A cluster of one node or zone runs them all the same.
            assert each["whenUnsatisfiable"] == "ScheduleAnyway"


def test_a_pod_has_time_to_drain(pods, containers):
    for name, pod in pods.items():
        slept = containers[name]["lifecycle"]["preStop"]["sleep"]["seconds"]
        takes = slept + _serve.DRAIN + _consuming.FAREWELL
        assert takes < pod["terminationGracePeriodSeconds"]


def test_a_service_closes_idle_connections_after_the_mesh_has(find):
    assert _runtime.IDLE < _serve.KEEP_ALIVE
    for each in find("DestinationRule"):
        pool = each["spec"]["trafficPolicy"]["connectionPool"]
        assert int(pool["http"]["idleTimeout"].removesuffix("s")) < _serve.KEEP_ALIVE


def test_a_new_version_takes_no_pod_away_before_its_own_is_ready(find):
    for each in find("Deployment"):
        rolling = {"maxUnavailable": 0, "maxSurge": 1}
        assert each["spec"]["strategy"]["rollingUpdate"] == rolling


def test_a_sidecar_is_there_before_its_service_and_after_it(everything):
    """A service that starts without it is denied all, and one that drains as well."""
    made = [each for each in everything if each["kind"] == "Deployment"]
    pods = [each for each in everything if each["kind"] == "Pod"]
    assert made
    assert pods
    for each in (*pods, *(one["spec"]["template"] for one in made)):
        assert each["metadata"]["labels"]["sidecar.istio.io/inject"] == "true"
        notes = each["metadata"]["annotations"]
        assert notes["sidecar.istio.io/nativeSidecar"] == "true"
        # A namespace's other services are not written into its environment.
        assert each["spec"]["enableServiceLinks"] is False


def test_images_are_named_by_digest(everything):
    """Those of `helm test` as well, and the log agent's."""
    named = [
        container["image"]
        for each in everything
        for spec in [each.get("spec", {})]
        for pod in (spec, spec.get("template", {}).get("spec", {}))
        for container in pod.get("containers", ())
    ]
    assert named
    assert all(re.search(r"@sha256:[0-9a-f]{64}$", each) for each in named)


def test_a_release_without_digests_is_refused(render):
    nameless = {"logging": {"image": {"digest": ""}}}
    with pytest.raises(helm_python.HelmError, match="names its images by digest"):
        render("operations", services=nameless)
    [made] = own(
        render(
            "operations", only="logging", services=nameless, images={"pinned": False}
        ),
        "Deployment",
    )
    [container] = made["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "filigree/logging:dev"
    with pytest.raises(helm_python.HelmError, match="tag"):
        render("operations", images={"pinned": False, "tag": "latest"})


def test_a_release_in_another_namespace_is_refused(render):
    with pytest.raises(helm_python.HelmError, match="lives in the namespace"):
        render("operations", namespace="somewhere")


def test_environments_are_maps_so_that_an_override_loses_nothing(render):
    changed = {"logging": {"env": {"LOG_LEVEL": "DEBUG"}}}
    [before] = own(render("operations", only="logging"), "Deployment")
    [after] = own(render("operations", only="logging", services=changed), "Deployment")
    old, new = (
        {
            each["name"]: each
            for each in one["spec"]["template"]["spec"]["containers"][0]["env"]
        }
        for one in (before, after)
    )
    assert new.keys() == old.keys()
    assert new["LOG_LEVEL"]["value"] == "DEBUG"


def test_what_comes_from_a_secret_is_not_given_in_the_clear(render):
    """It would be there twice, of which an API server takes one or refuses both."""
    given = {"logging": {"env": {"LOGGING_AGENT_KEYS": "key"}}}
    with pytest.raises(helm_python.HelmError, match="comes from a Secret"):
        render("operations", services=given)
    with pytest.raises(helm_python.HelmError, match="comes from a Secret"):
        render("knowledge", env={"NATS_URL": "nats://elsewhere"})


def test_a_change_of_one_services_settings_rolls_its_pods_alone(render):
    changed = {"faq-management": {"env": {"ANY": "thing"}}}
    before = own(render("knowledge"), "Deployment")
    after = own(render("knowledge", services=changed), "Deployment")
    rolled = {
        new["metadata"]["name"]
        for old, new in zip(before, after, strict=True)
        if old["spec"]["template"] != new["spec"]["template"]
    }
    assert rolled == {"faq-management"}


def test_secrets_are_named_and_never_held(releases, containers, mesh):
    for objects in releases.values():
        assert not own(objects, "Secret")
    for name, container in containers.items():
        given = {each["name"]: each for each in container["env"]}
        wanted = {"FILIGREE_INTERNAL_KEYS", *mesh.declarations[name].secrets}
        # Addresses with a password in them, of whoever has one.
        wanted |= {"NATS_URL", "DATABASE_URL"} & given.keys()
        for variable in wanted:
            assert given[variable]["valueFrom"]["secretKeyRef"]["name"]


def test_only_the_store_has_the_databases_address(containers):
    having = {
        name
        for name, container in containers.items()
        if any(each["name"] == "DATABASE_URL" for each in container["env"])
    }
    assert having == {"database-operations"}


def test_a_service_knows_where_each_of_its_upstreams_is(containers, mesh):
    for name, container in containers.items():
        told = {
            each["name"]: each["value"]
            for each in container["env"]
            if each["name"].startswith("FILIGREE_URL_")
        }
        for edge in mesh.of(name):
            callee = mesh.declarations[edge.callee]
            variable = f"FILIGREE_URL_{edge.callee.upper().replace('-', '_')}"
            assert told.pop(variable) == (
                f"http://{edge.callee}.filigree-{callee.domain}.svc.cluster.local"
                f":{callee.port}"
            )
        assert not told


def test_what_a_scanner_would_report_is_justified_beside_it(find, containers):
    for each in find("Deployment"):
        notes = each["metadata"]["annotations"]
        reasons = dict(
            note.split("=", 1)
            for key, note in notes.items()
            if key.startswith("checkov.io/skip")
        )
        name = each["metadata"]["name"]
        pod = each["spec"]["template"]["spec"]
        assert all(reasons.values())
        # A reason is given where it is needed, so that none outlives its cause.
        limits = containers[name]["resources"]["limits"]
        assert ("CKV_K8S_11" in reasons) == ("cpu" not in limits)
        assert ("CKV_K8S_38" in reasons) == pod["automountServiceAccountToken"]


def test_an_unknown_value_is_refused(render):
    with pytest.raises(helm_python.HelmError, match="additional properties"):
        render("operations", replicas=3)


def test_a_canary_takes_its_share_and_nothing_more(render):
    changed = {
        "logging": {"canary": {"weight": 10, "image": {"digest": "sha256:" + "1" * 64}}}
    }
    objects = render("operations", only="logging", services=changed)
    stable, canary = own(objects, "Deployment")
    assert canary["metadata"]["name"] == "logging-canary"
    tracks = [
        each["spec"]["selector"]["matchLabels"]["filigree.dev/track"]
        for each in (stable, canary)
    ]
    assert tracks == ["stable", "canary"]
    # By which Istio's metrics tell one from the other.
    told = "service.istio.io/canonical-revision"
    for each in (stable, canary):
        labels = each["spec"]["template"]["metadata"]["labels"]
        assert labels[told] == labels["filigree.dev/track"]
    [service] = own(objects, "VirtualService")
    shares = {
        tuple(each["weight"] for each in route["route"])
        for route in service["spec"]["http"]
        if "route" in route
    }
    assert shares == {(90, 10)}


def test_a_canary_may_be_there_before_it_has_a_share(render):
    changed = {"logging": {"canary": {"image": {"digest": "sha256:" + "1" * 64}}}}
    objects = render("operations", only="logging", services=changed)
    assert len(own(objects, "Deployment")) == 2
    [service], [rule] = own(objects, "VirtualService"), own(objects, "DestinationRule")
    ways = [way for route in service["spec"]["http"] for way in route.get("route", ())]
    # The Service has its pod among its own: only the subset keeps calls from it.
    assert {way["destination"]["subset"] for way in ways} == {"stable"}
    assert not any("weight" in way for way in ways)
    assert {each["name"] for each in rule["spec"]["subsets"]} == {"stable", "canary"}


def test_a_team_may_run_its_services_and_read_no_secret(releases, mesh):
    for domain, objects in releases.items():
        [role], [binding] = own(objects, "Role"), own(objects, "RoleBinding")
        resources = {each for rule in role["rules"] for each in rule["resources"]}
        verbs = {each for rule in role["rules"] for each in rule["verbs"]}
        assert not {"*", "secrets", "pods/exec"} & (resources | verbs)
        [owner] = {
            each.owner for each in mesh.declarations.values() if each.domain == domain
        }
        assert [each["name"] for each in binding["subjects"]] == [
            owner.removeprefix("@")
        ]


def test_a_team_changes_how_its_services_run_and_removes_nothing(releases):
    """What else a release is made of is changed by a release, which is rolled back."""
    for objects in releases.values():
        [role] = own(objects, "Role")
        changes = {
            (resource, verb)
            for rule in role["rules"]
            for resource in rule["resources"]
            for verb in {*rule["verbs"]} - {"get", "list", "watch"}
        }
        assert changes == {
            ("deployments", "update"),
            ("deployments", "patch"),
            ("deployments/scale", "update"),
            ("deployments/scale", "patch"),
            ("pods/portforward", "create"),
        }
