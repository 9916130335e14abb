"""Queries: order, pages, fields, counts, groups, and the index behind a filter."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import docstore
import json_filters

pytestmark = pytest.mark.anyio


async def fill(tenant: Any, *bodies: dict[str, Any], collection: str = "c") -> None:
    await tenant.commit(
        *(
            {
                "op": "put",
                "collection": collection,
                "id": f"d{n:04}",
                "document": {"body": body},
            }
            for n, body in enumerate(bodies)
        )
    )


async def pages(tenant: Any, **asked: Any) -> list[list[str]]:
    found, cursor = [], None
    while True:
        page = await tenant.query(cursor=cursor, **asked)
        found.append([item.id for item in page.items])
        cursor = page.cursor
        if cursor is None:
            return found


values = (
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "B"])
)
rows = st.lists(
    st.fixed_dictionaries(
        {}, optional={"x": values, "y": st.fixed_dictionaries({"z": values})}
    ),
    max_size=12,
)


def rank(value: Any) -> tuple[int, Any]:
    """jsonb's order of scalars: null, strings, numbers, booleans."""
    match value:
        case None:
            return (0, 0)
        case str():
            return (1, value)
        case bool():
            return (3, value)
    return (2, value)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(bodies=rows, limit=st.integers(1, 5), x=st.booleans(), z=st.booleans())
async def test_pages_in_any_order_are_the_whole_without_repeats(
    a_tenant_of: Any, store: Any, bodies: list[Any], limit: int, x: bool, z: bool
) -> None:
    tenant = a_tenant_of(store)
    await fill(tenant, *bodies)
    sort = [{"path": "x", "descending": x}, {"path": "y.z", "descending": z}]
    found = await pages(tenant, sort=sort, limit=limit)
    order = list(range(len(bodies)))
    if not (x and z):
        order.sort()
    else:
        order.sort(reverse=True)
    order.sort(key=lambda n: rank(bodies[n].get("y", {}).get("z")), reverse=z)
    order.sort(key=lambda n: rank(bodies[n].get("x")), reverse=x)
    assert [id for page in found for id in page] == [f"d{n:04}" for n in order]
    assert all(len(page) == limit for page in found[:-1])


async def test_a_page_is_not_disturbed_by_what_is_written_behind_it(
    tenant: Any,
) -> None:
    await fill(tenant, *({"n": n} for n in range(6)))
    first = await tenant.query(sort=[{"path": "n"}], limit=3)
    await tenant.put("d0000", {"n": 0.5})
    await tenant.put("early", {"n": -1})
    await tenant.delete("d0004")
    second = await tenant.query(sort=[{"path": "n"}], limit=3, cursor=first.cursor)
    assert [item.id for item in second.items] == ["d0003", "d0005"]
    assert second.cursor is None


async def test_a_cursor_is_good_for_its_own_query_only(tenant: Any) -> None:
    await fill(tenant, *({"n": n} for n in range(3)))
    cursor = (await tenant.query(sort=[{"path": "n"}], limit=1)).cursor
    for asked in (
        {"sort": [{"path": "n", "descending": True}]},
        {"sort": [{"path": "n"}], "filter": {"n": 1}},
        {},
    ):
        with pytest.raises(docstore.Unusable, match="another query"):
            await tenant.query(cursor=cursor, **asked)
    for forged in ("", "x", "é", cursor[:-3], cursor[3:], "bnVsbA", "W10", "x" * 20000):
        if forged:
            with pytest.raises(docstore.Unusable):
                await tenant.query(sort=[{"path": "n"}], cursor=forged)


async def test_fields_keep_what_is_there_and_only_that(tenant: Any) -> None:
    await fill(tenant, {"a": {"b": None, "c": 1}, "d": [1], "e.f": 2, "g": 3})
    page = await tenant.query(fields=["a.b", "a.x", "d", r"e\.f", "nothing"])
    assert page.items[0].body == {"a": {"b": None}, "d": [1], "e.f": 2}


async def test_groups_measure_numbers_and_nothing_else(tenant: Any) -> None:
    await fill(
        tenant,
        {"kind": "a", "n": 1.5, "place": {"city": "x"}},
        {"kind": "a", "n": 2.5, "place": {"city": "x"}},
        {"kind": "a", "n": "9", "place": {"city": "y"}},
        {"kind": "b"},
        {},
    )
    page = await tenant.query(
        group=["kind"],
        measures={
            "all": {"function": "count"},
            "with": {"function": "count", "path": "n"},
            "sum": {"function": "sum", "path": "n"},
            "avg": {"function": "avg", "path": "n"},
            "min": {"function": "min", "path": "n"},
            "max": {"function": "max", "path": "n"},
        },
    )
    measured = {tuple(group.keys): group.measures for group in page.groups}
    of_a = {"all": 3, "with": 3, "sum": 4.0, "avg": 2.0, "min": 1.5, "max": 2.5}
    nothing = {"with": 0, "sum": None, "avg": None, "min": None, "max": None}
    assert measured == {
        ("a",): of_a,
        ("b",): {"all": 1, **nothing},
        (None,): {"all": 1, **nothing},
    }
    assert page.groups[0].keys == ["a"]


async def test_measures_without_groups_are_of_everything(tenant: Any) -> None:
    await fill(tenant, {"n": 1}, {"n": 2}, {"n": 40})
    total = {"total": {"function": "sum", "path": "n"}}
    page = await tenant.query(filter={"n": {"lt": 10}}, measures=total)
    assert [(group.keys, group.measures) for group in page.groups] == [
        ([], {"total": 3.0})
    ]
    grouped = await tenant.query(group=["n"])
    assert [group.measures for group in grouped.groups] == [{"count": 1.0}] * 3


MONEY = st.integers(-(10**6), 10**6).map(lambda cents: cents / 100)
NUMBERS = st.integers(-(10**30), 10**30) | MONEY | st.floats(-1e308, 1e308)


@settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(numbers=st.lists(NUMBERS, min_size=1, max_size=8))
async def test_a_sum_is_that_of_the_decimals_and_whole_where_they_are(
    tenant: Any, numbers: list[float]
) -> None:
    await tenant.commit({"op": "delete-all", "filter": {}})
    await fill(tenant, *({"n": n} for n in numbers))
    total = {"sum": {"function": "sum", "path": "n"}}
    [group] = (await tenant.query(measures=total)).groups
    exact = sum(Fraction(repr(n)) for n in numbers)
    is_whole = exact.denominator == 1 or abs(exact) > 2**53
    told = group.measures["sum"]
    assert told == (int if is_whole else float)(exact)
    assert isinstance(told, int) == is_whole


async def test_sums_of_minor_units_are_exact_beyond_what_a_float_counts(
    tenant: Any,
) -> None:
    await fill(tenant, {"n": 2**53}, {"n": 1}, {"n": 1e308}, {"n": 1e308})
    total = {"sum": {"function": "sum", "path": "n"}}
    for n, exact in ((2**53, 2**53 + 1), (1e307, 2 * 10**308)):
        those = {"n": {"lte" if n < 1e300 else "gt": n}}
        [group] = (await tenant.query(measures=total, filter=those)).groups
        assert group.measures == {"sum": exact}


async def test_a_page_ends_early_before_it_grows_too_large(tenant: Any) -> None:
    large = "x" * (1 << 19)
    for n in range(20):
        await tenant.put(f"d{n:02}", {"x": large})
    found = await pages(tenant, limit=1000)
    assert len(found) > 1
    assert sum(map(len, found)) == 20


async def test_a_bad_path_or_filter_is_refused_with_its_place(tenant: Any) -> None:
    for asked in (
        {"filter": {"any": [{"a": {"like": 1}}]}},
        {"sort": [{"path": "a..b"}]},
        {"fields": [""]},
        {"group": ["."]},
    ):
        with pytest.raises(json_filters.BadFilter):
            await tenant.query(**asked)


def nodes(plan: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    below = [node for inner in plan.get("Plans", ()) for node in nodes(inner, kind)]
    return [plan, *below] if plan["Node Type"] == kind else below


async def test_a_filter_uses_its_index_as_the_application(
    tenant: Any, other_tenant: Any, owner: Any
) -> None:
    bodies = [{"n": n, "state": "open" if n % 50 else "rare"} for n in range(3000)]
    await fill(tenant, *bodies)
    await fill(other_tenant, *bodies)
    await fill(tenant, *bodies, collection="another")
    await owner.execute("VACUUM ANALYZE documents")
    found = await tenant.explain(filter={"state": "rare"})
    # Only this tenant's and collection's 60 were looked at, of 180 with the value.
    scans = nodes(found["plan"], "Bitmap Index Scan")
    read = {node["Index Name"]: node["Actual Rows"] for node in scans}
    assert read["documents_body"] == 60
    async with tenant.store.session(tenant.name) as session:
        assert await session.db.fetchval("SELECT current_user") == "filigree_app"


async def test_the_index_needs_its_leakproof_mark(tenant: Any, owner: Any) -> None:
    await fill(tenant, *({"n": n} for n in range(3000)))
    await owner.execute("VACUUM ANALYZE documents")
    mark = "ALTER FUNCTION pg_catalog.jsonb_path_match_opr(jsonb, jsonpath) {}"
    assert "documents_body" in (await tenant.explain(filter={"n": 7}))["indexes"]
    await owner.execute(mark.format("NOT LEAKPROOF"))
    try:
        without = await tenant.explain(filter={"n": 7})
    finally:
        await owner.execute(mark.format("LEAKPROOF"))
    assert "documents_body" not in without["indexes"]
