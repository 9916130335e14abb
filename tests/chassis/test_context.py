"""The context between services: who is asking, signed, for some minutes."""

import time
from collections.abc import Callable, Iterator

import itsdangerous
import pytest
from fastapi import FastAPI

import chassis
from chassis import _context, testing


def service() -> FastAPI:
    router = chassis.router("/who")

    @router.get("", **chassis.policy(retry="read"))
    async def who(caller: chassis.Caller, tenant: chassis.Tenant) -> list[str | None]:
        return [tenant, caller.subject, *caller.roles]

    @router.get("/anyone", **chassis.policy(anonymous=True))
    async def anyone(caller: chassis.Caller) -> str | None:
        return caller.tenant

    @router.get("/managers", **chassis.policy(roles=("owner", "admin")))
    async def managers() -> None:
        """For two roles."""

    @router.get("/outside", **chassis.policy(roles=("owner",), outside=True))
    async def outside() -> None:
        """For one role of those who come from outside, and for services."""

    return chassis.create_app("who", router)


@pytest.fixture(scope="module")
def mesh() -> testing.Mesh:
    with testing.mesh(service()) as running:
        yield running


def signer(key: str = "a-key-for-tests-only") -> itsdangerous.URLSafeTimedSerializer:
    return itsdangerous.URLSafeTimedSerializer(key, salt="filigree.context")


CLAIMS = {"t": "t-1", "s": "u1", "r": ["owner"], "a": "api-gateway"}


def signed_in(seconds: int) -> str:
    """A token whose signer's clock is so many seconds ahead of this one's."""

    class Elsewhere(itsdangerous.TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time()) + seconds

    salt = "filigree.context"
    return itsdangerous.URLSafeTimedSerializer(
        "a-key-for-tests-only", salt=salt, signer=Elsewhere
    ).dumps(CLAIMS)


def test_a_context_arrives_as_it_was_sent(mesh: testing.Mesh) -> None:
    answer = mesh.get("/who", tenant="t-1", subject="ada", roles=("agent", "admin"))
    assert answer.json() == ["t-1", "ada", "agent", "admin"]


@pytest.mark.parametrize(
    ("ahead", "status"), [(-360, 401), (-240, 200), (20, 200), (60, 401)]
)
def test_a_token_is_good_for_minutes_whichever_clock_is_a_little_ahead(
    mesh: testing.Mesh, ahead: int, status: int
) -> None:
    sent = {"X-Internal-Token": signed_in(ahead)}
    assert mesh.get("/who", tenant=None, headers=sent).status_code == status


@pytest.mark.parametrize(
    "token",
    [
        signer("another-key").dumps(CLAIMS),
        "x" + signer().dumps(CLAIMS)[1:],
        itsdangerous.URLSafeTimedSerializer("a-key-for-tests-only").dumps(CLAIMS),
        "nonsense",
        "..",
    ],
)
@pytest.mark.parametrize("path", ["/who", "/who/anyone"])
def test_a_forged_token_is_refused_even_where_none_is_needed(
    mesh: testing.Mesh, token: str, path: str
) -> None:
    answer = mesh.get(path, tenant=None, headers={"X-Internal-Token": token})
    assert answer.status_code == 401
    assert answer.json()["error_code"] == "BAD_INTERNAL_TOKEN"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """``keys(given)``: the mesh's keys, as they are given."""

    def give(given: str) -> None:
        monkeypatch.setenv("FILIGREE_INTERNAL_KEYS", given)
        _context._signer.cache_clear()

    yield give
    _context._signer.cache_clear()


@pytest.mark.parametrize("given", ["a,", ",a", "a,,b"])
def test_no_comma_makes_a_key_of_nothing(
    keys: Callable[[str], None], given: str
) -> None:
    keys(given)
    with pytest.raises(chassis.Unauthenticated):
        _context.read_token(signer("").dumps(CLAIMS))
    assert _context.read_token(signer("a").dumps(CLAIMS)) == CLAIMS


@pytest.mark.parametrize("given", ["", ",", ",,"])
def test_without_any_key_nothing_is_signed(
    keys: Callable[[str], None], given: str
) -> None:
    keys(given)
    with pytest.raises(chassis.Misconfigured, match="FILIGREE_INTERNAL_KEYS"):
        _context.mint(chassis.Context("t", "u"))


def test_without_a_tenant_there_is_no_way_in(mesh: testing.Mesh) -> None:
    assert mesh.get("/who", tenant=None).status_code == 401
    assert mesh.get("/who/anyone", tenant=None).status_code == 200


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (("owner",), 200),
        (("customer", "admin"), 200),
        (("service",), 200),
        (("agent",), 403),
        ((), 403),
    ],
)
def test_one_of_the_roles_is_needed(
    mesh: testing.Mesh, roles: tuple[str, ...], status: int
) -> None:
    assert mesh.get("/who/managers", roles=roles).status_code == status


@pytest.mark.parametrize(
    ("actor", "roles", "status"),
    [
        ("api-gateway", ["owner"], 200),
        ("api-gateway", ["customer"], 403),
        ("booking-management", ["customer"], 200),
    ],
)
def test_a_role_that_only_outside_is_needed_is_not_asked_of_services(
    mesh: testing.Mesh, actor: str, roles: list[str], status: int
) -> None:
    token = signer().dumps(CLAIMS | {"a": actor, "r": roles})
    sent = {"X-Internal-Token": token}
    assert mesh.get("/who/outside", tenant=None, headers=sent).status_code == status


def test_a_trace_goes_on_and_a_bad_one_begins_anew() -> None:
    parent = f"00-{'a' * 32}-{'b' * 16}-01"
    known = _context.traced({"traceparent": parent})
    assert (known.trace_id, known.parent_id) == ("a" * 32, "b" * 16)
    assert known.span_id != "b" * 16
    nobodys = f"00-{'a' * 32}-{'0' * 16}-01"
    for bad in ("", "00-x-y-01", parent.upper(), f"{parent}\n00", nobodys):
        anew = _context.traced({"traceparent": bad})
        assert anew.parent_id is None
        assert anew.trace_id != "a" * 32
    nothing = f"00-{'0' * 32}-{'b' * 16}-01"
    assert _context.traced({"traceparent": nothing}).trace_id != "0" * 32


@pytest.mark.parametrize(
    ("said", "most"), [("2.5", 2.5), ("-3", 0.0), ("999999", 3600.0), ("0", 0.0)]
)
def test_a_deadline_is_within_bounds(said: str, most: float) -> None:
    context = _context.traced({"X-Request-Timeout": said})
    assert 0.0 <= context.remaining() <= most


@pytest.mark.parametrize("said", ["soon", "", "nan"])
def test_a_deadline_that_is_none_is_left_out(said: str) -> None:
    remaining = _context.traced({"X-Request-Timeout": said}).remaining()
    assert 0.0 <= remaining <= 60.0


def test_an_upstream_gets_what_is_left_of_the_deadline() -> None:
    context = _context.traced({"X-Request-Timeout": "2"})
    sent = _context.to_headers(context, 30.0, "caller")
    assert 0.0 < float(sent["X-Request-Timeout"]) <= 2.0
    assert _context.to_headers(context, 0.5, "caller")["X-Request-Timeout"] == "0.500"


@pytest.mark.parametrize(
    ("waits", "mesh", "most"),
    [
        ("9", "2s", 1.8),
        ("2", "9s", 1.8),
        ("9", "500ms", 0.4),
        (None, "0.5s", 0.4),
        ("2", "soon", 1.8),
        ("40", "30s", 29.5),
    ],
)
def test_an_answer_is_on_its_way_before_caller_or_mesh_give_up(
    waits: str | None, mesh: str, most: float
) -> None:
    sent = {"X-Filigree-Timeout": mesh}
    sent |= {"X-Request-Timeout": waits} if waits else {}
    context = _context.traced(sent)
    assert most - 0.1 < context.remaining() <= most
    assert context.patience() < context.remaining()


def test_a_context_without_a_tenant_has_no_token() -> None:
    assert "X-Internal-Token" not in _context.to_headers(
        chassis.Context(), 1.0, "caller"
    )


def test_a_proxy_can_see_whose_a_request_is_and_nobody_believes_it() -> None:
    sent = _context.to_headers(chassis.Context(tenant="t"), 1.0, "caller")
    assert sent["X-Tenant"] == "t"
    told = _context.from_headers(sent | {"X-Tenant": "another"})
    assert told.tenant == "t"
    assert _context.traced({"X-Tenant": "another"}).tenant is None


def test_whoever_passes_an_identity_on_vouches_for_it() -> None:
    context = chassis.Context(tenant="t", subject="u", actor="another")
    token = _context.to_headers(context, 1.0, "caller")["X-Internal-Token"]
    claims = _context.read_token(token)
    assert (claims["t"], claims["s"], claims["a"]) == ("t", "u", "caller")


@pytest.mark.parametrize(
    ("subject", "roles", "of", "is_seen"),
    [
        ("u1", ("customer",), "u1", True),
        ("u1", ("customer",), "u2", False),
        ("u1", ("customer",), None, False),
        (None, (), None, False),
        ("u1", ("agent",), "u2", True),
        (None, ("service",), None, True),
    ],
)
def test_what_is_anothers_or_nobodys_is_seen_by_staff_and_services_alone(
    subject: str | None, roles: tuple[str, ...], of: str | None, is_seen: bool
) -> None:
    caller = chassis.Context("t1", subject, roles, "api-gateway")
    assert caller.owns(of) is is_seen
