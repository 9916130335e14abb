"""Passwords are slow to look at by intent: how many may wait for that is bounded."""

import asyncio

import pytest

from admission import Admission, Crowded
from credentials import _passwords
from credentials._passwords import hash_password, is_password


def test_beyond_those_who_may_wait_one_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_passwords, "_turns", Admission(1, most=2, seconds=None))

    async def five() -> list[object]:
        tries = (is_password(None, "a password") for _ in range(5))
        return await asyncio.gather(*tries, return_exceptions=True)

    told = asyncio.run(five())
    assert told[:3] == [False] * 3
    assert [type(each) for each in told[3:]] == [Crowded] * 2


def test_who_tries_one_account_often_holds_up_nobody_at_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_passwords, "_turns", Admission(1, seconds=None))
    ended = list[str]()

    async def tried(encoded: str, who: str) -> None:
        assert await is_password(encoded, who)
        ended.append(who)

    async def run() -> None:
        guessed = await hash_password("guessed")
        own = await hash_password("own")
        tries = [tried(guessed, "guessed") for _ in range(4)]
        await asyncio.gather(*tries, tried(own, "own"))

    asyncio.run(run())
    assert ended.index("own") <= 2
