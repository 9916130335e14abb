"""Who gets in, to what, and what is told outside."""

import base64
import hashlib
import itertools
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import admission
import chassis
from chassis import _serve, testing
from credentials._cookies import csrf_of
from credentials._tokens import Ring
from filigree import envoy_routes

FAQS = "/api/v1/faqs"
Bearer = Callable[..., dict[str, str]]
PAGE = {"items": [], "cursor": None}


class Authentication:
    """The stub: what each credential stands for, by its text."""

    def __init__(self, ring: Ring) -> None:
        self.ring, self.known, self.away = ring, dict[str, Any](), False
        self.revoked = dict[str, float]()

    def jwks(self, _: httpx.Request) -> Any:
        return chassis.Unavailable("away") if self.away else self.ring.public()

    def revocations(self, _: httpx.Request) -> Any:
        if self.away:
            return chassis.Unavailable("away")
        return {"sessions": self.revoked, "until": 1234.5}

    def introspect(self, asked: httpx.Request) -> Any:
        if self.away:
            return chassis.Unavailable("away")
        token = httpx.Response(200, content=asked.content).json()["token"]
        return self.known.get(token, {"active": False})


class Faqs:
    """The stub: answers with ``answer``."""

    def __init__(self) -> None:
        self.answer: Any = PAGE

    def __call__(self, asked: httpx.Request) -> Any:
        return self.answer


@pytest.fixture
def authentication(ring: Ring) -> Authentication:
    return Authentication(ring)


@pytest.fixture
def faqs() -> Faqs:
    return Faqs()


@pytest.fixture
def mesh(
    service: FastAPI, authentication: Authentication, faqs: Faqs
) -> Iterator[testing.Mesh]:
    upstreams = {
        "authentication": {
            "jwks": authentication.jwks,
            "revocations": authentication.revocations,
            "introspect": authentication.introspect,
            "login": {"access_token": "x"},
            "me": lambda asked: dict(asked.headers),
        },
        "payment-link": {"visit": {"it": "is paid"}},
        "faq-management": dict.fromkeys(
            ("list_faqs", "create_faq", "get_faq", "export_faqs"), faqs
        ),
    }
    with testing.mesh(service, upstreams=upstreams) as running:
        running.tenant = None
        yield running


def ask(mesh: Any, method: str, path: str, headers: Any = None, **rest: Any) -> Any:
    return mesh.request(method, path, headers=headers, tenant=None, **rest)


def context_of(call: testing.Call) -> Any:
    from chassis import _context

    return _context.from_headers(call.request.headers)


def test_a_bearer_token_becomes_a_signed_context(
    mesh: Any, bearer: Bearer, tenant: str
) -> None:
    answer = ask(mesh, "GET", FAQS, bearer(roles=["agent"], sub="ada"))
    assert (answer.status_code, answer.json()) == (200, PAGE)
    context = context_of(mesh.calls("faq-management")[0])
    assert (context.tenant, context.subject) == (tenant, "ada")
    assert context.roles == ("agent",)


def test_nothing_is_asked_without_a_credential(mesh: Any, address: Any) -> None:
    answer = ask(mesh, "GET", FAQS, address)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert mesh.calls("faq-management") == []


def test_a_path_that_is_a_credential_is_in_no_log(
    mesh: Any, bearer: Bearer, address: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert ask(mesh, "GET", "/pay/SeCrEt.sign", address).status_code == 200
    assert ask(mesh, "GET", "/pay/SeCrEt.sign/x", address).status_code == 404
    assert ask(mesh, "PATCH", "/pay/SeCrEt.sign", address).status_code == 405
    ask(mesh, "GET", "/api/v1/faqs/a-faq", bearer())
    told = [vars(each) for each in caplog.records if each.name == "chassis.span"]
    paths = [each.get("path") for each in told]
    assert "/pay/{token}" in paths
    assert "/api/v1/faqs/a-faq" in paths
    own = [each for each in caplog.records if each.name != "httpx"]
    assert not [each for each in own if "SeCrEt" in str(vars(each))]


def test_an_anonymous_operation_needs_none(mesh: Any, address: Any) -> None:
    answer = ask(mesh, "POST", "/api/v1/auth/login", address, json={})
    assert answer.status_code == 200
    assert context_of(mesh.calls("authentication")[0]).tenant is None


@pytest.mark.parametrize(
    "claims",
    [{"iss": "other"}, {"aud": "other"}, {"seconds": -120}, {"sub": None}],
)
def test_a_token_for_another_use_is_refused(
    mesh: Any, bearer: Bearer, claims: dict[str, Any]
) -> None:
    assert ask(mesh, "GET", FAQS, bearer(**claims)).status_code == 401
    assert mesh.calls("faq-management") == []


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Basic dTpw", "Bearer a.b.c", "Bearer é", "bearer x y"],
)
def test_what_is_no_credential_is_refused_even_where_none_is_needed(
    mesh: Any, address: Any, authorization: str
) -> None:
    sent = {**address, "Authorization": authorization.encode()}
    answer = ask(mesh, "POST", "/api/v1/auth/login", sent, json={})
    assert answer.status_code == 401


def test_an_altered_token_is_refused(mesh: Any, bearer: Bearer) -> None:
    sent = bearer()
    head, body, signature = sent["Authorization"].split(".")
    sent["Authorization"] = ".".join([head, body, signature[::-1]])
    assert ask(mesh, "GET", FAQS, sent).status_code == 401


def test_a_context_from_outside_is_worth_nothing(
    mesh: Any, bearer: Bearer, tenant: str, address: Any
) -> None:
    forged = chassis.mint(chassis.Context("t-victim", "eve", ("owner",), "api-gateway"))
    answer = ask(mesh, "GET", FAQS, {"X-Internal-Token": forged, **address})
    assert answer.status_code == 401
    ask(mesh, "GET", FAQS, {"X-Internal-Token": forged, **bearer()})
    assert context_of(mesh.calls("faq-management")[-1]).tenant == tenant
    sent = {"X-Internal-Token": forged, **address}
    ask(mesh, "POST", "/api/v1/auth/login", sent, json={})
    assert context_of(mesh.calls("authentication", "login")[-1]).tenant is None


def api_key(authentication: Authentication, tenant: str, **more: Any) -> dict[str, str]:
    key = f"fk.{tenant}.{uuid.uuid4().hex}.x"
    known = {"active": True, "tenant": tenant, "subject": "key-1", "roles": ["owner"]}
    authentication.known[key] = known | {"scopes": ["*"]} | more
    return {"X-API-Key": key}


def test_an_api_key_is_asked_about_once_in_a_while(
    mesh: Any, authentication: Any, tenant: str, address: Any
) -> None:
    sent = api_key(authentication, tenant) | address
    assert [ask(mesh, "GET", FAQS, sent).status_code for _ in range(3)] == [200] * 3
    assert len(mesh.calls("authentication", "introspect")) == 1
    assert context_of(mesh.calls("faq-management")[0]).subject == "key-1"


@pytest.mark.parametrize(
    ("scopes", "method", "status"),
    [
        (["faq-management"], "POST", 200),
        (["faq-management:read"], "GET", 200),
        (["faq-management:read"], "POST", 403),
        (["knowledge-base"], "GET", 403),
        ([], "GET", 403),
    ],
)
def test_a_keys_scopes_limit_it(
    mesh: Any,
    authentication: Any,
    tenant: str,
    address: Any,
    scopes: list[str],
    method: str,
    status: int,
) -> None:
    sent = api_key(authentication, tenant, scopes=scopes) | address
    body = {"json": {}} if method == "POST" else {}
    assert ask(mesh, method, FAQS, sent, **body).status_code == status


def cookies(bearer: dict[str, str], csrf: str = "", said: str = "") -> dict[str, str]:
    token = bearer["Authorization"].removeprefix("Bearer ")
    jar = f"filigree_session={token}" + (f"; filigree_csrf={csrf}" if csrf else "")
    sent = {"Cookie": jar, "X-Forwarded-For": bearer["X-Forwarded-For"]}
    return sent | ({"X-CSRF-Token": said} if said else {})


def test_a_cookie_reads_but_moves_nothing_alone(mesh: Any, bearer: Bearer) -> None:
    assert ask(mesh, "GET", FAQS, cookies(bearer())).status_code == 200
    for csrf, said in (("", ""), ("a", ""), ("", "a"), ("a", "b")):
        answer = ask(mesh, "POST", FAQS, cookies(bearer(), csrf, said), json={})
        assert answer.status_code == 403
    planted = cookies(bearer(), "a", "a")
    assert ask(mesh, "POST", FAQS, planted, json={}).status_code == 403
    mine = bearer()
    said = csrf_of(mine["Authorization"].removeprefix("Bearer "))
    sent = cookies(mine, said, said)
    assert ask(mesh, "POST", FAQS, sent, json={}).is_success
    foreign = sent | {"Origin": "https://evil.example"}
    assert ask(mesh, "POST", FAQS, foreign, json={}).status_code == 403


def test_keys_known_before_are_good_while_authentication_is_away(
    mesh: Any, authentication: Any, bearer: Bearer, address: Any
) -> None:
    assert ask(mesh, "GET", FAQS, bearer()).status_code == 200
    authentication.away = True
    assert ask(mesh, "GET", FAQS, bearer()).status_code == 200
    answer = ask(mesh, "GET", FAQS, {"X-API-Key": "fk.never.seen", **address})
    assert answer.status_code == 503
    assert answer.json()["error"] == "external_service_error"


def test_an_api_key_known_before_is_good_for_minutes_while_authentication_is_away(
    mesh: Any,
    authentication: Any,
    tenant: str,
    address: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent, began = api_key(authentication, tenant) | address, time.monotonic()
    assert ask(mesh, "GET", FAQS, sent).status_code == 200
    authentication.away = True
    for later, status in ((60, 200), (200, 200), (400, 503)):
        clock = SimpleNamespace(monotonic=lambda at=began + later: at)
        monkeypatch.setattr("chassis._remembered.time", clock)
        assert ask(mesh, "GET", FAQS, sent).status_code == status


def test_a_key_that_was_taken_back_is_good_for_two_seconds_at_most(
    mesh: Any,
    authentication: Any,
    tenant: str,
    address: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = api_key(authentication, tenant)
    sent, began = key | address, time.monotonic()
    assert ask(mesh, "GET", FAQS, sent).status_code == 200
    authentication.known.clear()
    clock = SimpleNamespace(monotonic=lambda: began + 2.1)
    monkeypatch.setattr("chassis._remembered.time", clock)
    assert ask(mesh, "GET", FAQS, sent).status_code == 401


LATER = itertools.count(10)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Two seconds and more have passed since whatever is remembered was heard, also in
    an earlier test of the same gateway."""

    def pass_() -> None:
        at = time.monotonic() + 2.1 * next(LATER)
        clock = SimpleNamespace(monotonic=lambda: at)
        monkeypatch.setattr("chassis._remembered.time", clock)

    return pass_


def test_an_access_token_outlives_its_session_by_two_seconds_at_most(
    mesh: Any, authentication: Any, bearer: Bearer, later: Any
) -> None:
    later()
    mine, another = bearer(sid="mine"), bearer(sid="another")
    assert ask(mesh, "GET", FAQS, mine).status_code == 200
    authentication.revoked["mine"] = time.time() + 900
    later()
    answer = ask(mesh, "GET", FAQS, mine)
    assert (answer.status_code, answer.json()["error_code"]) == (401, "BAD_TOKEN")
    assert ask(mesh, "GET", FAQS, another).status_code == 200


def test_which_sessions_ended_is_asked_once_in_a_while_and_news_alone(
    mesh: Any, authentication: Any, bearer: Bearer, later: Any
) -> None:
    later()
    authentication.revoked["old"] = time.time() + 900
    for number in range(5):
        assert ask(mesh, "GET", FAQS, bearer(sid=f"s{number}")).status_code == 200
    assert len(mesh.calls("authentication", "revocations")) == 1
    authentication.revoked.clear()
    later()
    assert ask(mesh, "GET", FAQS, bearer(sid="s1")).status_code == 200
    asked = [c.request.url.query for c in mesh.calls("authentication", "revocations")]
    assert len(asked) == 2
    assert asked[1] == b"since=1234.5"
    assert ask(mesh, "GET", FAQS, bearer(sid="old")).status_code == 401


def test_a_session_that_ended_stays_so_while_authentication_is_away(
    mesh: Any, authentication: Any, bearer: Bearer, later: Any
) -> None:
    later()
    authentication.revoked["gone"] = time.time() + 900
    assert ask(mesh, "GET", FAQS, bearer(sid="gone")).status_code == 401
    authentication.away = True
    later()
    assert ask(mesh, "GET", FAQS, bearer(sid="gone")).status_code in (401, 503)
    assert mesh.calls("faq-management") == []
    assert ask(mesh, "GET", FAQS, bearer(sid="another")).status_code == 200


def test_a_token_of_any_length_is_not_known_rather_than_malformed(
    mesh: Any, address: Any
) -> None:
    sent = {"Authorization": "Bearer " + "a" * 20_000, **address}
    assert ask(mesh, "GET", FAQS, sent).status_code == 401


@pytest.fixture
def within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes: a minute that ends between two requests leaves room for more."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)


@pytest.mark.usefixtures("within_a_minute")
def test_a_tenant_has_its_rate_and_is_told(mesh: Any, bearer: Bearer) -> None:
    answers = [ask(mesh, "GET", FAQS, bearer()) for _ in range(21)]
    assert [a.status_code for a in answers] == [200] * 20 + [429]
    assert answers[0].headers["ratelimit-limit"] == "20"
    assert answers[0].headers["ratelimit-remaining"] == "19"
    assert answers[-1].headers["ratelimit-remaining"] == "0"
    assert int(answers[-1].headers["retry-after"]) > 0
    other = bearer(tenant=f"t-{uuid.uuid4().hex}")
    assert ask(mesh, "GET", FAQS, other).status_code == 200


@pytest.mark.usefixtures("within_a_minute")
def test_who_guesses_credentials_is_soon_asked_to_wait(mesh: Any, address: Any) -> None:
    told = [
        ask(mesh, "GET", FAQS, {"X-API-Key": f"guess-{n}", **address}).status_code
        for n in range(22)
    ]
    assert told == [401] * 20 + [429] * 2
    assert len(mesh.calls("authentication", "introspect")) == 20


@pytest.mark.usefixtures("within_a_minute")
def test_who_gets_no_turn_is_told_when_to_come_back(
    mesh: Any, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = admission.Admission(0, most=0)
    monkeypatch.setattr("services.infrastructure.api_gateway.app.gate", closed)
    answer = ask(mesh, "GET", FAQS, bearer())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_who_finds_the_line_full_is_heard_by_the_gateway_itself() -> None:
    # Beyond what its server takes the answer is a bare 503, be it whose it may.
    assert admission.Admission(32)._most + 32 < _serve.AT_ONCE


def test_guests_at_an_address_do_not_use_up_the_rate_of_keys(
    mesh: Any, address: Any
) -> None:
    told = [ask(mesh, "GET", FAQS, address).status_code for _ in range(11)]
    assert told == [401] * 10 + [429]
    assert ask(mesh, "GET", FAQS, {"X-API-Key": "a-key", **address}).status_code == 401


@pytest.mark.usefixtures("within_a_minute")
def test_an_address_written_by_the_client_gets_it_no_more_rate(
    mesh: Any, address: Any
) -> None:
    seen = address["X-Forwarded-For"].rpartition(",")[2]
    told = [
        ask(mesh, "GET", FAQS, {"X-Forwarded-For": f"10.0.0.{n},{seen}"}).status_code
        for n in range(11)
    ]
    assert told[-1] == 429


def test_anybody_may_read_by_which_keys_a_token_is_verified(mesh: Any) -> None:
    answer = ask(mesh, "GET", "/.well-known/jwks.json", {})
    assert [each["kty"] for each in answer.json()["keys"]]


@pytest.mark.parametrize(
    ("asked", "passed"),
    [("a[b]", b"a%5Bb%5D"), ("a%5Bb", b"a%5Bb"), ("a:b@c;d,e=(f)*", b"a:b@c;d,e=(f)*")],
)
def test_a_path_is_passed_on_in_characters_that_a_path_has(
    mesh: Any, bearer: Bearer, asked: str, passed: bytes
) -> None:
    """Others a sidecar of a cluster would refuse, in words of its own."""
    ask(mesh, "GET", f"/api/v1/faqs/{asked}", bearer())
    [call] = mesh.calls("faq-management")
    assert call.request.url.raw_path == b"/api/v1/faqs/" + passed


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/metrics/../api/v1/auth/introspect", 405),
        ("POST", "/api/v1/auth/introspect", 404),
        ("POST", "/.well-known/jwks.json", 405),
        ("GET", "/api/v1/faqs/a%2Fb", 404),
        ("GET", "/api/v1/faqs/%2e%2e", 404),
        ("GET", "/api/v1/faqs//", 404),
        ("GET", "/api/v1/faqs/", 404),
        ("GET", "/api/v1/faqs/a%5cb", 404),
        ("GET", "/api/v1/faqs/a%00", 400),
        ("GET", "/api/v1/faqs/%ff", 404),
        ("DELETE", "/api/v1/faqs", 405),
    ],
)
def test_only_public_operations_exist(
    mesh: Any, bearer: Bearer, method: str, path: str, status: int
) -> None:
    answer = ask(mesh, method, path, bearer())
    assert answer.status_code in (status, 404)
    assert answer.json()["service"] == "api-gateway"
    assert mesh.calls("faq-management") == []
    assert mesh.calls("authentication", "introspect") == []


def test_the_mesh_lets_those_methods_in_that_the_gateway_has(mesh: Any) -> None:
    from services.infrastructure.api_gateway.app import METHODS

    assert envoy_routes.METHODS.split("|") == METHODS


@pytest.mark.parametrize(
    ("sent", "passed"),
    [
        ("filigree_device=one.two; other=x", "filigree_device=one.two"),
        ("other=x", None),
        ('filigree_device="a\\015\\012X-Tenant: b"', None),
    ],
)
def test_of_the_cookies_only_what_is_a_services_goes_on(
    mesh: Any, address: Any, sent: str, passed: str | None
) -> None:
    body = {"email": "ada@example.org", "password": "x"}
    headers = {**address, "Cookie": sent}
    ask(mesh, "POST", "/api/v1/auth/login", headers, json=body)
    [call] = mesh.calls("authentication", "login")
    assert call.request.headers.get("cookie") == passed


@pytest.mark.parametrize("method", ["DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    ("path", "allowed"),
    [(FAQS, "GET, POST"), ("/", "GET, HEAD"), ("/docs", "GET, HEAD")],
)
def test_405_says_what_is_allowed(
    mesh: Any, bearer: Bearer, method: str, path: str, allowed: str
) -> None:
    answer = ask(mesh, method, path, bearer())
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed


def test_headers_between_hops_and_our_own_stay_behind(
    mesh: Any, faqs: Faqs, bearer: Bearer
) -> None:
    faqs.answer = httpx.Response(
        200,
        json=PAGE,
        headers={
            "Connection": "X-Left",
            "X-Left": "1",
            "X-Internal-Token": "secret",
            "X-Envoy-Upstream-Service-Time": "3",
            "X-Kept": "yes",
            "ETag": '"4"',
        },
    )
    sent = {
        "Connection": "X-Named",
        "X-Named": "1",
        "X-Filigree-Caller": "operator",
        "X-Envoy-Max-Retries": "50",
        "TE": "trailers",
        "Cookie": "a=b",
        "Idempotency-Key": "k",
        "X-Mine": "yes",
    }
    answer = ask(mesh, "GET", f"{FAQS}?limit=2", bearer() | sent)
    asked = mesh.calls("faq-management")[0].request
    gone = "x-named x-filigree-caller x-envoy-max-retries te cookie authorization"
    assert [name for name in gone.split() if name in asked.headers] == []
    assert (asked.headers["x-mine"], asked.headers["idempotency-key"]) == ("yes", "k")
    assert asked.url.query == b"limit=2"
    hidden = "x-left x-internal-token x-envoy-upstream-service-time connection"
    assert [name for name in hidden.split() if name in answer.headers] == []
    assert (answer.headers["x-kept"], answer.headers["etag"]) == ("yes", '"4"')


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_reading_request_with_a_body_is_read_for_without_it(
    mesh: Any, faqs: Faqs, bearer: Bearer, method: str
) -> None:
    answer = ask(mesh, method, FAQS, bearer(), json={"limit": 2})
    assert answer.status_code == 200, answer.text
    asked = mesh.calls("faq-management")[0].request
    assert (asked.content, "content-length" in asked.headers) == (b"", False)


def test_a_request_has_one_id_everywhere(mesh: Any, bearer: Bearer) -> None:
    answer = ask(mesh, "GET", FAQS, bearer() | {"X-Request-Id": "r-1"})
    assert answer.headers.get_list("x-request-id") == ["r-1"]
    assert mesh.calls("faq-management")[0].request.headers["x-request-id"] == "r-1"


def problem(
    status: int, kind: str = "external_service_error", **data: Any
) -> httpx.Response:
    body = {
        "error": kind,
        "message": "embedding-generation failed",
        "error_code": "UPSTREAM_FAILED",
        "service": "faq-management",
        "additional_data": {"upstream": "embedding-generation", **data},
    }
    head = {"content-type": "application/problem+json"}
    return httpx.Response(status, json=body, headers=head)


@pytest.mark.parametrize(
    ("answer", "status", "upstream"),
    [
        (problem(424), 502, "embedding-generation"),
        (problem(424, "storage_error"), 507, "embedding-generation"),
        (problem(424, timed_out=True), 504, "embedding-generation"),
        (problem(424, retry_after=7), 503, "embedding-generation"),
        (httpx.ConnectError("no"), 503, "faq-management"),
        (httpx.ReadTimeout("no"), 504, "faq-management"),
        (httpx.Response(502, text="<h1>secret</h1>"), 502, "faq-management"),
        (httpx.Response(504, text="secret"), 504, "faq-management"),
    ],
)
def test_a_failure_inside_is_told_outside_as_what_it_is(
    mesh: Any, faqs: Faqs, bearer: Bearer, answer: Any, status: int, upstream: str
) -> None:
    faqs.answer = answer
    told = ask(mesh, "GET", FAQS, bearer())
    assert told.status_code == status
    assert told.json()["additional_data"]["upstream"] == upstream
    assert "secret" not in told.text
    assert told.headers.get("retry-after") == (
        "7" if status == 503 and "embed" in upstream else None
    )


def test_a_services_own_problem_passes_as_it_is(
    mesh: Any, faqs: Faqs, bearer: Bearer
) -> None:
    faqs.answer = chassis.Conflict("it is there", code="FAQ_EXISTS")
    told = ask(mesh, "POST", FAQS, bearer(), json={})
    assert (told.status_code, told.json()["error_code"]) == (409, "FAQ_EXISTS")


def test_a_body_that_is_too_large_is_refused(mesh: Any, bearer: Bearer) -> None:
    answer = ask(mesh, "POST", FAQS, bearer(), content=b"x" * 100_001)
    assert answer.status_code == 413
    assert mesh.calls("faq-management") == []


def test_a_page_of_an_admitted_origin_may_call_and_no_other(
    mesh: Any, bearer: Bearer
) -> None:
    wanted = {"Access-Control-Request-Method": "POST"}
    for origin, status in (("https://shop.example", 200), ("https://x.example", 400)):
        asked = ask(mesh, "OPTIONS", FAQS, {"Origin": origin, **wanted})
        assert asked.status_code == status
    refused = ask(mesh, "GET", FAQS, {"Origin": "https://shop.example"})
    assert refused.status_code in (401, 429)
    allowed = refused.headers["access-control-allow-origin"]
    assert allowed == "https://shop.example"
    assert refused.headers["access-control-expose-headers"] == "*"
    assert "access-control-allow-credentials" not in refused.headers
    other = ask(mesh, "GET", FAQS, bearer() | {"Origin": "https://x.example"})
    assert "access-control-allow-origin" not in other.headers


def test_the_merged_document_is_what_is_public(mesh: Any) -> None:
    told = ask(mesh, "GET", "/openapi.json").json()
    assert "post" in told["paths"][FAQS]
    assert "/api/v1/auth/introspect" not in told["paths"]
    assert told["paths"][FAQS]["get"]["operationId"] == "faq-management.list_faqs"


def test_a_client_can_be_made_from_the_document(mesh: Any) -> None:
    """Its classes are named by titles, and what it must send by security schemes."""
    told = ask(mesh, "GET", "/openapi.json").json()
    schemas = told["components"]["schemas"]
    assert all(schema["title"] == name for name, schema in schemas.items())
    assert "Problem" in schemas
    assert {"bearer": []} in told["security"]
    assert told["paths"]["/v1/api/chat"]["post"].get("security") is None
    assert told["paths"]["/api/v1/auth/login"]["post"]["security"] == []


def test_a_browser_that_asks_for_a_picture_is_told_that_there_is_none(
    mesh: Any,
) -> None:
    assert ask(mesh, "GET", "/favicon.ico").status_code == 204


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_the_pages_are_there_and_run_nothing_else(mesh: Any, path: str) -> None:
    answer = ask(mesh, "GET", path)
    assert answer.status_code == ask(mesh, "HEAD", path).status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    script = re.search(r"<script>(.*?)</script>", answer.text, re.DOTALL)[1].encode()
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
