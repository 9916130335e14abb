"""Which services there are: declared, registered, and in a cluster."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing
from chassis.testing import until
from endpoint_slices import testing as endpoints_testing

READY = {"GET /health/ready": {"status": "ok", "version": "1.2"}}
HERE = {"address": "10.1.2.3", "port": 9000}
PATH = "/api/v1/services"


@pytest.fixture
def mesh(database: FastAPI) -> Iterator[testing.Mesh]:
    from services.infrastructure.service_discovery import app as service

    service.ready.forget()
    upstreams = {"database-operations": database, "authentication": READY}
    with testing.mesh(service.app, upstreams=upstreams) as running:
        yield running


def name_of(mesh: testing.Mesh) -> str:
    return f"legacy-{mesh.tenant}"


def instances(mesh: testing.Mesh, service: str) -> list[Any]:
    answer = mesh.get(f"{PATH}/{service}")
    assert answer.status_code == 200, answer.text
    return answer.json()["instances"]


def test_every_declared_service_is_listed_and_the_ready_ones_have_an_instance(mesh):
    found = {each["name"]: each["instances"] for each in mesh.get(PATH).json()["items"]}
    [there] = found["authentication"]
    assert there["address"] == "authentication"
    assert there["metadata"] == {"version": "1.2"}
    assert found["service-discovery"]
    assert found["faq-management"] == []
    assert mesh.get(f"{PATH}/none-such").status_code == 404


def test_services_are_listed_in_pages_by_name(mesh):
    whole = [each["name"] for each in mesh.get(PATH).json()["items"]]
    assert whole == sorted(whole)
    asked, found = {"limit": 10}, list[str]()
    while asked:
        page = mesh.get(PATH, params=asked).json()
        found += [each["name"] for each in page["items"]]
        asked = {"limit": 10, "cursor": page["cursor"]} if page["cursor"] else {}
    assert found == whole
    assert mesh.get(PATH, params={"cursor": "none of them"}).status_code == 400


def test_a_service_that_is_not_ready_has_no_instance(mesh):
    from services.infrastructure.service_discovery import app as service

    assert len(instances(mesh, "authentication")) == 1
    mesh.wire.upstreams["authentication"] = {}
    service.ready.forget()
    assert instances(mesh, "authentication") == []


def test_an_instance_is_served_from_registering_to_leaving(mesh):
    path = f"{PATH}/{name_of(mesh)}/instances/i1"
    made = mesh.put(path, json=HERE | {"metadata": {"zone": "a"}})
    assert made.status_code == 200
    assert made.json()["expires_at"]
    expected = made.json() | {"expires_at": None}
    assert instances(mesh, name_of(mesh)) == [expected]
    assert mesh.delete(path).status_code == 204
    assert mesh.get(f"{PATH}/{name_of(mesh)}").status_code == 404
    assert mesh.delete(path).status_code == 204


def test_renewing_moves_the_expiry(mesh):
    path = f"{PATH}/{name_of(mesh)}/instances/i1"
    first = mesh.put(path, json=HERE | {"ttl": 10}).json()
    second = mesh.put(path, json=HERE | {"ttl": 1000}).json()
    assert first["expires_at"] < second["expires_at"]
    assert len(instances(mesh, name_of(mesh))) == 1


def test_what_is_expired_or_unhealthy_is_not_served(mesh):
    from services.infrastructure.service_discovery import app as service

    path = f"{PATH}/{name_of(mesh)}/instances"
    mesh.put(f"{path}/well", json=HERE)
    mesh.put(f"{path}/ill", json=HERE | {"healthy": False})
    late = mesh.put(f"{path}/late", json=HERE).json()
    body = late | {"expires_at": "2020-01-01T00:00:00Z"}
    past = service.Instance.model_validate(body)

    async def expire() -> None:
        from chassis import _runtime

        with _runtime.inside(service.app.state.runtime):
            key, whole = f"{name_of(mesh)}:late", service.chassis.PLATFORM
            _, at = await service.registered.find_as(whole, key)
            await service.registered.put_as(whole, key, past, at)

    mesh.portal.call(expire)
    mesh.portal.call(service.signals.wake)
    assert [each["id"] for each in instances(mesh, name_of(mesh))] == ["well"]


@pytest.mark.parametrize(
    "wrong", [{"port": 0}, {"ttl": 1}, {"address": "a b"}, {"colour": "red"}]
)
def test_a_bad_registration_is_malformed(mesh, wrong):
    path = f"{PATH}/{name_of(mesh)}/instances/i1"
    assert mesh.put(path, json=HERE | wrong).status_code == 422


def test_customers_see_no_services(mesh):
    assert mesh.get(PATH, roles=("customer",)).status_code == 403


def test_a_watch_tells_the_state_and_then_what_changes(mesh, watch):
    path = f"{PATH}/{name_of(mesh)}/instances/i1"
    with watch(mesh, f"{PATH}/watch") as stream:
        first = stream.next()
        assert first["event"] == "state"
        assert "authentication" in first["data"]
        mesh.put(path, json=HERE)
        told = stream.next()
        assert (told["event"], list(told["data"])) == ("changed", [name_of(mesh)])
        mesh.put(path, json=HERE)
        mesh.delete(path)
        assert stream.next()["data"] == [name_of(mesh)]


def test_who_comes_back_to_the_same_state_is_told_only_what_changes(mesh, watch):
    with watch(mesh, f"{PATH}/watch") as stream:
        mark = stream.next()["id"]
    with watch(mesh, f"{PATH}/watch", last=mark) as stream:
        mesh.put(f"{PATH}/{name_of(mesh)}/instances/i1", json=HERE)
        assert stream.next()["event"] == "changed"


def test_registered_instances_outlive_an_absent_store(mesh):
    mesh.put(f"{PATH}/{name_of(mesh)}/instances/i1", json=HERE)
    assert len(instances(mesh, name_of(mesh))) == 1
    del mesh.wire.upstreams["database-operations"]
    mesh.portal.call(_wake)
    assert len(instances(mesh, name_of(mesh))) == 1


def _wake() -> None:
    from services.infrastructure.service_discovery import app as service

    service.signals.wake()


def test_in_a_cluster_its_ready_endpoints_are_served(database, tmp_path, monkeypatch):
    from services.infrastructure.service_discovery.app import app

    monkeypatch.setenv("DISCOVERY_PROVIDER", "kubernetes")
    upstreams = {"database-operations": database}
    with endpoints_testing.cluster(testing.answering, tmp_path) as cluster:
        cluster.hold("faq-1", "faq-management", "10.0.0.7")
        with testing.mesh(app, upstreams=upstreams) as mesh:
            until(lambda: mesh.get(PATH).status_code == 200)
            found = instances(mesh, "faq-management")
            assert [(i["address"], i["port"]) for i in found] == [("10.0.0.7", 8000)]
            cluster.tell("DELETED", cluster.hold("faq-1", "faq-management"))
            until(lambda: mesh.get(f"{PATH}/faq-management").status_code == 404)


def test_before_a_cluster_has_answered_nothing_is_claimed(
    database, tmp_path, monkeypatch
):
    from services.infrastructure.service_discovery.app import app

    monkeypatch.setenv("DISCOVERY_PROVIDER", "kubernetes")
    with endpoints_testing.cluster(testing.answering, tmp_path) as cluster:
        cluster.is_down = True
        with testing.mesh(app, upstreams={"database-operations": database}) as mesh:
            assert mesh.get(PATH).status_code == 503
