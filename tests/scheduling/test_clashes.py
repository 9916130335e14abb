"""Clashes are found and moved away, against every possible set of moves."""

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

import scheduling
from scheduling import Appointment

STEP = 15
# Mostly the same one, so that much clashes.
RESOURCES = st.sampled_from([frozenset("r"), frozenset("r"), frozenset("rs")])


@st.composite
def calendars(draw: st.DrawFn, most: int = 4) -> list[Appointment]:
    made = []
    for n in range(draw(st.integers(0, most))):
        start, minutes = draw(st.integers(0, 18)) * 5, draw(st.integers(3, 9)) * 5
        early, late = draw(st.integers(0, 50)), draw(st.integers(0, 50))
        if draw(st.integers(0, 3)) == 0:
            early = late = 0
        span = (start - early, start + late)
        made.append(Appointment(str(n), start, minutes, draw(RESOURCES), *span))
    return made


def at(one: Appointment, start: int) -> Appointment:
    return Appointment(
        one.id, start, one.minutes, one.resources, one.earliest, one.latest
    )


def are_free(appointments: tuple[Appointment, ...]) -> bool:
    return not any(scheduling.overlap(a, b) for a, b in combinations(appointments, 2))


def ways(given: list[Appointment]) -> list[tuple[int, int]]:
    """How many moves and minutes each way takes after which nothing clashes."""
    choices = [
        [
            at(one, start)
            for start in range(one.start - 60, one.start + 61, STEP)
            if one.earliest <= start <= one.latest
        ]
        for one in given
    ]
    shifts = (
        [abs(a.start - b.start) for a, b in zip(each, given, strict=True)]
        for each in product(*choices)
        if are_free(each)
    )
    return [(sum(1 for s in shift if s), sum(shift)) for shift in shifts]


@settings(max_examples=300, deadline=None)
@given(calendars())
def test_the_moves_are_the_fewest_and_of_those_the_smallest(
    given: list[Appointment],
) -> None:
    found = scheduling.resolve(given, STEP)
    possible = ways(given)
    if not possible:
        assert found.stuck
        return
    assert found.stuck == ()
    assert found.optimal
    now = {one.id: one for one in given} | {one.id: one for one in found.moved}
    assert are_free(tuple(now.values()))
    away = [abs(now[one.id].start - one.start) for one in given]
    assert (len(found.moved), sum(away)) == min(possible)
    assert all(one.earliest <= one.start <= one.latest for one in found.moved)


@settings(max_examples=200)
@given(calendars(most=8))
def test_every_pair_that_overlaps_is_a_clash_and_no_other(
    given: list[Appointment],
) -> None:
    found = scheduling.clashes(given)
    expected = {
        (frozenset((a.id, b.id)), resource)
        for a, b in combinations(given, 2)
        for resource in a.resources & b.resources
        if max(a.start, b.start) < min(a.end, b.end)
    }
    assert {(frozenset((c.first, c.second)), c.resource) for c in found} == expected
    assert len(found) == len(expected)
    assert all(c.start < c.end for c in found)


def test_what_is_fixed_stays_and_stays_in_the_way() -> None:
    room = frozenset({"room"})
    fixed = [Appointment(name, 0, 60, room, 0, 0) for name in ("a", "b")]
    loose = Appointment("c", 30, 30, room, -600, 600)
    found = scheduling.resolve([*fixed, loose], STEP)
    assert [(one.id, one.start) for one in found.moved] in ([("c", 60)], [("c", -30)])
    assert found.stuck == (("a", "b"),)


def test_a_day_with_thirty_clashes_has_an_answer_that_is_free() -> None:
    room = frozenset({"room"})
    given = [Appointment(str(n), n * 10, 30, room, -2000, 2000) for n in range(30)]
    found = scheduling.resolve(given, STEP)
    now = {one.id: one for one in given} | {one.id: one for one in found.moved}
    assert found.stuck == ()
    assert are_free(tuple(now.values()))
