"""Which credential a request carries, and when a cookie is none."""

from types import SimpleNamespace

import pytest

import credentials

BOTH = {"filigree_session": "s", "filigree_csrf": "c"}


@pytest.mark.parametrize(
    ("headers", "cookies", "found"),
    [
        ({}, {}, ""),
        ({"authorization": "Bearer t"}, {}, "t"),
        ({"authorization": "bearer  t "}, {}, "t"),
        ({"authorization": "Bearer t"}, BOTH, "t"),
        ({"authorization": "Basic t"}, {}, "-"),
        ({"authorization": "t"}, {}, "-"),
        ({"authorization": "Bearer"}, BOTH, "-"),
        ({"authorization": "Bearer "}, BOTH, "-"),
        ({"x-api-key": "k", "authorization": "Bearer t"}, {}, "k"),
        ({}, {"filigree_session": "s"}, "s"),
    ],
)
def test_a_header_counts_before_a_cookie(
    headers: dict[str, str], cookies: dict[str, str], found: str
) -> None:
    assert credentials.sent("GET", headers, cookies) == found


def test_each_scheme_that_is_described_is_one_that_is_read() -> None:
    schemes = credentials.SCHEMES
    assert schemes["bearer"]["scheme"] == "bearer"
    bearer = {"authorization": "bearer t"}
    assert credentials.sent("GET", bearer, {}) == "t"
    header = {schemes["key"]["name"].lower(): "k"}
    assert credentials.sent("GET", header, {}) == "k"
    assert credentials.sent("GET", {}, {schemes["session"]["name"]: "s"}) == "s"


def csrf_of(session: str) -> str:
    """The token that the session's browser got with its cookie."""
    answer: list[str] = []
    headers = SimpleNamespace(append=lambda _, value: answer.append(value))
    credentials.set_cookies({}, headers, session, 60)
    return answer[1].partition(";")[0].removeprefix("filigree_csrf=")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("said", ["", "x", "é", csrf_of("another")])
def test_a_cookie_moves_nothing_without_the_token_of_its_session(
    method: str, said: str
) -> None:
    planted = {"filigree_session": "s", "filigree_csrf": said}
    with pytest.raises(credentials.CrossSite):
        credentials.sent(method, {"x-csrf-token": said} if said else {}, planted)
    assert credentials.sent(method, {"x-csrf-token": csrf_of("s")}, BOTH) == "s"


@pytest.mark.parametrize(
    ("origin", "host", "is_ours"),
    [
        ("https://shop.example", "shop.example", True),
        ("http://127.0.0.1:8000", "127.0.0.1", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("https://evil.example", "shop.example", False),
        ("https://shop.example.evil.example", "shop.example", False),
        ("null", "shop.example", False),
        ("null", "", False),
        ("http://[", "shop.example", False),
    ],
)
def test_a_cookie_moves_nothing_from_another_sites_page(
    origin: str, host: str, is_ours: bool
) -> None:
    headers = {"x-csrf-token": csrf_of("s"), "origin": origin, "host": host}
    if is_ours:
        assert credentials.sent("POST", headers, BOTH) == "s"
        return
    with pytest.raises(credentials.CrossSite):
        credentials.sent("POST", headers, BOTH)
