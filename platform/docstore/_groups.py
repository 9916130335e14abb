"""Groups: what documents have in common, and what their numbers come to."""

from decimal import Decimal

from contracts.infrastructure.database import Group, Measure, Query
from docstore._statement import Statement

LARGEST = 1000  # groups
SINGLY = 2**53  # beyond it floats are whole, and do not count one by one
COUNT = {"count": Measure(function="count")}


async def groups(made: Statement, asked: Query) -> list[Group]:
    """The groups, largest first; without ``group`` a single one of everything."""
    where = made.matching(asked.filter)
    keys = [made.place(path) for path in asked.group]
    wanted = asked.measures or COUNT
    picked = [f"{key} AS k{n}" for n, key in enumerate(keys)]
    picked += [
        f"({_measure(made, measure)})::numeric AS m{n}"
        for n, measure in enumerate(wanted.values())
    ]
    rows = await made.session.db.fetch(
        f"SELECT {', '.join(picked)} FROM documents WHERE {where} "
        f"{_grouped(len(keys))} LIMIT {LARGEST}",
        *made.values,
    )
    return [
        Group(
            keys=row[: len(keys)],
            measures=dict(zip(wanted, map(_number, row[len(keys) :]), strict=True)),
        )
        for row in map(list, rows)
    ]


def _grouped(keys: int) -> str:
    if not keys:
        return ""
    numbers = ", ".join(str(n + 1) for n in range(keys))
    return f"GROUP BY {numbers} ORDER BY count(*) DESC, {numbers}"


def _measure(made: Statement, measure: Measure) -> str:
    """An aggregate of the numbers at a path; what is no number does not count."""
    if measure.path is None:
        return "count(*)"
    place = made.place(measure.path)
    if measure.function == "count":
        return f"count({place})"
    number = f"CASE jsonb_typeof({place}) WHEN 'number' THEN ({place})::numeric END"
    return f"{measure.function}({number})"


def _number(exact: Decimal | None) -> int | float | None:
    """A whole number as it is, however large, another as the nearest float; none is
    beyond what a float is."""
    if exact is None:
        return None
    is_whole = exact == exact.to_integral_value() or abs(exact) > SINGLY
    return int(exact) if is_whole else float(exact)
