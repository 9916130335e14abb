"""The Pod Security Standards, written down: what a pod may be that a cluster admits.

After https://kubernetes.io/docs/concepts/security/pod-security-standards, "restricted"
with all that "baseline" has. Kubernetes' schemas know the fields, and not these rules.
"""

import copy

import pytest

VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
}
CONFINED = {"RuntimeDefault", "Localhost"}
# Of a container's own context, and of it with what its pod has.
WRONG = {
    "privileged": lambda own, _: own.get("privileged"),
    "allowPrivilegeEscalation": lambda own, _: (
        own.get("allowPrivilegeEscalation") is not False
    ),
    "capabilities": lambda own, _: own.get("capabilities") != {"drop": ["ALL"]},
    "procMount": lambda own, _: own.get("procMount", "Default") != "Default",
    "runAsNonRoot": lambda _, both: both.get("runAsNonRoot") is not True,
    "runAsUser": lambda _, both: both.get("runAsUser") == 0,
    "seccompProfile": lambda _, both: (
        both.get("seccompProfile", {}).get("type") not in CONFINED
    ),
    "seLinuxOptions": lambda _, both: "seLinuxOptions" in both,
    "appArmorProfile": lambda _, both: "appArmorProfile" in both,
}


def templates(objects):
    """The specification of each pod that one of these objects is or makes."""
    for each in objects:
        if each["kind"] == "Pod":
            yield each["spec"]
        elif "template" in each.get("spec", {}):
            yield each["spec"]["template"]["spec"]


def containers(pod):
    return [
        each
        for kind in ("containers", "initContainers", "ephemeralContainers")
        for each in pod.get(kind, ())
    ]


def forbidden(pod):
    """What the restricted standard does not allow of a pod, by the fields' names."""
    whole = pod.get("securityContext", {})
    yield from {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    for volume in pod.get("volumes", ()):
        yield from volume.keys() - {"name"} - VOLUMES
    if {each["name"] for each in whole.get("sysctls", ())} - SYSCTLS:
        yield "sysctls"
    for container in containers(pod):
        own = container.get("securityContext", {})
        yield from (name for name, is_so in WRONG.items() if is_so(own, whole | own))
        if any("hostPort" in port for port in container.get("ports", ())):
            yield "hostPort"


def test_every_pod_of_a_domain_keeps_the_restricted_standard(wholes):
    seen = 0
    for objects in wholes.values():
        for pod in templates(objects):
            assert not list(forbidden(pod))
            seen += 1
    # Each service's, and one of each domain's `helm test`.
    assert seen > len(wholes)


def test_nothing_is_written_but_to_volumes_of_a_size(wholes):
    for objects in wholes.values():
        for pod in templates(objects):
            assert len(containers(pod)) == 1
            for container in containers(pod):
                assert container["securityContext"]["readOnlyRootFilesystem"] is True
            for volume in pod.get("volumes", ()):
                assert volume["emptyDir"]["sizeLimit"]


@pytest.mark.parametrize(
    ("where", "given", "found"),
    [
        ("pod", {"hostPID": True}, "hostPID"),
        ("pod", {"volumes": [{"name": "a", "hostPath": {"path": "/"}}]}, "hostPath"),
        ("whole", {"sysctls": [{"name": "kernel.msgmax"}]}, "sysctls"),
        ("whole", {"runAsNonRoot": False}, "runAsNonRoot"),
        ("own", {"privileged": True}, "privileged"),
        ("own", {"allowPrivilegeEscalation": None}, "allowPrivilegeEscalation"),
        ("own", {"capabilities": {"drop": ["NET_RAW"]}}, "capabilities"),
        (
            "own",
            {"capabilities": {"drop": ["ALL"], "add": ["KILL"]}},
            "capabilities",
        ),
        ("own", {"procMount": "Unmasked"}, "procMount"),
        ("own", {"runAsUser": 0}, "runAsUser"),
        ("own", {"seccompProfile": {"type": "Unconfined"}}, "seccompProfile"),
        ("own", {"seLinuxOptions": {"type": "spc_t"}}, "seLinuxOptions"),
        ("container", {"ports": [{"hostPort": 80}]}, "hostPort"),
        ("pod", {"initContainers": [{"name": "a"}]}, "runAsNonRoot"),
    ],
)
def test_what_is_not_allowed_would_be_found(find, where, given, found):
    first = find("Deployment")[0]["spec"]["template"]["spec"]
    pod = copy.deepcopy(first)
    if "initContainers" in given:
        pod["securityContext"].pop("runAsNonRoot")
    [container] = pod["containers"]
    places = {"pod": pod, "whole": pod["securityContext"], "container": container}
    places["own"] = container["securityContext"]
    places[where].update(given)
    assert found in set(forbidden(pod))
