"""The mirror of a cluster's EndpointSlices, against an API server on loopback."""

import ipaddress
import re
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import endpoint_slices
from chassis.testing import answering, until
from endpoint_slices import testing

GONE = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[testing.Cluster]:
    with testing.cluster(answering, tmp_path) as made:
        yield made


@pytest.fixture
def mirror(cluster: testing.Cluster) -> Iterator[endpoint_slices.Mirror]:
    cluster.hold("chat-1", "chat", "10.0.0.1")
    made = endpoint_slices.Mirror(lambda: None, selector="part-of=filigree")
    made.start()
    yield made
    made.stop()


def addresses(mirror: endpoint_slices.Mirror, service: str) -> list[str]:
    return [each.address for each in (mirror.services or {}).get(service, ())]


def test_what_is_there_is_listed_and_each_change_follows(cluster, mirror):
    until(lambda: addresses(mirror, "chat") == ["10.0.0.1"])
    cluster.tell("MODIFIED", cluster.hold("chat-1", "chat", "10.0.0.2", "10.0.0.3"))
    until(lambda: addresses(mirror, "chat") == ["10.0.0.2", "10.0.0.3"])
    cluster.tell("DELETED", cluster.hold("chat-1", "chat"))
    until(lambda: mirror.services == {})
    assert cluster.lists[0]["labelSelector"] == ["part-of=filigree"]


def test_a_lost_watch_goes_on_where_it_was(cluster, mirror):
    until(lambda: cluster.watches)
    changed = cluster.hold("chat-1", "chat", "10.0.0.2")
    cluster.tell("MODIFIED", changed)
    until(lambda: addresses(mirror, "chat") == ["10.0.0.2"])
    cluster.events.put(...)
    until(lambda: len(cluster.watches) == 2)
    assert cluster.watches[1] == changed["metadata"]["resourceVersion"]
    assert len(cluster.lists) == 1
    cluster.tell("MODIFIED", cluster.hold("chat-1", "chat", "10.0.0.3"))
    until(lambda: addresses(mirror, "chat") == ["10.0.0.3"])


def test_a_forgotten_place_begins_with_a_new_list_without_what_vanished(
    cluster, mirror
):
    until(lambda: cluster.watches)
    del cluster.slices["chat-1"]
    cluster.hold("faq-1", "faq", "10.0.0.9")
    cluster.tell("ERROR", GONE)
    until(lambda: addresses(mirror, "faq") == ["10.0.0.9"])
    assert addresses(mirror, "chat") == []
    assert len(cluster.lists) == 2


def test_a_bookmark_moves_the_place_and_changes_nothing(cluster, mirror):
    until(lambda: cluster.watches)
    cluster.tell("BOOKMARK", {"metadata": {"resourceVersion": "77"}})
    cluster.events.put(None)
    until(lambda: len(cluster.watches) == 2)
    assert cluster.watches[1] == "77"
    assert addresses(mirror, "chat") == ["10.0.0.1"]


def test_while_the_server_is_away_the_last_known_stays(cluster, mirror):
    until(lambda: cluster.watches)
    cluster.is_down = True
    cluster.events.put(...)
    until(lambda: cluster.refused)
    assert addresses(mirror, "chat") == ["10.0.0.1"]
    cluster.is_down = False
    until(lambda: len(cluster.watches) == 2)
    assert addresses(mirror, "chat") == ["10.0.0.1"]


def test_a_list_of_many_pages_is_read_whole(cluster):
    for number in range(5):
        cluster.hold(f"chat-{number}", "chat", f"10.0.0.{number}")
    mirror = endpoint_slices.Mirror(lambda: None)
    mirror.start()
    until(lambda: len(addresses(mirror, "chat")) == 5)
    mirror.stop()


def certificate(folder: Path, address: str) -> Path:
    """One of an old cluster's CA: no key usage, no identifier of any key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kubernetes")])
    host = x509.IPAddress(ipaddress.ip_address(address))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file = folder / "apiserver.pem"
    file.write_bytes(private + made.public_bytes(pem))
    return file


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates are looked at as Python does since 3.13, whichever this one is."""

    make = ssl.create_default_context

    def hardened(*given: Any, **named: Any) -> ssl.SSLContext:
        context = make(*given, **named)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", hardened)


@pytest.mark.usefixtures("strict")
def test_an_old_clusters_certificates_are_good_enough(tmp_path):
    with testing.cluster(
        answering, tmp_path, certificate(tmp_path, "127.0.0.1")
    ) as cluster:
        cluster.hold("chat-1", "chat", "10.0.0.1")
        mirror = endpoint_slices.Mirror(lambda: None)
        mirror.start()
        until(lambda: addresses(mirror, "chat") == ["10.0.0.1"])
        mirror.stop()
        manager = endpoint_slices.connected().api_client.rest_client.pool_manager
        used = manager.connection_pool_kw["ssl_context"]
    # Not what the HTTP library would make, which is as strict as its Python.
    assert not used.verify_flags & ssl.VERIFY_X509_STRICT
    assert used.verify_mode == ssl.CERT_REQUIRED
    assert used.check_hostname


def test_a_certificate_for_somebody_else_is_not(tmp_path):
    with testing.cluster(answering, tmp_path, certificate(tmp_path, "127.0.0.2")):
        api = endpoint_slices.connected()
        with pytest.raises(
            urllib3.exceptions.MaxRetryError, match=re.escape("127.0.0.1")
        ):
            api.list_endpoint_slice_for_all_namespaces()


def slice_of(**endpoint: Any) -> dict[str, Any]:
    labels = {"kubernetes.io/service-name": "chat"}
    one = {"addresses": ["10.0.0.1"]} | endpoint
    return {"metadata": {"name": "a", "labels": labels}, "endpoints": [one]}


@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        (None, 1),
        ({}, 1),
        ({"ready": True}, 1),
        ({"ready": None}, 1),
        ({"ready": False}, 0),
        ({"ready": True, "terminating": True}, 0),
    ],
)
def test_only_what_takes_traffic_counts(conditions, count):
    found = endpoint_slices.Slices([slice_of(conditions=conditions)]).services()
    assert len(found["chat"]) == count


def test_a_pod_in_two_slices_counts_once():
    pod = {"targetRef": {"name": "chat-x"}}
    one, two = slice_of(**pod), slice_of(**pod)
    two["metadata"] |= {"name": "b"}
    assert len(endpoint_slices.Slices([one, two]).services()["chat"]) == 1


def test_what_of_the_sdk_nobody_uses_is_not_loaded(
    cluster: testing.Cluster, told_by: Callable[[str], list[str]]
) -> None:
    """A mirror that is at work, in a process of its own: KUBECONFIG leads it there."""
    cluster.hold("chat-1", "chat", "10.0.0.1")
    program = (
        "import os, sys, endpoint_slices\n"
        "from chassis.testing import until\n"
        "mirror = endpoint_slices.Mirror(lambda: None)\n"
        "mirror.start()\n"
        "until(lambda: mirror.services, 60)\n"
        "print(*sys.modules, flush=True)\n"
        "os._exit(0)"  # without a word with the thread that watches
    )
    [names] = told_by(program)
    loaded = set(names.split())
    assert "kubernetes.client.api.discovery_v1_api" in loaded
    assert not loaded & {"google.auth", "websocket", "kubernetes.dynamic.client"}
