"""Which credential a request carries, and when a cookie is none."""

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
        ({"authorization": "Basic t"}, {}, "Basic"),
        ({"authorization": "Bearer"}, BOTH, "Bearer"),
        ({"x-api-key": "k", "authorization": "Bearer t"}, {}, "k"),
        ({}, {"filigree_session": "s"}, "s"),
    ],
)
def test_a_header_counts_before_a_cookie(
    headers: dict[str, str], cookies: dict[str, str], found: str
) -> None:
    assert credentials.sent("GET", headers, cookies) == found


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("said", [{}, {"x-csrf-token": "x"}, {"x-csrf-token": "é"}])
def test_a_cookie_moves_nothing_without_its_repeated_token(
    method: str, said: dict[str, str]
) -> None:
    with pytest.raises(credentials.CrossSite):
        credentials.sent(method, said, BOTH)
    assert credentials.sent(method, {"x-csrf-token": "c"}, BOTH) == "s"


def test_an_empty_token_repeats_nothing() -> None:
    with pytest.raises(credentials.CrossSite):
        credentials.sent("POST", {"x-csrf-token": ""}, {"filigree_session": "s"})
