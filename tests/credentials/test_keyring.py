"""Signing keys come, are published, sign and go, in every replica alike."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import credentials


class Documents:
    """One document in memory, by version."""

    def __init__(self) -> None:
        self.value, self.version = None, 0

    def model(self, keys: list[Any]) -> Any:
        made = [k if hasattr(k, "sealed") else SimpleNamespace(**k) for k in keys]
        return SimpleNamespace(keys=made)

    async def find_as(self, tenant: str, id: str) -> tuple[Any, int]:
        # Others come to run here, as they do while a database answers.
        found = self.value, self.version
        await asyncio.sleep(0)
        return found

    async def put_as(
        self, tenant: str, id: str, value: Any, version: int, **_: Any
    ) -> bool:
        if version != self.version:
            return False
        self.value, self.version = value, version + 1
        return True

    def age(self, days: float) -> None:
        for key in self.value.keys:
            key.created_at -= timedelta(days=days)


def replica(documents: Documents, secret: str = "a secret") -> credentials.Keyring:
    return credentials.Keyring("_platform", documents, secret)


def kids(keyring: credentials.Keyring) -> list[str]:
    return [key["kid"] for key in asyncio.run(keyring.public())["keys"]]


def signer(keyring: credentials.Keyring) -> str:
    import base64
    import json

    token = asyncio.run(keyring.issue({}, 60))
    head = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]


def test_replicas_that_begin_together_have_one_key() -> None:
    documents = Documents()

    async def begin() -> list[Any]:
        return await asyncio.gather(*(replica(documents).public() for _ in range(5)))

    rings = asyncio.run(begin())
    assert len(rings[0]["keys"]) == 1
    assert rings.count(rings[0]) == 5


def test_a_key_is_replaced_after_thirty_days_and_goes_after_sixty() -> None:
    documents = Documents()
    [first] = kids(replica(documents))
    documents.age(29.9)
    assert kids(replica(documents)) == [first]
    documents.age(0.2)
    both = kids(replica(documents))
    assert len(both) == 2
    assert first in both
    documents.age(29.9)
    rest = kids(replica(documents))
    assert first not in rest


def test_a_new_key_is_published_before_it_signs() -> None:
    documents = Documents()
    [first] = kids(replica(documents))
    documents.age(30.1)
    assert signer(replica(documents)) == first
    documents.age(1 / 24)
    assert signer(replica(documents)) != first


def test_another_secret_opens_nothing() -> None:
    documents = Documents()
    kids(replica(documents))
    with pytest.raises(credentials.BadToken):
        kids(replica(documents, "another"))


def test_a_secret_is_replaced_without_a_new_key() -> None:
    documents = Documents()
    [first] = kids(replica(documents, "old"))
    for secret in ("old,new", "new,old"):
        assert kids(replica(documents, secret)) == [first]
    documents.age(31)
    renewed = replica(documents, "new,old")
    assert len(kids(renewed)) == 2
    documents.age(30)  # the one that the old secret sealed verifies no longer
    assert first not in kids(replica(documents, "new"))


def test_a_key_made_now_is_dated_now() -> None:
    documents = Documents()
    kids(replica(documents))
    assert abs(datetime.now(UTC) - documents.value.keys[0].created_at).seconds < 60
