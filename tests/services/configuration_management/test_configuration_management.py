"""Settings and flags: precedence, history, secrets, OFREP, watching."""

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing
from contracts.infrastructure.configuration import Setting
from contracts.infrastructure.events import ConfigChanged

BOOLEAN = {
    "state": "ENABLED",
    "variants": {"on": True, "off": False},
    "defaultVariant": "off",
    "targeting": {"if": [{"ends_with": [{"var": "email"}, "@a.example"]}, "on"]},
}
PLATFORM = {"tenant": "_platform"}
ASK = "/ofrep/v1/evaluate/flags"


@pytest.fixture
def mesh(database: FastAPI) -> Iterator[testing.Mesh]:
    from services.infrastructure.configuration_management.app import app

    with testing.mesh(app, upstreams={"database-operations": database}) as running:
        yield running


def put(mesh: testing.Mesh, scope: str, key: str, value: Any, **rest: Any) -> Any:
    answer = mesh.put(f"/api/v1/config/{scope}/{key}", json=value, **rest)
    assert answer.status_code == 200, answer.text
    return answer.json()


def changed(mesh: testing.Mesh, kind: str = "flag", scope: str = "tenant") -> None:
    mesh.deliver(ConfigChanged(kind=kind, scope=scope, key="any", revision=1))


def told_to(mesh: testing.Mesh, stream: Any) -> Any:
    """The next change that is not the platform's: those are of every test."""
    while (told := stream.next()["data"])["scope"] == "platform":
        continue
    return told


def in_another_replica(store: testing.Mesh, key: str, value: Any) -> None:
    at = {"id": f"setting:tenant::{key}", "kind": "setting", "scope": "tenant"}
    made = Setting(**at, key=key, value=value, revision=1, changed_at=datetime.now(UTC))
    said = made.model_dump(mode="json")
    said["changed_at"] = f"{made.changed_at:%Y-%m-%dT%H:%M:%SZ}"
    path = f"/api/v1/collections/setting-revisions/documents/{made.id}:1"
    assert store.put(path, json={"body": said}).status_code == 200


def unique(mesh: testing.Mesh, name: str) -> str:
    """The platform's settings are everybody's, so each test has keys of its own."""
    return f"{name}.{mesh.tenant}"


def test_environment_overrides_tenant_and_tenant_overrides_platform(mesh):
    key = unique(mesh, "tone")
    path = f"/api/v1/config/effective/{key}"
    assert mesh.get(path).status_code == 404
    for scope, who in (("platform", PLATFORM), ("tenant", {}), ("environment", {})):
        put(mesh, scope, key, scope, **who)
        assert mesh.get(path).json()["value"] == scope
    assert mesh.get(path, tenant="t-other").json()["value"] == "platform"
    mesh.delete(f"/api/v1/config/environment/{key}")
    assert mesh.get(path).json()["value"] == "tenant"


def test_only_the_platforms_operators_change_its_settings(mesh):
    answer = mesh.put("/api/v1/config/platform/tone", json="x")
    assert answer.status_code == 403


def test_a_customer_reads_what_counts_but_changes_nothing(mesh):
    put(mesh, "tenant", "tone", "warm")
    who = {"roles": ("customer",)}
    assert mesh.get("/api/v1/config/effective/tone", **who).status_code == 200
    assert mesh.get("/api/v1/config/tenant/tone", **who).status_code == 403
    assert mesh.put("/api/v1/config/tenant/tone", json=1, **who).status_code == 403


def test_a_tenants_values_are_its_own(mesh):
    put(mesh, "tenant", "tone", "warm")
    other = {"tenant": f"{mesh.tenant}-x"}
    assert mesh.get("/api/v1/config/tenant/tone", **other).status_code == 404
    found = mesh.get("/api/v1/config/tenant/tone/history", **other).json()
    assert found["items"] == []


def test_every_change_is_a_revision_and_rolling_back_is_one_too(mesh):
    for value in ({"a": 1}, [2], "three"):
        put(mesh, "tenant", "limits", value)
    path = "/api/v1/config/tenant/limits"
    mesh.delete(path)
    assert mesh.get(path).status_code == 404
    back = mesh.post(f"{path}/rollback", json={"revision": 1})
    assert back.json()["value"] == {"a": 1}
    found = mesh.get(f"{path}/history").json()["items"]
    told = [(each["revision"], each["value"], each["removed"]) for each in found]
    assert told == [
        (5, {"a": 1}, False),
        (4, None, True),
        (3, "three", False),
        (2, [2], False),
        (1, {"a": 1}, False),
    ]
    assert {each["changed_by"] for each in found} == {"u1"}
    assert mesh.post(f"{path}/rollback", json={"revision": 9}).status_code == 404
    assert mesh.post(f"{path}/rollback", json={"revision": 4}).status_code == 400


def test_a_stale_writer_is_refused(mesh):
    put(mesh, "tenant", "tone", "warm")
    path = "/api/v1/config/tenant/tone"
    tag = mesh.get(path).headers["etag"]
    put(mesh, "tenant", "tone", "cool")
    late = mesh.put(path, json="hot", headers={"If-Match": tag})
    assert late.status_code == 412
    assert mesh.get(path).json()["value"] == "cool"


def test_who_says_nothing_of_a_version_is_told_of_a_conflict_and_not_of_a_version(
    mesh,
):
    """Each of many writers at once wins, or may send the same again."""
    path = "/api/v1/config/tenant/tone"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: mesh.put(path, json=n), range(8)))
    refused = [each for each in answers if each.status_code != 200]
    assert {each.json()["error_code"] for each in refused} <= {"OVERTAKEN"}
    assert {each.status_code for each in refused} <= {409}
    kept = len(mesh.get(f"{path}/history").json()["items"])
    assert kept == len(answers) - len(refused)


def test_what_is_only_to_be_created_is_not_replaced(mesh):
    only_new = {"headers": {"If-None-Match": "*"}}
    put(mesh, "tenant", "tone", "warm", **only_new)
    again = mesh.put("/api/v1/config/tenant/tone", json="cool", **only_new)
    assert again.status_code == 412
    assert mesh.get("/api/v1/config/tenant/tone").json()["value"] == "warm"


def test_what_was_deleted_is_created_anew(mesh):
    path, only_new = "/api/v1/config/tenant/greeting", {"If-None-Match": "*"}
    put(mesh, "tenant", "greeting", "hi")
    assert mesh.delete(path).status_code == 204
    assert mesh.put(path, json="hello", headers=only_new).status_code == 200
    assert mesh.put(path, json="hullo", headers=only_new).status_code == 412
    assert mesh.get(path).json()["value"] == "hello"


def test_one_flag_is_asked_for_by_its_path_alone(mesh):
    every = mesh.post("/ofrep/v1/evaluate/flags?key=absent", json={})
    assert (every.status_code, [*every.json()]) == (200, ["flags"])


def test_what_is_only_to_be_replaced_is_not_created(mesh):
    path, only_old = "/api/v1/config/tenant/greeting", {"If-Match": "*"}
    assert mesh.put(path, json="hello", headers=only_old).status_code == 412
    put(mesh, "tenant", "greeting", "hi")
    assert mesh.put(path, json="hello", headers=only_old).status_code == 200
    assert mesh.delete(path).status_code == 204
    assert mesh.put(path, json="hullo", headers=only_old).status_code == 412
    assert mesh.get(path).status_code == 404


def test_a_write_says_the_version_that_it_made(mesh):
    path = "/api/v1/config/tenant/tone"
    for value in ("warm", "cool"):
        written = mesh.put(path, json=value)
        assert written.headers["etag"] == mesh.get(path).headers["etag"]
    back = mesh.post(f"{path}/rollback", json={"revision": 1})
    assert back.headers["etag"] == mesh.get(path).headers["etag"]
    match = {"If-Match": back.headers["etag"]}
    assert mesh.put(path, json="hot", headers=match).status_code == 200


def test_a_repeated_write_is_one_revision(mesh):
    key = {"headers": {"Idempotency-Key": "k1"}}
    first = put(mesh, "tenant", "tone", "warm", **key)
    assert put(mesh, "tenant", "tone", "warm", **key) == first
    assert len(mesh.published("config.changed")) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stripe.api_key", "anything"),
        ("payment", {"token": "AAAA"}),
        ("payment", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
        ("store", "postgresql://me:hunter2@db/x"),
        ("nested", [{"a": {"password": "x"}}]),
        ("password", {"value": "hunter2"}),
        ("db.credentials", [{"user": "hunter2"}]),
        ("smtp.passwd", 4711),
        ("ref", "secret://../etc"),
    ],
)
def test_a_secret_is_refused_without_being_repeated(mesh, key, value):
    answer = mesh.put(f"/api/v1/config/tenant/{key}", json=value)
    assert answer.status_code == 400
    assert "hunter2" not in answer.text
    assert "4eC39" not in answer.text


def test_a_reference_to_a_secret_is_taken(mesh):
    made = put(mesh, "tenant", "stripe.api_key", "secret://stripe/api-key")
    assert made["value"] == "secret://stripe/api-key"


@pytest.mark.parametrize(
    ("value", "status"),
    [("null", 400), ('"' + "x" * 20_000 + '"', 400), ('{"a": [1]}', 200)],
)
def test_a_value_is_any_json_of_bounded_size_but_null(mesh, value, status):
    kind = {"Content-Type": "application/json"}
    answer = mesh.put("/api/v1/config/tenant/any", content=value, headers=kind)
    assert answer.status_code == status


def test_a_bad_flag_is_refused_and_the_place_named(mesh):
    wrong = BOOLEAN | {"targeting": {"if": [{"launch": []}, "on"]}}
    answer = mesh.put("/api/v1/flags/new", json=wrong)
    assert answer.status_code == 400
    assert "targeting.if[0]" in answer.json()["message"]
    assert mesh.get("/api/v1/flags/new").status_code == 404


def test_a_flag_is_evaluated_in_its_context(mesh):
    assert mesh.put("/api/v1/flags/new", json=BOOLEAN).status_code == 200
    ask = {"context": {"targetingKey": "u1", "email": "x@a.example"}}
    found = mesh.post(f"{ASK}/new", json=ask, roles=("customer",)).json()
    assert found == {
        "key": "new",
        "value": True,
        "variant": "on",
        "reason": "TARGETING_MATCH",
    }
    assert mesh.post(f"{ASK}/new", json={}).json()["value"] is False


def test_an_unknown_flag_and_a_bad_request_have_the_protocols_codes(mesh):
    missing = mesh.post(f"{ASK}/none", json={})
    assert missing.status_code == 404
    assert missing.json()["errorCode"] == "FLAG_NOT_FOUND"
    assert missing.json()["key"] == "none"
    broken = mesh.post(f"{ASK}/none", content=b"{")
    assert (broken.status_code, broken.json()["errorCode"]) == (400, "PARSE_ERROR")
    odd = mesh.post(ASK, json={"context": {"targetingKey": 7}})
    assert (odd.status_code, odd.json()["errorCode"]) == (400, "INVALID_CONTEXT")
    paths = mesh.get("/openapi.json").json()["paths"]
    for path, answer in ((f"{ASK}/{{key}}", missing), (ASK, odd)):
        told = paths[path]["post"]["responses"][str(answer.status_code)]
        # Beside what a request can fail of on its way there.
        assert next(iter(told["content"])) == answer.headers["content-type"]


def test_all_flags_are_not_modified_until_one_changes(mesh):
    mesh.put("/api/v1/flags/new", json=BOOLEAN)
    first = mesh.post(ASK, json={})
    tag = {"If-None-Match": first.headers["etag"]}
    assert mesh.post(ASK, json={}, headers=tag).status_code == 304
    mesh.put("/api/v1/flags/new", json=BOOLEAN | {"defaultVariant": "on"})
    changed(mesh)
    second = mesh.post(ASK, json={}, headers=tag)
    assert second.status_code == 200
    assert second.json()["flags"][0]["value"] is True


def test_a_platform_flag_is_everybodys_until_a_tenant_has_its_own(mesh):
    key = unique(mesh, "kill")
    path = f"/api/v1/flags/{key}"
    answer = mesh.put(f"{path}?scope=platform", json=BOOLEAN, **PLATFORM)
    assert answer.status_code == 200
    assert mesh.post(f"{ASK}/{key}", json={}).json()["value"] is False
    mesh.put(path, json=BOOLEAN | {"defaultVariant": "on"})
    changed(mesh)
    assert mesh.post(f"{ASK}/{key}", json={}).json()["value"] is True
    other = mesh.post(f"{ASK}/{key}", json={}, tenant="t-other").json()
    assert other["value"] is False


def test_with_the_store_away_flags_and_settings_are_what_they_last_were(mesh):
    mesh.put("/api/v1/flags/new", json=BOOLEAN)
    put(mesh, "tenant", "tone", "warm")
    before = mesh.post(f"{ASK}/new", json={}).json()
    mesh.get("/api/v1/config/effective/tone")
    mesh.wire.upstreams.clear()
    changed(mesh)
    assert mesh.post(f"{ASK}/new", json={}).json() == before
    assert mesh.get("/api/v1/config/effective/tone").json()["value"] == "warm"
    assert mesh.put("/api/v1/config/tenant/tone", json="x").status_code == 424
    assert mesh.post(ASK, json={}, tenant="t-unknown").status_code == 424


def test_a_watch_tells_each_change_once(mesh, watch: Callable[..., Any]):
    put(mesh, "tenant", "tone", "before")
    with watch(mesh, "/api/v1/config/watch") as stream:
        assert stream.next()["event"] == "watching"
        put(mesh, "tenant", "tone", "after")
        changed(mesh)
        told = stream.next()
        assert (told["event"], told["data"]["value"]) == ("changed", "after")
        put(mesh, "environment", "tone", "last")
        changed(mesh)
        assert stream.next()["data"]["value"] == "last"
        assert stream.headers["content-type"].startswith("text/event-stream")


def test_a_watch_hears_the_platforms_changes_and_no_other_tenants(mesh, watch):
    key = unique(mesh, "notice")
    with watch(mesh, "/api/v1/config/watch") as stream:
        stream.next()
        put(mesh, "tenant", key, "theirs", tenant="t-other")
        put(mesh, "platform", key, "everybody's", **PLATFORM)
        changed(mesh, "setting", "platform")
        assert stream.next()["data"]["value"] == "everybody's"


def test_who_comes_back_is_told_what_was_missed(mesh, watch):
    with watch(mesh, "/api/v1/config/watch") as stream:
        mark = stream.next()["id"]
    put(mesh, "tenant", "tone", "missed")
    with watch(mesh, "/api/v1/config/watch", last=mark) as stream:
        assert stream.next()["event"] == "watching"
        assert told_to(mesh, stream)["value"] == "missed"


def test_a_mark_that_is_none_is_refused(mesh):
    sent = {"headers": {"Last-Event-ID": "yesterday"}}
    assert mesh.get("/api/v1/config/watch", **sent).status_code == 400


def test_a_flag_counts_for_whoever_asks_once_it_is_written(mesh):
    for name in ("first", "second"):
        mesh.put(f"/api/v1/flags/{name}", json=BOOLEAN)
        assert mesh.post(f"{ASK}/{name}", json={}).json()["value"] is False
    mesh.delete("/api/v1/flags/second")
    assert mesh.post(f"{ASK}/second", json={}).status_code == 404


def test_a_lost_signal_delays_a_change_and_loses_none(mesh, watch, database):
    from services.infrastructure.configuration_management import app as service

    with watch(mesh, "/api/v1/config/watch") as stream:
        stream.next()
        put(mesh, "tenant", "other", "heard")
        assert stream.next()["data"]["value"] == "heard"
        in_another_replica(replace(mesh, app=database), "tone", "unheard")
        with pytest.raises(queue.Empty):
            stream.next(0.2)
        mesh.portal.call(service.heed.lost)
        assert stream.next()["data"]["value"] == "unheard"


def test_the_platforms_operators_read_its_settings_and_go_back_in_them(mesh):
    key = unique(mesh, "limit")
    path = f"/api/v1/config/platform/{key}"
    for value in (1, 2):
        put(mesh, "platform", key, value, **PLATFORM)
    back = mesh.post(f"{path}/rollback", json={"revision": 1}, **PLATFORM)
    assert back.json()["value"] == 1
    assert mesh.get(path, **PLATFORM).json()["revision"] == 3
    found = mesh.get(f"{path}/history", **PLATFORM).json()["items"]
    assert [each["value"] for each in found] == [1, 2, 1]
