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


def test_of_several_secrets_the_first_seals_and_each_opens() -> None:
    old, new = Seal.of("old", "a"), Seal.of("new", "a")
    both = Seal.of("new,old", "a")
    assert both.open(old.close({"k": 1})) == both.open(new.close({"k": 1})) == {"k": 1}
    assert new.open(both.close({"k": 2})) == {"k": 2}
    assert both.is_current(new.close({}))
    assert not both.is_current(old.close({}))
    with pytest.raises(Broken):
        both.open(Seal.of("third", "a").close({}))
