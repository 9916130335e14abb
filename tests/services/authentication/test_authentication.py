"""What a credential stands for, how one is got, and when it ends."""

import asyncio
import importlib
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import itsdangerous
import pytest
from joserfc import jwk, jwt

import chassis
import credentials
from chassis import testing
from credentials import Issuers
from credentials._guesses import Guesses
from credentials._passwords import is_password

PASSWORD = "correct horse battery"
AUTH = "/api/v1/auth"


def post(mesh: Any, path: str, body: Any, **more: Any) -> Any:
    return mesh.post(f"{AUTH}/{path}", json=body, tenant=None, **more)


def register(mesh: Any) -> tuple[str, dict[str, Any]]:
    email = f"{uuid.uuid4().hex}@example.org"
    new = {"email": email, "password": PASSWORD, "business": "Brightwater"}
    answer = post(mesh, "register", new)
    assert answer.status_code == 201, answer.text
    mesh.tenant = answer.json()["tenant"]
    return email, answer.json()


def login(mesh: Any, email: str, password: str = PASSWORD) -> Any:
    return post(mesh, "login", {"email": email, "password": password})


def refresh(mesh: Any, token: str) -> Any:
    return post(mesh, "refresh", {"refresh_token": token})


def introspect(mesh: Any, token: str) -> Any:
    return post(mesh, "introspect", {"token": token}).json()


def claims_of(mesh: Any, token: str) -> dict[str, Any]:
    keys = mesh.get("/.well-known/jwks.json", tenant=None).json()
    return credentials.verify(token, keys, issuer="filigree", audience="filigree")


def test_an_owner_registers_and_signs_in(mesh: Any) -> None:
    email, first = register(mesh)
    answer = login(mesh, email.upper())
    assert answer.status_code == 200
    claims = claims_of(mesh, answer.json()["access_token"])
    assert claims["tenant"] == first["tenant"]
    assert claims["roles"] == ["owner"]
    assert claims["exp"] - claims["iat"] == answer.json()["expires_in"] == 900


def test_who_is_new_is_told_where_they_are(mesh: Any) -> None:
    email = f"{uuid.uuid4().hex}@example.org"
    new = {"email": email, "password": PASSWORD, "business": "Brightwater"}
    registered = post(mesh, "register", new)
    visiting = post(mesh, "visitors", {"tenant": registered.json()["tenant"]})
    assert visiting.status_code == 201
    for made, role in ((registered, "owner"), (visiting, "customer")):
        claims = claims_of(mesh, made.json()["access_token"])
        who = {"tenant": claims["tenant"], "subject": claims["sub"], "roles": (role,)}
        about = mesh.get(made.headers["Location"], **who).json()
        assert (about["subject"], about["roles"]) == (claims["sub"], [role])


@pytest.mark.parametrize(
    "alike",
    ["jos\u0065\u0301.{}", "jos\u00e9\u200b.{}", "\uff4a\uff4fs\u00e9.{}"],
    ids=["decomposed", "zero-width", "full-width"],
)
def test_addresses_that_look_the_same_have_one_account(mesh: Any, alike: str) -> None:
    rest = f"{uuid.uuid4().hex}@example.org"
    new = {"password": PASSWORD, "business": "Brightwater"}
    plain, other = f"jos\u00e9.{rest}", alike.format(rest)
    assert post(mesh, "register", new | {"email": plain}).status_code == 201
    assert post(mesh, "register", new | {"email": other}).status_code == 409
    assert login(mesh, other).status_code == 200


@pytest.mark.parametrize(
    "none",
    [
        "dana@quay.example.",  # which would be another account of dana@quay.example
        "dana@quay..example",
        "dana@-quay.example",
        "dana@quay_.example",
        "dana@[127.0.0.1]",
        "<dana@quay.example>",
        "dana,lee@quay.example",
        ".dana@quay.example",
        "da..na@quay.example",
    ],
)
def test_what_nobody_can_be_written_to_is_no_e_mail(mesh: Any, none: str) -> None:
    new = {"email": none, "password": PASSWORD, "business": "Brightwater"}
    answer = post(mesh, "register", new)
    assert answer.status_code == 422
    assert answer.json()["additional_data"]["errors"][0]["place"] == "body/email"


@pytest.mark.parametrize(
    "form", ["o'dana+{}@a-b.quay.example", "j\u00f6{}@b\u00fccher.example"]
)
def test_an_e_mail_has_any_script_and_the_signs_that_people_have(
    mesh: Any, form: str
) -> None:
    email = form.format(uuid.uuid4().hex)
    new = {"email": email, "password": PASSWORD, "business": "Brightwater"}
    assert post(mesh, "register", new).status_code == 201
    assert login(mesh, email).status_code == 200


def test_a_password_is_the_same_composed_or_not(mesh: Any) -> None:
    email, composed = f"{uuid.uuid4().hex}@example.org", "caf\u00e9 au lait"
    new = {"email": email, "password": composed, "business": "Brightwater"}
    assert post(mesh, "register", new).status_code == 201
    assert login(mesh, email, "cafe\u0301 au lait").status_code == 200
    assert login(mesh, email, "cafe au lait").status_code == 401


def test_an_e_mail_has_one_account(mesh: Any) -> None:
    email, _ = register(mesh)
    again = {"email": email.upper(), "password": PASSWORD, "business": "Other"}
    assert post(mesh, "register", again).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"email": "nobody", "password": PASSWORD, "business": "B"},
        {"email": "a@b.example", "password": "short", "business": "B"},
        {"email": "a@b.example", "password": PASSWORD, "business": "  "},
        {"email": "a@b.example", "password": PASSWORD, "business": "B", "roles": ["x"]},
    ],
)
def test_what_cannot_be_an_account_is_malformed(mesh: Any, body: Any) -> None:
    answer = post(mesh, "register", body)
    assert answer.status_code == 422
    assert PASSWORD not in answer.text


def test_a_wrong_password_and_an_unknown_e_mail_are_told_alike(mesh: Any) -> None:
    email, _ = register(mesh)
    wrong = login(mesh, email, "not the password")
    unknown = login(mesh, f"{uuid.uuid4().hex}@example.org")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.json()["message"] == unknown.json()["message"]
    assert wrong.json()["error_code"] == unknown.json()["error_code"]


@pytest.mark.parametrize("known", [True, False])
def test_five_wrong_passwords_close_an_e_mail_whether_it_is_known_or_not(
    mesh: Any, known: bool
) -> None:
    email = register(mesh)[0] if known else f"{uuid.uuid4().hex}@example.org"
    for _ in range(5):
        assert login(mesh, email, "not the password").status_code == 401
    closed = login(mesh, email)
    assert closed.status_code == 429
    assert closed.headers["retry-after"] == "900"


def guess(mesh: Any, email: str, source: str, times: int, **more: Any) -> list[int]:
    """What as many wrong passwords from there are answered with."""
    wrong = {"email": email, "password": "not the password"}
    headers = {"X-Forwarded-For": f"10.9.9.9, {source}", **more}
    return [
        post(mesh, "login", wrong, headers=headers).status_code for _ in range(times)
    ]


def enter(mesh: Any, email: str, source: str, **more: Any) -> Any:
    right = {"email": email, "password": PASSWORD}
    headers = {"X-Forwarded-For": source, **more}
    return post(mesh, "sessions", right, headers=headers)


@pytest.mark.parametrize(
    ("theirs", "other", "is_open"),
    [
        ("203.0.113.7", "198.51.100.4", True),
        ("203.0.113.7", "::ffff:203.0.113.7", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", False),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", True),
    ],
)
def test_who_guesses_closes_an_e_mail_to_where_they_are_alone(
    mesh: Any, theirs: str, other: str, is_open: bool
) -> None:
    email, _ = register(mesh)
    assert guess(mesh, email, theirs, 6) == [401] * 5 + [429]
    assert enter(mesh, email, theirs).status_code == 429
    assert enter(mesh, email, other).status_code == (201 if is_open else 429)


def test_a_crowd_closes_an_e_mail_but_not_to_a_browser_that_was_there_before(
    mesh: Any,
) -> None:
    email, _ = register(mesh)
    device = enter(mesh, email, "198.51.100.4").cookies["filigree_device"]
    known = {"Cookie": f"filigree_device={device}"}
    told = [guess(mesh, email, f"203.0.113.{n}", 4) for n in range(7)]
    assert told == [[401] * 4] * 6 + [[401] + [429] * 3]
    assert enter(mesh, email, "198.51.100.5").status_code == 429
    assert enter(mesh, email, "198.51.100.4", **known).status_code == 201
    # Who has taken the cookie guesses no more often than others.
    assert guess(mesh, email, "203.0.113.99", 6, **known) == [401] * 5 + [429]


@pytest.mark.parametrize("forged", ["{}x", "x{}", "nonsense", "{other}"])
def test_only_a_cookie_of_that_account_and_ours_is_known(
    mesh: Any, forged: str
) -> None:
    other, _ = register(mesh)
    email, _ = register(mesh)
    devices = [
        enter(mesh, each, "").cookies["filigree_device"] for each in (email, other)
    ]
    forged = forged.format(devices[0], other=devices[1])
    assert guess(mesh, email, "203.0.113.7", 5) == [401] * 5
    cookie = {"Cookie": f"filigree_device={forged}"}
    assert enter(mesh, email, "203.0.113.7", **cookie).status_code == 429


def test_a_cookie_from_before_the_secret_was_replaced_is_known() -> None:
    documents: Any = None
    before = Guesses("t", documents, "the-old-one", 900.0)
    after = Guesses("t", documents, "the-new-one,the-old-one", 900.0)
    gone = Guesses("t", documents, "the-new-one", 900.0)
    cookie = before.device("a")
    assert (after.is_known("a", cookie), gone.is_known("a", cookie)) == (True, False)
    assert gone.is_known("a", after.device("a"))


@pytest.mark.parametrize("given", ["the-one,", ",the-one", "the-one,,another"])
def test_no_comma_makes_a_key_of_nothing(given: str) -> None:
    documents: Any = None
    theirs = itsdangerous.Signer("", salt="credentials.device").sign("a-1").decode()
    mine = Guesses("t", documents, given, 900.0)
    assert not mine.is_known("a", theirs)
    assert mine.is_known("a", mine.device("a"))


def test_a_closed_e_mail_opens_again(mesh: Any, forget: Any) -> None:
    email, _ = register(mesh)
    for _ in range(5):
        login(mesh, email, "not the password")
    assert login(mesh, email).status_code == 429
    forget()
    assert login(mesh, email).status_code == 200


def test_wrong_passwords_that_are_forgotten_while_one_is_checked_count_no_more(
    mesh: Any, forget: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    email, _ = register(mesh)
    for _ in range(4):
        assert login(mesh, email, "not the password").status_code == 401

    async def late(*given: Any) -> bool:
        await asyncio.to_thread(forget)
        return await is_password(*given)

    with monkeypatch.context() as slow:
        slow.setattr("credentials._accounts.is_password", late)
        assert login(mesh, email, "not the password").status_code == 401
    for _ in range(4):
        assert login(mesh, email, "not the password").status_code == 401
    assert login(mesh, email).status_code == 429


def test_a_right_password_forgives_the_wrong_ones_before_it(mesh: Any) -> None:
    email, _ = register(mesh)
    for _ in range(2):
        for _ in range(4):
            assert login(mesh, email, "not the password").status_code == 401
        assert login(mesh, email).status_code == 200


def test_guesses_made_side_by_side_are_not_counted_as_one(mesh: Any) -> None:
    email, _ = register(mesh)
    with ThreadPoolExecutor(12) as pool:
        guesses = [f"guess number {n}" for n in range(11)]
        told = [
            answer.status_code
            for answer in pool.map(lambda g: login(mesh, email, g), guesses)
        ]
    assert told.count(401) <= 5
    # On a busy machine one is not answered in time: it has learnt nothing, either.
    assert set(told) <= {401, 409, 429, 504}


def test_right_passwords_side_by_side_are_all_right(mesh: Any) -> None:
    email, _ = register(mesh)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: login(mesh, email).status_code, range(4)))
    assert told == [200] * 4


def test_a_refresh_token_gives_the_next_ones(mesh: Any) -> None:
    _, first = register(mesh)
    second = refresh(mesh, first["refresh_token"])
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    before = claims_of(mesh, first["access_token"])
    after = claims_of(mesh, second.json()["access_token"])
    assert before["sid"] == after["sid"]
    assert refresh(mesh, second.json()["refresh_token"]).status_code == 200


def test_a_refresh_token_used_twice_ends_its_session(mesh: Any) -> None:
    _, first = register(mesh)
    second = refresh(mesh, first["refresh_token"]).json()
    assert refresh(mesh, first["refresh_token"]).status_code == 401
    assert refresh(mesh, second["refresh_token"]).status_code == 401


def test_a_refresh_token_used_twice_leaves_other_sessions_alone(mesh: Any) -> None:
    email, first = register(mesh)
    other = login(mesh, email).json()
    refresh(mesh, first["refresh_token"])
    refresh(mesh, first["refresh_token"])
    assert refresh(mesh, other["refresh_token"]).status_code == 200


def test_of_two_refreshes_at_once_one_wins(mesh: Any) -> None:
    _, first = register(mesh)
    with ThreadPoolExecutor(2) as pool:
        tokens = [first["refresh_token"]] * 2
        told = [a.status_code for a in pool.map(lambda t: refresh(mesh, t), tokens)]
    assert sorted(told) == [200, 401]


def test_who_signs_out_cannot_refresh(mesh: Any) -> None:
    _, first = register(mesh)
    body = {"refresh_token": first["refresh_token"]}
    assert post(mesh, "logout", body).status_code == 204
    assert refresh(mesh, first["refresh_token"]).status_code == 401


@pytest.mark.parametrize("way", ["refresh", "logout"])
def test_whatever_is_wrong_with_a_refresh_token_the_answer_is_the_same(
    mesh: Any, way: str
) -> None:
    _, first = register(mesh)
    good = first["refresh_token"].split(".")
    forged = [
        "",
        "nonsense",
        ".".join([*good[:3], "A" * 43]),
        ".".join([*good[:2], uuid.uuid4().hex, good[3]]),
        ".".join([good[0], "t-other", *good[2:]]),
        ".".join([good[0], "_platform", *good[2:]]),
        ".".join(["fk", *good[1:]]),
        ".".join([*good[:2], "../../x", good[3]]),
    ]
    told = [post(mesh, way, {"refresh_token": token}) for token in forged]
    assert [answer.status_code for answer in told] == [401] * len(forged)
    assert len({answer.json()["message"] for answer in told}) == 1
    assert refresh(mesh, first["refresh_token"]).status_code == 200


def test_no_secret_is_stored_as_it_is(mesh: Any) -> None:
    _, first = register(mesh)
    key = mesh.post("/api/v1/api-keys", json={"name": "till"}).json()["api_key"]
    written = b"".join(
        call.request.content for call in mesh.calls("database-operations", "transact")
    )
    secrets = [PASSWORD, first["refresh_token"].split(".")[3], key.split(".")[3]]
    assert [s for s in secrets if s.encode() in written] == []
    assert b'"crv"' not in written


def test_managers_list_and_end_the_sessions_of_their_own_business(mesh: Any) -> None:
    _, first = register(mesh)
    listed = mesh.get(f"{AUTH}/sessions").json()["items"]
    assert len(listed) == 1
    assert not {"refresh", "used"} & listed[0].keys()
    session = f"{AUTH}/sessions/{listed[0]['id']}"
    assert mesh.delete(session, tenant="t-other").status_code == 404
    assert mesh.delete(session, roles=("agent",)).status_code == 403
    assert mesh.delete(session).status_code == 204
    assert refresh(mesh, first["refresh_token"]).status_code == 401


def revoked(mesh: Any, since: float = 0.0) -> dict[str, Any]:
    told = mesh.get(f"{AUTH}/revocations", params={"since": since}, tenant=None)
    assert told.status_code == 200, told.text
    return told.json()


def by_signing_out(mesh: Any, tokens: Any, claims: Any) -> Any:
    body = {"refresh_token": tokens["refresh_token"]}
    return mesh.post(f"{AUTH}/logout", json=body, tenant=None)


def by_a_manager(mesh: Any, tokens: Any, claims: Any) -> Any:
    return mesh.delete(f"{AUTH}/sessions/{claims['sid']}")


def by_a_token_used_twice(mesh: Any, tokens: Any, claims: Any) -> Any:
    assert refresh(mesh, tokens["refresh_token"]).status_code == 200
    return refresh(mesh, tokens["refresh_token"])


def by_removal(mesh: Any, tokens: Any, claims: Any) -> Any:
    return mesh.delete(f"{AUTH}/members/{claims['sub']}")


@pytest.mark.parametrize(
    "end", [by_signing_out, by_a_manager, by_a_token_used_twice, by_removal]
)
def test_however_a_session_ends_its_access_tokens_are_revoked(
    mesh: Any, colleague: dict[str, Any], end: Any
) -> None:
    other = login(mesh, colleague["email"]).json()
    mine, others = (
        claims_of(mesh, each["access_token"]) for each in (colleague["session"], other)
    )
    assert mine["sid"] not in revoked(mesh)["sessions"]
    assert end(mesh, colleague["session"], mine).status_code in (204, 401)
    sessions = revoked(mesh)["sessions"]
    assert sessions[mine["sid"]] > mine["exp"]
    assert (others["sid"] in sessions) is (end is by_removal)


def test_what_was_revoked_is_told_since_a_moment(
    mesh: Any, colleague: dict[str, Any]
) -> None:
    claims = claims_of(mesh, colleague["session"]["access_token"])
    before = revoked(mesh)["until"]
    assert by_a_manager(mesh, {}, claims).status_code == 204
    assert claims["sid"] in revoked(mesh, before)["sessions"]
    assert claims["sid"] not in revoked(mesh, time.time() + 60)["sessions"]


def test_a_session_that_was_not_ended_is_not_revoked(
    mesh: Any, colleague: dict[str, Any]
) -> None:
    claims = claims_of(mesh, colleague["session"]["access_token"])
    stale = {"If-Match": '"9"'}
    path = f"{AUTH}/sessions/{claims['sid']}"
    assert mesh.delete(path, headers=stale).status_code == 412
    assert mesh.delete(path, tenant="t-other").status_code == 404
    assert claims["sid"] not in revoked(mesh)["sessions"]


def test_a_member_signs_in_to_the_business_that_added_it(mesh: Any) -> None:
    register(mesh)
    email = f"{uuid.uuid4().hex}@example.org"
    member = {"email": email, "password": PASSWORD, "role": "agent"}
    made = mesh.post(f"{AUTH}/members", json=member)
    assert made.status_code == 201
    id = made.json()["id"]
    assert made.headers["Location"] == f"{AUTH}/members/{id}"
    assert mesh.get(made.headers["Location"]).json()["email"] == email
    signed_in = login(mesh, email).json()["access_token"]
    claims = claims_of(mesh, signed_in)
    assert (claims["tenant"], claims["roles"]) == (mesh.tenant, ["agent"])
    about = mesh.get(f"{AUTH}/me", subject=claims["sub"], roles=("agent",)).json()
    assert made.json() == about | {"id": id}
    assert about.keys() == {"subject", "tenant", "roles", "email", "business"}


@pytest.fixture
def colleague(mesh: Any) -> dict[str, Any]:
    """A member of the business, with an ``email``, who is signed in as ``session``."""
    register(mesh)
    email = f"{uuid.uuid4().hex}@example.org"
    member = {"email": email, "password": PASSWORD, "role": "agent"}
    made = mesh.post(f"{AUTH}/members", json=member).json()
    return made | {"session": login(mesh, email).json()}


def test_managers_list_the_members_of_their_own_business(
    mesh: Any, colleague: dict[str, Any]
) -> None:
    found = mesh.get(f"{AUTH}/members").json()["items"]
    assert [each["roles"] for each in found].count(["owner"]) == 1
    [known] = [each for each in found if each["subject"] == colleague["subject"]]
    about = {"email": colleague["email"], "roles": ["agent"]}
    assert known == about | {"subject": colleague["subject"]}
    assert mesh.get(f"{AUTH}/members/{known['subject']}").json() == known
    assert mesh.get(f"{AUTH}/members", tenant="t-other").json()["items"] == []
    assert mesh.get(f"{AUTH}/members", roles=("agent",)).status_code == 403


def test_a_member_who_is_removed_signs_in_no_more_and_is_signed_out(
    mesh: Any, colleague: dict[str, Any]
) -> None:
    path = f"{AUTH}/members/{colleague['subject']}"
    assert mesh.delete(path, tenant="t-other").status_code == 404
    assert mesh.delete(path, roles=("agent",)).status_code == 403
    stale = {"If-Match": '"9"'}
    assert mesh.delete(path, headers=stale).status_code == 412
    assert mesh.delete(path).status_code == 204
    assert mesh.delete(path).status_code == 404
    assert login(mesh, colleague["email"]).status_code == 401
    assert refresh(mesh, colleague["session"]["refresh_token"]).status_code == 401


def test_the_owner_whom_the_business_is_known_by_stays(mesh: Any) -> None:
    email, session = register(mesh)
    found = mesh.get(f"{AUTH}/members").json()["items"]
    [own] = [each for each in found if each["email"] == email]
    assert mesh.delete(f"{AUTH}/members/{own['subject']}").status_code == 409
    assert refresh(mesh, session["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    ("roles", "role", "status"),
    [
        (("agent",), "agent", 403),
        (("customer",), "agent", 403),
        (("admin",), "owner", 422),
    ],
)
def test_nobody_is_made_more_than_the_maker_may(
    mesh: Any, roles: tuple[str, ...], role: str, status: int
) -> None:
    email = f"{uuid.uuid4().hex}@example.org"
    member = {"email": email, "password": PASSWORD, "role": role}
    answer = mesh.post(f"{AUTH}/members", json=member, roles=roles)
    assert answer.status_code == status
    assert login(mesh, email).status_code == 401


def test_a_visitor_is_a_customer_of_that_business_alone(mesh: Any) -> None:
    _, owner = register(mesh)
    answer = post(mesh, "visitors", {"tenant": owner["tenant"]})
    assert answer.status_code == 201
    claims = claims_of(mesh, answer.json()["access_token"])
    assert (claims["tenant"], claims["roles"]) == (owner["tenant"], ["customer"])
    assert refresh(mesh, answer.json()["refresh_token"]).status_code == 200


@pytest.mark.parametrize("tenant", ["_platform", "T-1", "t-", "t-a b", ""])
def test_there_is_no_visiting_what_is_no_business(mesh: Any, tenant: str) -> None:
    assert post(mesh, "visitors", {"tenant": tenant}).status_code == 422


def test_nobody_visits_a_business_that_there_is_not(mesh: Any) -> None:
    answer = post(mesh, "visitors", {"tenant": f"t-{uuid.uuid4().hex[:16]}"})
    assert (answer.status_code, answer.json()["error_code"]) == (404, "NOT_FOUND")


def test_me_knows_the_business_and_of_an_account_its_e_mail(mesh: Any) -> None:
    email, owner = register(mesh)
    claims = claims_of(mesh, owner["access_token"])
    asked = {"tenant": claims["tenant"], "subject": claims["sub"]}
    business = mesh.get(f"{AUTH}/me", **asked).json()["business"]
    assert business
    assert mesh.get(f"{AUTH}/me", **asked).json()["email"] == email
    key = mesh.get(f"{AUTH}/me", **asked | {"subject": "key-1"}).json()
    assert (key["email"], key["business"]) == (None, business)


def test_me_is_what_the_credential_stands_for(mesh: Any) -> None:
    found = mesh.get(f"{AUTH}/me", subject="u7", roles=("agent",)).json()
    known = {name: found[name] for name in ("subject", "tenant", "roles")}
    assert known == {"subject": "u7", "tenant": mesh.tenant, "roles": ["agent"]}


def key_for(mesh: Any, **wanted: Any) -> dict[str, Any]:
    answer = mesh.post("/api/v1/api-keys", json={"name": "till", **wanted})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_an_api_key_is_shown_once_and_stands_for_its_role(mesh: Any) -> None:
    made = key_for(mesh, role="agent", scopes=["faq-management:read"])
    found = introspect(mesh, made["api_key"])
    assert found["active"] is True
    assert found["tenant"] == mesh.tenant
    assert found["roles"] == ["agent"]
    assert found["scopes"] == ["faq-management:read"]
    listed = mesh.get("/api/v1/api-keys").json()["items"]
    assert [key["id"] for key in listed] == [made["id"]]
    assert not {"api_key", "digest"} & listed[0].keys()
    assert (
        not {"api_key", "digest"}
        & mesh.get(f"/api/v1/api-keys/{made['id']}").json().keys()
    )


def test_a_deleted_api_key_stands_for_nothing(mesh: Any) -> None:
    made = key_for(mesh)
    assert (
        mesh.delete(f"/api/v1/api-keys/{made['id']}", tenant="t-other").status_code
        == 404
    )
    assert introspect(mesh, made["api_key"])["active"] is True
    assert mesh.delete(f"/api/v1/api-keys/{made['id']}").status_code == 204
    assert introspect(mesh, made["api_key"]) == {
        "active": False,
        "tenant": None,
        "subject": None,
        "roles": [],
        "scopes": ["*"],
    }


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"expires_at": "2020-01-01T00:00:00Z"}, 400),
        ({"expires_at": "9999-12-31T23:59:59-14:00"}, 422),
        ({"scopes": ["what is this"]}, 422),
        ({"scopes": ["*", "document-procesing"]}, 422),
        ({"scopes": ["document-procesing:read"]}, 422),
    ],
)
def test_a_key_that_would_be_of_no_use_is_not_made(
    mesh: Any, wrong: dict[str, Any], status: int
) -> None:
    answer = mesh.post("/api/v1/api-keys", json={"name": "till", **wrong})
    assert answer.status_code == status
    assert mesh.get("/api/v1/api-keys").json()["items"] == []


def test_a_scope_of_no_service_is_told_with_the_services_that_there_are(
    mesh: Any,
) -> None:
    wrong = {"name": "till", "scopes": ["*", "document-procesing:read"]}
    told = mesh.post("/api/v1/api-keys", json=wrong).json()["message"]
    assert told.startswith("scopes/1: there is no service document-procesing, only ")
    assert {*told.partition("only ")[2].split(", ")} == {*chassis.contracts()}


def test_an_api_key_ends_when_it_said_it_would(mesh: Any) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=2)
    future = datetime.now(UTC) + timedelta(hours=1)
    short = key_for(mesh, expires_at=soon.isoformat())
    alive = key_for(mesh, expires_at=future.isoformat())
    testing.until(lambda: not introspect(mesh, short["api_key"])["active"])
    assert datetime.now(UTC) >= soon
    assert introspect(mesh, alive["api_key"])["active"] is True


@pytest.mark.parametrize("wrong", ["", "x", "a.b.c", "fk.t-1.x.y", " " * 9, "é.é.é"])
def test_what_is_no_credential_is_inactive(mesh: Any, wrong: str) -> None:
    assert introspect(mesh, wrong)["active"] is False


def test_an_api_key_with_another_secret_is_inactive(mesh: Any) -> None:
    parts = key_for(mesh)["api_key"].split(".")
    assert introspect(mesh, ".".join([*parts[:3], "A" * 43]))["active"] is False


def test_an_admin_makes_no_owners_key(mesh: Any) -> None:
    asked = {"json": {"name": "till", "role": "owner"}}
    assert mesh.post("/api/v1/api-keys", roles=("admin",), **asked).status_code == 403
    assert mesh.post("/api/v1/api-keys", roles=("agent",), **asked).status_code == 403
    assert mesh.post("/api/v1/api-keys", roles=("owner",), **asked).status_code == 201


@pytest.mark.parametrize(
    ("scopes", "status"),
    [(["*"], 201), (["authentication", "faq-management"], 403)],
)
def test_a_key_for_some_services_gives_nobody_rights_to_the_others(
    mesh: Any, scopes: list[str], status: int
) -> None:
    made = key_for(mesh, role="owner", scopes=scopes)
    program = {"subject": f"key-{made['id']}", "roles": ("owner",)}
    email = f"{uuid.uuid4().hex}@example.org"
    member = {"email": email, "password": PASSWORD, "role": "admin"}
    another = {"name": "another", "role": "owner"}
    added = mesh.post(f"{AUTH}/members", json=member, **program)
    assert added.status_code == status, added.text
    assert login(mesh, email).status_code == (200 if status == 201 else 401)
    answer = mesh.post("/api/v1/api-keys", json=another, **program)
    assert answer.status_code == status, answer.text
    assert len(mesh.get("/api/v1/api-keys").json()["items"]) == (
        2 if status == 201 else 1
    )


def test_a_key_that_is_gone_gives_nobody_rights(mesh: Any) -> None:
    made = key_for(mesh, role="owner")
    mesh.delete(f"/api/v1/api-keys/{made['id']}")
    program = {"subject": f"key-{made['id']}", "roles": ("owner",)}
    answer = mesh.post("/api/v1/api-keys", json={"name": "till"}, **program)
    assert answer.status_code == 403


def test_a_repeated_request_for_a_key_makes_one(mesh: Any) -> None:
    asked = {"json": {"name": "till"}, "headers": {"Idempotency-Key": "k1"}}
    first = mesh.post("/api/v1/api-keys", **asked).json()
    assert mesh.post("/api/v1/api-keys", **asked).json() == first
    assert len(mesh.get("/api/v1/api-keys").json()["items"]) == 1


class External:
    """Signs as the external issuer does, and publishes its key."""

    def __init__(self, server: Any) -> None:
        # Each test's issuer has an address of its own: one is bound for good.
        place = f"/{uuid.uuid4().hex}"
        self.url = server.url + place
        self.key = jwk.RSAKey.generate_key(2048, auto_kid=True)
        self.found = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        server.documents[f"{place}/.well-known/openid-configuration"] = self.found
        server.documents[f"{place}/keys"] = {"keys": [self.key.as_dict(private=False)]}

    def terms(self, **more: Any) -> dict[str, Any]:
        return {"issuer": self.url, "audience": "shop", **more}

    def token(self, **claims: Any) -> str:
        now = int(time.time())
        known = {"iss": self.url, "aud": "shop", "sub": "ada", "exp": now + 60}
        header = {"alg": "RS256", "kid": self.key.kid}
        return jwt.encode(header, known | claims, self.key, algorithms=["RS256"])


@pytest.fixture
def external(issuer: Any) -> External:
    return External(issuer)


def test_an_issuers_token_stands_for_what_the_business_said(
    mesh: Any, external: External
) -> None:
    terms = external.terms(roles={"staff": "agent"}, roles_claim="realm.roles")
    assert mesh.put(f"{AUTH}/issuers", json=terms).status_code == 200
    staff = introspect(mesh, external.token(realm={"roles": ["staff", "other"]}))
    assert (staff["tenant"], staff["roles"]) == (mesh.tenant, ["agent"])
    plain = introspect(mesh, external.token())
    assert (plain["active"], plain["roles"]) == (True, ["customer"])
    assert plain["subject"].endswith(":ada")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"exp": int(time.time()) - 3600},
        {"sub": None},
        {"iss": "https://elsewhere.example"},
    ],
)
def test_an_issuers_token_for_another_use_is_inactive(
    mesh: Any, external: External, claims: dict[str, Any]
) -> None:
    mesh.put(f"{AUTH}/issuers", json=external.terms())
    assert introspect(mesh, external.token())["active"] is True
    assert introspect(mesh, external.token(**claims))["active"] is False


def test_a_token_under_another_key_is_inactive(
    mesh: Any, external: External, issuer: Any
) -> None:
    mesh.put(f"{AUTH}/issuers", json=external.terms())
    other = External(issuer)
    other.url = external.url
    assert introspect(mesh, other.token())["active"] is False


def test_an_issuer_leads_to_one_business(mesh: Any, external: External) -> None:
    assert mesh.put(f"{AUTH}/issuers", json=external.terms()).status_code == 200
    stolen = mesh.put(f"{AUTH}/issuers", json=external.terms(), tenant="t-thief")
    assert stolen.status_code == 409
    assert introspect(mesh, external.token())["tenant"] == mesh.tenant


def test_an_issuer_is_whose_the_operator_says_whoever_was_first(
    mesh: Any, external: External, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = partial(mesh.put, f"{AUTH}/issuers", json=external.terms())
    assert put(tenant="t-thief").status_code == 200
    assert put().status_code == 409
    says = importlib.import_module("services.infrastructure.authentication.app")
    monkeypatch.setitem(says.trusted._owners, external.url, mesh.tenant)
    assert introspect(mesh, external.token())["active"] is False
    assert put().status_code == 200
    assert introspect(mesh, external.token())["tenant"] == mesh.tenant
    assert put(tenant="t-thief").status_code == 409


@pytest.mark.parametrize(
    "admitted", ["https://a.example/x", "a.example=t-1", "https://a.example=b"]
)
def test_what_is_neither_a_host_nor_an_issuer_of_a_tenant_is_not_passed_over(
    admitted: str,
) -> None:
    with pytest.raises(ValueError, match="neither a host nor"):
        Issuers("-", None, admitted, chassis)


def test_of_a_host_that_is_not_admitted_only_the_named_issuer_is() -> None:
    admitted = "https://x.example/a=t-1 y.example"
    issuers = Issuers("-", None, admitted, chassis)
    addresses = [
        f"https://{each}" for each in ("x.example/a", "x.example/b", "y.example/z")
    ]
    assert [issuers.is_admitted(each) for each in addresses] == [True, False, True]


def test_a_deleted_issuer_is_trusted_no_more_and_stays_its_business(
    mesh: Any, external: External
) -> None:
    id = mesh.put(f"{AUTH}/issuers", json=external.terms()).json()["id"]
    assert mesh.delete(f"{AUTH}/issuers/{id}").status_code == 204
    assert introspect(mesh, external.token())["active"] is False
    again = {"json": external.terms()}
    assert mesh.put(f"{AUTH}/issuers", tenant="t-thief", **again).status_code == 409
    assert mesh.put(f"{AUTH}/issuers", **again).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "https://internal.example",
        "http://169.254.169.254",
        "https://u@{host}/",
        "https://{host}/?x",
    ],
)
def test_only_admitted_hosts_are_issuers(mesh: Any, issuer: Any, address: str) -> None:
    asked = {"issuer": address.format(host=issuer.host), "audience": "shop"}
    assert mesh.put(f"{AUTH}/issuers", json=asked).status_code == 400


@pytest.mark.parametrize(
    "lie",
    [{"jwks_uri": "https://internal.example/keys"}, {"issuer": "https://x.example"}],
)
def test_an_issuers_document_leads_nowhere_else(
    mesh: Any, external: External, lie: dict[str, str]
) -> None:
    external.found |= lie
    mesh.put(f"{AUTH}/issuers", json=external.terms())
    assert introspect(mesh, external.token())["active"] is False


def test_an_issuer_that_publishes_nothing_vouches_for_nobody(
    mesh: Any, external: External, issuer: Any
) -> None:
    issuer.documents.clear()
    mesh.put(f"{AUTH}/issuers", json=external.terms())
    assert introspect(mesh, external.token())["active"] is False


def test_an_issuers_keys_are_asked_for_once(
    mesh: Any, external: External, issuer: Any
) -> None:
    mesh.put(f"{AUTH}/issuers", json=external.terms())
    issuer.asked.clear()
    assert all(introspect(mesh, external.token())["active"] for _ in range(3))
    assert len(issuer.asked) == 2


def test_the_published_keys_hold_nothing_private(mesh: Any) -> None:
    keys = mesh.get("/.well-known/jwks.json", tenant=None).json()["keys"]
    assert keys
    assert all("d" not in key and key["alg"] == "ES256" for key in keys)


def test_an_issuer_may_begin_to_sign_with_another_key(
    mesh: Any, external: External, issuer: Any
) -> None:
    mesh.put(f"{AUTH}/issuers", json=external.terms())
    assert introspect(mesh, external.token())["active"] is True
    external.key = jwk.RSAKey.generate_key(2048, auto_kid=True)
    path = external.url.removeprefix(issuer.url) + "/keys"
    issuer.documents[path]["keys"].append(external.key.as_dict(private=False))
    assert introspect(mesh, external.token())["active"] is True


def sign_in(mesh: Any, email: str, **headers: str) -> Any:
    return post(
        mesh, "sessions", {"email": email, "password": PASSWORD}, headers=headers
    )


def cookie_of(answer: Any) -> str:
    assert answer.status_code == 201, answer.text
    return answer.cookies["filigree_session"]


def end(mesh: Any, session: str, subject: str) -> Any:
    body = {"session": session}
    return mesh.post(f"{AUTH}/logout", json=body, subject=subject)


def test_a_browsers_cookie_stands_for_its_account_until_it_signs_out(mesh: Any) -> None:
    email, _ = register(mesh)
    answer = sign_in(mesh, email)
    cookie, session = cookie_of(answer), answer.json()
    known = introspect(mesh, cookie)
    assert (known["tenant"], known["roles"]) == (mesh.tenant, ["owner"])
    assert known["subject"] == session["subject"]
    assert cookie not in answer.text
    assert end(mesh, session["id"], subject="another").status_code == 401
    assert introspect(mesh, cookie)["active"] is True
    ended = end(mesh, session["id"], subject=session["subject"])
    assert ended.status_code == 204
    assert "filigree_session=;" in ended.headers["set-cookie"]
    assert introspect(mesh, cookie) == introspect(mesh, "nothing")


def test_only_the_csrf_token_is_for_scripts_and_none_is_for_other_sites(
    mesh: Any,
) -> None:
    email, _ = register(mesh)
    plain = sign_in(mesh, email).headers.get_list("set-cookie")
    secure = sign_in(mesh, email, **{"X-Forwarded-Proto": "https"})
    assert [each.split("=")[0] for each in plain] == [
        "filigree_device",
        "filigree_session",
        "filigree_csrf",
    ]
    assert ["HttpOnly" in each for each in plain] == [True, True, False]
    assert ["Path=/api/v1/auth;" in each for each in plain] == [True, False, False]
    assert all("SameSite=Strict" in each for each in plain)
    assert not any("Secure" in each for each in plain)
    assert all("Secure" in each for each in secure.headers.get_list("set-cookie"))


def test_a_cookie_is_no_refresh_token_nor_the_other_way_round(mesh: Any) -> None:
    email, first = register(mesh)
    cookie, token = cookie_of(sign_in(mesh, email)), first["refresh_token"]
    for secret in (cookie, "fr" + cookie[2:]):
        assert refresh(mesh, secret).status_code == 401
    for secret in (token, "fb" + token[2:]):
        assert introspect(mesh, secret)["active"] is False
    assert introspect(mesh, cookie)["active"] is True
    assert refresh(mesh, token).status_code == 200


def test_a_wrong_password_gets_no_cookie(mesh: Any) -> None:
    email, _ = register(mesh)
    answer = post(mesh, "sessions", {"email": email, "password": "wrong password"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
