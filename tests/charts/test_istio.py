"""What Istio's API would accept: the CRDs' schemas and types, and what is above them.

The schemas and types come from npm, of the Istio and the prometheus-operator that the
packages name, and are kept below .filigree for the next run. They know neither CEL
rules nor what Istio's webhook refuses: those are in ``istio/rules.py``.
"""

import copy
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "istio"
CANARY = {"weight": 10, "image": {"digest": "sha256:" + "1" * 64}}
ELSEWHERE = {
    "bus": {"outside": {"host": "nats.example"}},
    "database": {"outside": {"host": "pg.example", "addresses": ["10.0.0.0/8"]}},
}
TYPES = {"istio.io": "istio", "monitoring.coreos.com": "prometheus-operator"}


@pytest.fixture(scope="module")
def objects(render, wholes, whole, agents):
    """Every object of Istio that any release renders, `helm test` included."""
    canary = render("operations", services={"logging": {"canary": CANARY}})
    elsewhere = render("infrastructure", only="database-operations", data=ELSEWHERE)
    every = [*whole, *agents, *canary, *elsewhere, *chain(*wholes.values())]
    return [each for each in every if ".istio.io/" in each["apiVersion"]]


@pytest.fixture(scope="module")
def asked(release_of):
    """What the monitoring of the cluster is asked for."""
    made = release_of("observability", "filigree-observability")
    return [o for o in made if o["apiVersion"].startswith("monitoring.coreos.com/")]


@pytest.fixture(scope="module")
def rules():
    spec = importlib.util.spec_from_file_location("istio_rules", HERE / "rules.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def npm():
    """A folder with the packages of istio/package-lock.json, by their hashes."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed: Istio's schemas were NOT read")
    lock = (HERE / "package-lock.json").read_bytes()
    home = (
        ROOT / ".filigree" / "tests" / f"istio-{hashlib.sha256(lock).hexdigest()[:8]}"
    )
    if home.is_dir():
        return home
    made = home.with_name(f"{home.name}.{os.getpid()}")
    made.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, made)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=made,
        capture_output=True,
        text=True,
        timeout=180,
    )
    if done.returncode:
        shutil.rmtree(made)
        pytest.skip(f"npm: Istio's schemas were NOT read: {done.stderr[-300:]}")
    made.rename(home)
    return home


def checked(npm, objects, folder):
    given = folder / "objects.json"
    given.write_text(json.dumps(objects))
    done = subprocess.run(
        ["node", str(HERE / "checked.mjs"), str(given)],
        cwd=npm,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def shape(value):
    """What of a value has a type: its fields, the kinds of its items, and its words."""
    if isinstance(value, dict):
        # One of a few words, which Istio has in capitals.
        return {k: v if k == "action" else shape(v) for k, v in value.items()}
    if isinstance(value, list):
        kinds = {json.dumps(shape(each), sort_keys=True) for each in value}
        return [json.loads(each) for each in sorted(kinds)]
    return "x" if isinstance(value, str) and not value.isupper() else value


def package(version):
    """Where a version's types are."""
    [name] = [name for end, name in TYPES.items() if end in version]
    return f"@kubernetes-models/{name}/{version}"


def typed(npm, objects):
    """What TypeScript says of each kind's objects, as literals of its type.

    A literal may have no property that its type does not name: an unknown field, which
    a schema lets pass and the API server drops, is an error here. Objects of one shape
    are one literal.
    """
    kinds = {(each["apiVersion"], each["kind"]) for each in objects}
    lines = [
        f'import type {{ I{kind} as {kind} }} from "{package(version)}/{kind}";'
        for version, kind in sorted(kinds)
    ]
    literals = {(each["kind"], json.dumps(shape(each["spec"]))) for each in objects}
    lines += [
        f'export const o{number}: {kind}["spec"] = {literal};'
        for number, (kind, literal) in enumerate(sorted(literals))
    ]
    text = "\n".join(lines)
    file = npm / f"objects-{os.getpid()}.ts"
    file.write_text(text)
    compiler = "node node_modules/typescript/bin/tsc --noEmit --strict --skipLibCheck"
    done = subprocess.run(
        [*compiler.split(), *"--module nodenext --lib es2022".split(), file.name],
        cwd=npm,
        capture_output=True,
        text=True,
        timeout=120,
    )
    file.unlink()
    return done.stdout.splitlines()


def test_every_object_fits_its_crds_schema(npm, objects, tmp_path):
    found = checked(npm, objects, tmp_path)
    assert found["known"] == len(objects) > 50
    assert found["wrong"] == []


def test_a_wrong_type_would_be_found(npm, objects, tmp_path):
    bad = copy.deepcopy([o for o in objects if o["kind"] == "DestinationRule"][:1])
    bad[0]["spec"]["trafficPolicy"]["loadBalancer"] = {"simple": "BEST"}
    assert checked(npm, bad, tmp_path)["wrong"]


def test_what_monitoring_is_asked_for_fits_its_operators_types(npm, asked, tmp_path):
    assert {each["kind"] for each in asked} == {"PodMonitor", "PrometheusRule"}
    assert checked(npm, asked, tmp_path) == {"known": len(asked), "wrong": []}


def test_no_field_is_unknown_and_one_would_be_found(npm, objects, asked):
    every = [*objects, *asked]
    rule, monitor = (
        copy.deepcopy(next(o for o in every if o["kind"] == kind))
        for kind in ("DestinationRule", "PodMonitor")
    )
    rule["spec"]["trafficPolicy"]["connectionPool"]["http"]["idleTimeouts"] = "1s"
    monitor["spec"]["podMetricsEndpoints"][0]["honourLabels"] = True
    first, second = typed(npm, [*every, rule, monitor])
    assert "idleTimeouts" in first
    assert "honourLabels" in second


def test_no_object_breaks_a_rule_above_the_types(rules, objects):
    broken = {
        (each["kind"], each["metadata"]["name"], *rules.wrong(each))
        for each in objects
        if rules.wrong(each)
    }
    assert broken == set()


ROUTE = {"route": [{"destination": {"host": "a.b"}}]}
MATCHED = {**ROUTE, "match": [{"uri": {"regex": "/a"}}]}
POLICY = "AuthorizationPolicy"
SERVICE = "VirtualService"
ENTRY = {"hosts": ["a.b"], "resolution": "DNS", "ports": []}
TLS = {"number": 443, "name": "tls", "protocol": "TLS"}
ROUND = {**ENTRY, "resolution": "DNS_ROUND_ROBIN"}
SOCKET = {"address": "unix:///a", "ports": {"http": 80}}
BAD_PORT = {"address": "10.0.0.1", "ports": {"a_b": 80}}
LONG = {"workloadSelector": {"labels": {"a": "b" * 64}}}
CHOSEN = {"selector": {"matchLabels": {"a": "b"}}}
WHO = {"serviceAccounts": ["a/b"]}
HTTPS = {"number": 443, "name": "https", "protocol": "HTTPS"}
TWICE = {"credentialName": "a", "credentialNames": ["b"]}
REMOVED = {"operation": "REMOVE"}


@pytest.mark.parametrize(
    ("rule", "kind", "spec"),
    [
        ("durations", "DestinationRule", {"host": "a.b", "interval": "0s"}),
        ("durations", SERVICE, {"hosts": ["a.b"], "http": [{**ROUTE, "timeout": 5}]}),
        ("durations", SERVICE, {"http": [{"corsPolicy": {"maxAge": "0s"}}]}),
        ("durations", "Telemetry", {"metrics": [{"reportingInterval": "1"}]}),
        ("selectors", POLICY, {"selector": {"matchLabels": {"a": "*"}}}),
        ("selectors", "Sidecar", {**LONG, "egress": []}),
        ("one_target", POLICY, {"selector": {}, "targetRefs": []}),
        ("one_target", POLICY, {"targetRefs": [{"name": "a", "namespace": "b"}]}),
        ("rules_are_few", POLICY, {"rules": [{"from": [{}] * 513}]}),
        ("rules_are_few", POLICY, {"rules": [{}] * 513}),
        ("sources", POLICY, {"rules": [{"source": {**WHO, "principals": ["a"]}}]}),
        ("rules_are_whole", POLICY, {"rules": [{"from": []}]}),
        ("paths", POLICY, {"rules": [{"to": [{"operation": {"paths": ["/a{*}"]}}]}]}),
        ("numbers_in_words", POLICY, {"rules": [{"operation": {"ports": [1]}}]}),
        ("hosts", "DestinationRule", {"host": "short"}),
        ("percentages", "DestinationRule", {"host": "a.b", "maxEjectionPercent": 101}),
        ("subsets", "DestinationRule", {"host": "a.b", "subsets": [{"labels": {}}]}),
        ("tables", "DestinationRule", {"host": "a.b", "maglev": {}}),
        ("tables", "DestinationRule", {"host": "a.b", "maglev": {"tableSize": 65536}}),
        ("port_levels", "PeerAuthentication", {"portLevelMtls": {"80": {}}}),
        ("port_levels", "PeerAuthentication", {**CHOSEN, "portLevelMtls": {}}),
        ("port_levels", "PeerAuthentication", {**CHOSEN, "portLevelMtls": {"0": {}}}),
        ("entry_hosts", "ServiceEntry", {**ENTRY, "hosts": ["*"]}),
        ("entry_ports", "ServiceEntry", {**ENTRY, "ports": [TLS, TLS]}),
        ("entry_resolution", "ServiceEntry", {**ENTRY, "hosts": ["*.a.b"]}),
        ("entry_resolution", "ServiceEntry", {**ENTRY, "addresses": ["10.0.0.0/8"]}),
        ("entry_resolution", "ServiceEntry", {**ROUND, "endpoints": [{}, {}]}),
        ("entry_endpoints", "ServiceEntry", {**ENTRY, "endpoints": [{"weight": 1}]}),
        ("entry_endpoints", "ServiceEntry", {**ENTRY, "endpoints": [{**SOCKET}]}),
        ("entry_endpoints", "ServiceEntry", {**ENTRY, "endpoints": [{**BAD_PORT}]}),
        ("ports", "ServiceEntry", {**ENTRY, "ports": [{**TLS, "number": 99999}]}),
        ("ports", "ServiceEntry", {**ENTRY, "ports": [{**TLS, "targetPort": 0}]}),
        ("scopes", "Sidecar", {"egress": [{"hosts": ["no-namespace"]}]}),
        ("servers", "Gateway", {"servers": [{"port": {"protocol": "HTTPS"}}]}),
        ("servers", "Gateway", {"servers": [{"port": HTTPS, "tls": TWICE}]}),
        ("tags", "Telemetry", {"tagOverrides": {"a": {"operation": "UPSERT"}}}),
        ("tags", "Telemetry", {"tagOverrides": {"a": {**REMOVED, "value": "b"}}}),
        ("percentages", "Telemetry", {"tracing": [{"randomSamplingPercentage": 101}]}),
        ("one_answer", SERVICE, {"hosts": ["a.b"], "http": [{"match": []}]}),
        ("shares", SERVICE, {"http": [{"route": [{"weight": 1}, {"weight": 1}]}]}),
        ("retries", SERVICE, {"http": [{"retries": {"attempts": 1, "retryOn": "x"}}]}),
        ("every_route_matters", SERVICE, {"http": [ROUTE, MATCHED]}),
        ("regexes", SERVICE, {"http": [{"match": [{"uri": {"regex": "a" * 1025}}]}]}),
        ("regexes", SERVICE, {"http": [{"match": [{"uri": {"regex": "(?=a)"}}]}]}),
    ],
)
def test_a_rule_finds_what_it_is_for(rules, rule, kind, spec):
    spec.setdefault("trafficPolicy", {})
    assert rule in rules.wrong({"kind": kind, "spec": spec})


def test_what_a_route_leads_to_is_a_service_on_that_port(wholes, whole):
    every = [*whole, *chain(*wholes.values())]
    known = {
        (f"{o['metadata']['name']}.{o['metadata']['namespace']}.svc.cluster.local", p)
        for o in every
        if o["kind"] == "Service"
        for p in (each["port"] for each in o["spec"]["ports"])
    }
    ways = {
        (way["destination"]["host"], way["destination"]["port"]["number"])
        for each in every
        if each["kind"] == "VirtualService"
        for route in each["spec"]["http"]
        for way in route.get("route", ())
    }
    assert ways
    assert ways <= known
    hosts = {host for host, _ in known}
    assert {o["spec"]["host"] for o in every if o["kind"] == "DestinationRule"} <= hosts


def test_the_way_in_names_a_host_that_its_gateway_has(whole):
    gateways = {
        each["metadata"]["name"]: {
            host for server in each["spec"]["servers"] for host in server["hosts"]
        }
        for each in whole
        if each["kind"] == "Gateway"
    }
    [way] = [each for each in whole if each["kind"] == "VirtualService"]
    for name in way["spec"]["gateways"]:
        assert set(way["spec"]["hosts"]) <= gateways[name]
