"""What the local Envoy lets through, repeats, and gives up on."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

import httpx
import pytest

PROBLEM = "application/problem+json"
BEFORE = 50.0  # seconds, within which none of the callee's is over


def test_a_declared_call_arrives_and_says_who_calls(running):
    answer = running.call("GET", "/api/v1/things/5")
    assert answer.status_code == 200
    assert answer.json()["caller"] == "caller"


def test_a_caller_cannot_pretend_to_be_another(running):
    forged = {"x-filigree-caller": "operator"}
    answer = running.call("GET", "/api/v1/things/5", headers=forged)
    assert answer.json()["caller"] == "caller"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/secrets"),
        ("DELETE", "/api/v1/things/5"),
        ("GET", "/api/v1/things/5/parts"),
        ("GET", "/api/v1/things/.."),
        ("GET", "/metrics"),
    ],
)
def test_an_undeclared_call_is_refused_before_it_arrives(running, method, path):
    before = running.seen("get_secrets")
    answer = running.call(method, path)
    assert answer.status_code == 403
    assert running.seen("get_secrets") == before


def test_a_refusal_names_both_sides_and_where_to_declare_the_call(running):
    answer = running.call("GET", "/api/v1/secrets?q=1")
    body = answer.json()
    assert answer.headers["content-type"] == PROBLEM
    assert body["error"] == "authorization_error"
    assert body["additional_data"]["caller"] == "caller"
    assert body["additional_data"]["upstream"] == "callee"
    declared = "services/toys/caller/service.yaml"
    assert body["additional_data"]["declare_in"] == declared
    assert "GET /api/v1/secrets" in body["message"]
    assert isinstance(body["timestamp"], float)
    assert body["status"] == 403


def test_a_path_that_hides_its_segments_is_refused(running):
    answer = running.call("GET", "/api/v1/things/a%2Fb")
    assert answer.status_code == 400
    assert answer.json()["error"] == "validation_error"


def test_a_service_may_not_be_called_by_one_that_declares_nothing(running):
    answer = running.call("GET", "/api/v1/things/5", caller="callee")
    assert answer.status_code == 403


def test_only_probes_are_open_on_a_services_port(running):
    address = f"http://127.0.0.1:{8002 + running.offset}"
    with httpx.Client(base_url=address, verify=False) as http:
        assert http.get("/health/ready").status_code == 200
        assert http.get("/metrics").status_code == 200
        refused = http.get("/api/v1/things/5")
    assert refused.status_code == 403
    assert "filigree call callee GET /api/v1/things/5" in refused.json()["message"]


def refused_raw(running, method, target, **headers):
    """What the mesh answers to what httpx does not send, and the problem in it."""
    http = HTTPConnection("127.0.0.1", 8002 + running.offset, timeout=BEFORE)
    with closing(http):
        http.request(method, target, headers=headers)
        answer = http.getresponse()
        return answer, json.load(answer)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("QUERY", "/health/ready"),
        ("TRACE", "/health/ready"),
        ("CONNECT", "example.org:443"),
    ],
)
def test_a_method_that_nothing_here_takes_is_501_in_the_one_shape(
    running, method, target
):
    answer, body = refused_raw(running, method, target)
    assert (answer.status, answer.headers["content-type"]) == (501, PROBLEM)
    told = {name: body[name] for name in ("error_code", "message", "status")}
    said = f"{method} is no method that is known here"
    assert told == {"error_code": "METHOD", "message": said, "status": 501}


@pytest.mark.parametrize("method", ["FOO", "get"])
def test_what_envoy_does_not_know_as_a_method_is_a_bad_request(running, method):
    answer, body = refused_raw(running, method, "/health/ready")
    assert (answer.status, answer.headers["content-type"]) == (400, PROBLEM)
    assert body["error_code"] == "BAD_REQUEST"


@pytest.mark.parametrize("target", ["/%00", "/a%2Fb", "no-path"])
@pytest.mark.parametrize("sent", [{}, {"X-Request-Id": "r-1"}])
def test_who_is_refused_by_the_mesh_itself_is_told_in_texts(running, target, sent):
    answer, body = refused_raw(running, "GET", target, **sent)
    assert answer.status in (400, 404)
    assert isinstance(body["operation"], str)
    # What cannot be read has no id that could be told.
    known = {"", *sent.values()} if target == "no-path" else {"".join(sent.values())}
    assert body["additional_data"]["request_id"] in known


@pytest.mark.parametrize("protocol", ["h2c", "websocket", "TLS/1.0"])
def test_who_offers_another_protocol_is_answered_in_this_one(running, protocol):
    offered = {"Connection": "Upgrade", "Upgrade": protocol}
    answer = running.call("GET", "/api/v1/things/5", headers=offered)
    assert answer.json()["caller"] == "caller"


def test_a_read_is_repeated_until_it_succeeds(running):
    before = running.seen("get_thing")
    running.fail(2)
    assert running.call("GET", "/api/v1/things/5").status_code == 200
    assert running.seen("get_thing") - before == 3


def test_a_caller_cannot_ask_for_more_repeats_than_declared(running):
    before = running.seen("do_deed")
    running.fail(1)
    more = {"x-envoy-retry-on": "5xx", "x-envoy-max-retries": "3"}
    assert running.call("POST", "/api/v1/deeds", headers=more).status_code == 503
    assert running.seen("do_deed") - before == 1


def test_a_post_without_a_key_is_sent_once(running):
    before = running.seen("make_thing")
    running.fail(1)
    answer = running.call("POST", "/api/v1/things")
    assert answer.status_code == 503
    assert answer.json() == {"mine": True}
    assert running.seen("make_thing") - before == 1


def test_a_post_with_a_key_is_repeated(running):
    before = running.seen("make_thing")
    running.fail(2)
    keyed = {"Idempotency-Key": "k1"}
    assert running.call("POST", "/api/v1/things", headers=keyed).status_code == 200
    assert running.seen("make_thing") - before == 3


def test_what_may_never_be_repeated_is_sent_once_even_with_a_key(running):
    before = running.seen("do_deed")
    running.fail(1)
    keyed = {"Idempotency-Key": "k1"}
    assert running.call("POST", "/api/v1/deeds", headers=keyed).status_code == 503
    assert running.seen("do_deed") - before == 1


def test_five_failures_in_a_row_eject_for_that_caller_alone_and_it_recovers(
    running, until
):
    ejected = until(lambda: _ejected(running))
    assert ejected["error_code"] == "EJECTED"
    assert ejected["error"] == "external_service_error"
    assert ejected["service"] == "frail"
    assert running.row("frail")["state"] == "ready"
    until(lambda: _do(running, "frail").status_code == 200)
    assert running.row("frail")["breaker"] == []


def test_however_often_a_service_dies_its_callers_are_back_soon_after_it(
    running, until
):
    for _ in range(3):
        before = running.row("callee")
        os.kill(before["pid"], signal.SIGKILL)
        # Called while it is away, as often as that can be: it ejects, if it is often.
        until(lambda before=before: _refused(running) or _is_back(running, before))
        until(lambda before=before: _is_back(running, before))
        until(lambda: running.call("POST", "/api/v1/deeds").status_code == 200, BEFORE)


def _is_back(mesh, before):
    row = mesh.row("callee")
    return row["state"] == "ready" and row["pid"] != before["pid"]


def _ejected(mesh):
    """The refusal after five failures.

    Nothing where a probe came between it and a look.
    """
    # An answer first, so that failures before do not count.
    _do(mesh, "frail")
    mesh.fail(5, callee="frail")
    answers = [_do(mesh, "frail").json() for _ in range(5)]
    mesh.fail(0, callee="frail")
    # Envoy's workers learn of an ejection a moment after it.
    refusal = next(filter(None, (_refused(mesh, "frail") for _ in range(10))), None)
    ejected_by = mesh.row("frail")["breaker"]
    other = _do(mesh, "frail", caller="operator")
    seen = answers == [{"mine": True}] * 5 and ejected_by == ["caller"]
    return refusal if refusal and seen and other.status_code == 200 else None


def _do(mesh, callee, **more):
    return mesh.call("POST", "/api/v1/deeds", callee=callee, **more)


def _refused(mesh, callee="callee"):
    body = _do(mesh, callee).json()
    return body if body.get("error_code") == "EJECTED" else None


def test_a_424_neither_repeats_nor_ejects(running):
    before = running.seen("get_thing")
    running.fail(8, 424)
    for _ in range(8):
        assert running.call("GET", "/api/v1/things/5").status_code == 424
    assert running.seen("get_thing") - before == 8
    assert running.row("callee")["breaker"] == []


def test_who_waits_for_a_slow_provider_says_so_before_the_mesh_gives_it_up(running):
    """However long it would wait: five that the mesh gave up would eject it."""

    def ask(_):
        return running.call("GET", "/api/v1/advice")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(6)))
    assert {answer.status_code for answer in answers} == {424}
    told = answers[0].json()["additional_data"]
    assert (told["upstream"], told["timed_out"]) == ("Nobody", True)
    assert running.row("callee")["breaker"] == []
