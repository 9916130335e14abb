"""The log agent reads what services write, and can do nothing but bring it."""

import fnmatch
import json
import re

import helm_python
import pytest

import log_records
from filigree import cluster_secrets
from filigree.state import State

HOST = "logging.filigree-operations.svc.cluster.local"
KEY = "LOG_AGENT_KEY"


def of(objects, kind):
    [found] = [each for each in objects if each["kind"] == kind]
    return found


@pytest.fixture(scope="module")
def sections(agents):
    """Fluent Bit's sections, each a dictionary of its keys in lower case."""
    found = {}
    for line in of(agents, "ConfigMap")["data"]["fluent-bit.conf"].splitlines():
        if named := re.fullmatch(r"\[(\w+)\]", line):
            section = found[named[1]] = {}
        elif line.strip() and not line.startswith("#"):
            key, value = line.split(maxsplit=1)
            section[key.lower()] = value
    return found


# Of Fluent Bit 4: its manual (fluent/fluent-bit-docs), and the configuration maps of
# plugins/in_tail/tail.c and plugins/out_http/http.c. A key that it does not know is an
# error at its start.
KEYS = {
    "SERVICE": "flush grace log_level http_server http_listen http_port health_check",
    "INPUT": "name tag path path_key multiline.parser db read_from_head "
    "refresh_interval rotate_wait buffer_max_size skip_long_lines mem_buf_limit",
    "OUTPUT": "name match host port uri format json_date_format compress header "
    "log_response_payload retry_limit workers",
}


def test_every_key_is_one_that_fluent_bit_knows(sections):
    assert sections.keys() == KEYS.keys()
    for name, section in sections.items():
        assert section.keys() <= set(KEYS[name].split())


def test_an_unknown_value_is_refused(release_of):
    with pytest.raises(helm_python.HelmError, match="additional properties"):
        release_of("logs", "filigree-logs", replicas=3)


@pytest.mark.parametrize("place", ["/var/lib/filigree-log-agent", "/var/lib/other"])
def test_how_far_it_has_read_is_kept_where_no_other_agent_does(release_of, place):
    made = release_of("logs", "filigree-logs", state=place)
    volumes = of(made, "DaemonSet")["spec"]["template"]["spec"]["volumes"]
    [kept] = [each["hostPath"] for each in volumes if each["name"] == "read"]
    assert kept == {"path": place, "type": "DirectoryOrCreate"}


def test_a_place_outside_of_the_node_is_refused(release_of):
    with pytest.raises(helm_python.HelmError, match="/state"):
        release_of("logs", "filigree-logs", state="/var/lib/../../etc")


def file(pod, namespace, container):
    return f"/var/log/containers/{pod}_{namespace}_{container}-{'0f' * 32}.log"


def test_each_service_is_read_and_nothing_beside_it(sections, find):
    patterns = sections["INPUT"]["path"].split(",")

    def is_read(*place):
        return any(fnmatch.fnmatch(file(*place), each) for each in patterns)

    for each in find("Deployment"):
        home, name = each["metadata"]["namespace"], each["metadata"]["name"]
        [container] = each["spec"]["template"]["spec"]["containers"]
        assert is_read(f"{name}-6d9f-x2x", home, container["name"])
        assert not is_read(f"{name}-6d9f-x2x", home, "istio-proxy")
        assert not is_read(f"{name}-6d9f-x2x", "elsewhere", container["name"])
    assert not is_read("log-agent-x", "filigree-logs", "fluent-bit")


def test_of_which_service_a_line_is_its_file_says(find):
    for each in find("Deployment"):
        home, name = each["metadata"]["namespace"], each["metadata"]["name"]
        wrapped = {"log": "text", "file": file(f"{name}-6d9f-x2x", home, name)}
        row = log_records.unwrapped(json.dumps(wrapped).encode())
        assert (row["service"], row["pod"]) == (name, f"{name}-6d9f-x2x")


def test_lines_go_where_the_agent_is_admitted(sections, find):
    output = sections["OUTPUT"]
    assert (output["host"], output["port"]) == (HOST, "8033")
    assert output["format"] == "json_lines"
    policy = find("AuthorizationPolicy", "logging")
    [rule] = [
        each
        for each in policy["spec"]["rules"]
        if each["from"][0]["source"]["principals"]
        == ["cluster.local/ns/filigree-logs/sa/log-agent"]
    ]
    assert rule["to"] == [
        {"operation": {"methods": ["POST"], "paths": [output["uri"]]}}
    ]


def test_the_route_knows_the_agents_pods(agents, find):
    labels = of(agents, "DaemonSet")["spec"]["template"]["metadata"]["labels"]
    [route] = [
        each
        for each in find("VirtualService", "logging")["spec"]["http"]
        if each["name"].startswith("log-agent.")
    ]
    [match] = route["match"]
    assert match["sourceLabels"].items() <= labels.items()
    assert match["sourceNamespace"] == "filigree-logs"
    [peer] = [
        peer
        for rule in find("NetworkPolicy", "logging")["spec"]["ingress"]
        for peer in rule["from"]
        if peer.get("podSelector", {}).get("matchLabels", {}).items() <= labels.items()
        and peer.get("podSelector")
    ]
    assert peer["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": "filigree-logs"
    }


def test_it_gets_nowhere_else(agents):
    egress = of(agents, "NetworkPolicy")["spec"]["egress"]
    assert {port["port"] for each in egress for port in each["ports"]} == {
        53,
        15012,
        8033,
    }
    assert all(each["to"] for each in egress)
    assert of(agents, "Sidecar")["spec"]["egress"] == [
        {"hosts": [f"filigree-operations/{HOST}"]}
    ]
    assert of(agents, "AuthorizationPolicy")["spec"] == {}


def test_where_pods_have_no_ipv4_it_listens_all_the_same(release_of, sections):
    assert sections["SERVICE"]["http_listen"] == "0.0.0.0"
    made = release_of("logs", "filigree-logs", listen="::")
    assert "HTTP_Listen  ::\n" in of(made, "ConfigMap")["data"]["fluent-bit.conf"]


def test_its_pod_has_the_files_and_no_rights(agents, whole):
    pod = of(agents, "DaemonSet")["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    security = container["securityContext"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["readOnlyRootFilesystem"]
    assert not security["privileged"]
    writable = [m["name"] for m in container["volumeMounts"] if not m.get("readOnly")]
    assert writable == ["read"]
    [home] = [
        each["metadata"]["labels"]
        for each in whole
        if (each["kind"], each["metadata"]["name"]) == ("Namespace", "filigree-logs")
    ]
    # A path of the node is what every narrower standard forbids.
    assert home["pod-security.kubernetes.io/enforce"] == "privileged"
    assert home["istio-injection"] == "enabled"


def test_its_key_is_the_logging_services_and_is_in_no_object(
    agents, mesh, tmp_path, sections
):
    [container] = of(agents, "DaemonSet")["spec"]["template"]["spec"]["containers"]
    [given] = container["env"]
    wanted = given["valueFrom"]["secretKeyRef"]
    held = State(tmp_path)
    held.folder.mkdir(parents=True)
    made = {
        (each["metadata"]["namespace"], each["metadata"]["name"]): each["stringData"]
        for each in cluster_secrets.manifests(mesh, held)
        if each["kind"] == "Secret"
    }
    key = made["filigree-logs", wanted["name"]][wanted["key"]]
    assert log_records.admits(
        made["filigree-operations", "logging"]["LOGGING_AGENT_KEYS"], f"Bearer {key}"
    )
    assert sections["OUTPUT"]["header"] == "Authorization Bearer ${LOG_AGENT_KEY}"
    assert given["name"] == KEY


def test_without_a_mesh_there_is_nothing_of_istio(release_of):
    alone = release_of("logs", "filigree-logs", mesh={"enabled": False})
    assert not [each for each in alone if ".istio.io/" in each["apiVersion"]]
    pod = of(alone, "DaemonSet")["spec"]["template"]["metadata"]
    assert "sidecar.istio.io/inject" not in pod["labels"]


def test_a_change_of_the_configuration_rolls_the_pods(agents, release_of):
    def sum_of(objects):
        pod = of(objects, "DaemonSet")["spec"]["template"]["metadata"]
        return pod["annotations"]["checksum/config"]

    assert sum_of(agents) == sum_of(release_of("logs", "filigree-logs"))
    moved = release_of("logs", "filigree-logs", logging={"port": 8034})
    assert sum_of(agents) != sum_of(moved)
