"""Access tokens: who signed them, for whom, until when."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk, jwt

import credentials
from credentials._tokens import Ring
from encryption import Seal

SECRET = b"0123456789abcdef0123456789abcdef"
SEAL = Seal(SECRET)
SEALED = [Ring.new_key(SEAL), Ring.new_key(SEAL)]
OLD, RING = Ring.opened(SEALED[:1], SEAL), Ring.opened(SEALED, SEAL)
CLAIMS = {"iss": "filigree", "aud": "filigree", "sub": "u1"}


def verify(token: str, ring: Ring = RING) -> dict[str, Any]:
    known = {"issuer": "filigree", "audience": "filigree"}
    return credentials.verify(token, ring.public(), **known)


def test_a_token_is_verified_by_every_key_of_the_ring() -> None:
    assert verify(OLD.issue(CLAIMS, 60))["sub"] == "u1"
    assert verify(RING.issue(CLAIMS, 60))["sub"] == "u1"


def test_a_token_of_a_key_that_is_gone_is_bad() -> None:
    with pytest.raises(credentials.BadToken):
        verify(RING.issue(CLAIMS, 60), OLD)


@pytest.mark.parametrize(
    "claims", [{"iss": "x"}, {"aud": "x"}, {"sub": None}, {"exp": time.time() - 99}]
)
def test_a_token_for_another_use_is_bad(claims: dict[str, Any]) -> None:
    known = {**CLAIMS, "exp": int(time.time()) + 60, **claims}
    known = {name: value for name, value in known.items() if value is not None}
    key = RING._keys[-1]
    token = jwt.encode({"alg": "ES256", "kid": key.kid}, known, key)
    with pytest.raises(credentials.BadToken):
        verify(token)


def test_a_token_without_an_end_is_bad() -> None:
    key = RING._keys[-1]
    token = jwt.encode({"alg": "ES256", "kid": key.kid}, CLAIMS, key)
    with pytest.raises(credentials.BadToken):
        verify(token)


def test_another_algorithm_is_refused_whatever_the_signature() -> None:
    public = RING.public()["keys"][-1]
    known = {**CLAIMS, "exp": int(time.time()) + 60}
    shared = jwk.OctKey.import_key(public["x"])
    token = jwt.encode({"alg": "HS256", "kid": public["kid"]}, known, shared)
    with pytest.raises(credentials.BadToken):
        verify(token)
    unsigned = "eyJhbGciOiJub25lIn0." + token.split(".")[1] + "."
    with pytest.raises(credentials.BadToken):
        verify(unsigned)


@given(st.text(max_size=60) | st.from_regex(r"[\w-]{0,9}\.[\w-]{0,9}\.[\w-]{0,9}"))
def test_any_other_text_is_a_bad_token(text: str) -> None:
    with pytest.raises(credentials.BadToken):
        verify(text)


def test_sealed_keys_open_under_their_own_secret_alone() -> None:
    with pytest.raises(credentials.BadToken):
        Ring.opened(SEALED, Seal(SECRET[::-1]))
    assert '"d"' not in str(RING.public())
    assert "crv" not in "".join(SEALED)
