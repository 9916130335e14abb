"""Who has a secret opens what was sealed under it, for the same use."""

import pytest

from encryption import Broken, Seal


def test_what_is_sealed_opens_under_its_own_secret_alone() -> None:
    sealed = Seal.of("s" * 16, "a").close({"password": "hunter2"})
    assert "hunter2" not in sealed
    assert Seal.of("s" * 16, "a").open(sealed) == {"password": "hunter2"}
    for other in (Seal.of("t" * 16, "a"), Seal.of("s" * 16, "b")):
        with pytest.raises(Broken):
            other.open(sealed)
