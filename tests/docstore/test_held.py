"""What is held is indexed, and found by no search until it is released."""

from typing import Any

import pytest

pytestmark = pytest.mark.anyio
QUESTIONS: list[dict[str, Any]] = [
    {"text": "water"},
    {"text": "water", "filter": {"of": {"in": ["old", "new"]}}},
]


def put(id: str, of: str, text: str = "water", **index: Any) -> dict[str, Any]:
    found_by = {"space": "s", "text": text, "held": of == "new"} | index
    return {"op": "put", "id": id, "document": {"body": {"of": of}, "index": found_by}}


async def found(tenant: Any, **asked: Any) -> set[str]:
    hits = (await tenant.search(space="s", k=50, **asked)).hits
    return {hit.id for hit in hits}


@pytest.fixture
async def prepared(tenant: Any) -> Any:
    """The tenant, with ten documents that are found and ten that will take their
    place."""
    each = [(f"{of}{n}", of) for of in ("old", "new") for n in range(10)]
    await tenant.commit(*(put(id, of) for id, of in each))
    return tenant


OLD, NEW = ({f"{of}{n}" for n in range(10)} for of in ("old", "new"))


@pytest.mark.parametrize("asked", QUESTIONS)
async def test_what_is_held_takes_the_place_of_something_else_in_one_moment(
    prepared: Any, asked: dict[str, Any]
) -> None:
    assert await found(prepared, **asked) == OLD
    await prepared.commit(
        {"op": "delete-all", "filter": {"of": "old"}},
        {"op": "release-all", "filter": {"of": "new"}},
    )
    assert await found(prepared, **asked) == NEW


async def test_only_what_the_filter_finds_is_released(prepared: Any) -> None:
    await prepared.commit({"op": "release-all", "filter": {"of": "other"}})
    assert await found(prepared, text="water") == OLD


async def test_a_filter_that_few_pass_finds_nothing_that_is_held(prepared: Any) -> None:
    assert await found(prepared, text="water", filter={"of": "new"}) == set()


async def test_nothing_that_is_held_is_near_to_a_vector(
    prepared: Any, vector: Any
) -> None:
    here = vector([1.0, 0.0])
    await prepared.commit(put("seen", "old", vector=here))
    await prepared.commit(put("unseen", "new", vector=here))
    assert await found(prepared, vector=here) == {"seen"}


@pytest.mark.parametrize("index", [{"text": "fire"}, {"text": None}])
async def test_what_is_held_stays_so_when_it_is_patched(
    prepared: Any, index: dict[str, Any], vector: Any
) -> None:
    given = {"space": "s", "vector": vector([1.0, 0.0])} | index
    await prepared.commit({"op": "patch", "id": "new1", "patch": {"index": given}})
    assert await found(prepared, text="water fire") == OLD
    await prepared.commit({"op": "release-all", "filter": {"of": "new"}})
    assert await found(prepared, text="water fire") == OLD | NEW


async def test_what_is_held_is_deleted_as_anything_else(prepared: Any) -> None:
    await prepared.commit({"op": "delete-all", "filter": {"of": "new"}})
    await prepared.commit({"op": "release-all", "filter": {}})
    assert await found(prepared, text="water") == OLD
