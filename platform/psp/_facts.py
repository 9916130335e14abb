"""Facts: what is known of a payment, as a join-semilattice.

Facts only grow: each name keeps the greatest value that was ever said of it, and lists
compare member by member. Joining is commutative, associative and idempotent, so that
whoever hears the same events, in any order and however often, knows the same. The
names, for a payment *p* of the provider:

    asked/p      [minor units, currency]
    link/p       [our link]
    captured/p   [minor units]
    returned/p   [minor units in all], as the provider adds them up
    refund/p/r   [PENDING | SUCCEEDED | FAILED, minor units]
    dispute/p/d  [OPEN | WON | LOST, reason]
    course/p     [epoch seconds, TRYING | ACTION | BROKEN, reason], while unpaid
"""

from collections.abc import Iterable
from typing import NamedTuple

Fact = list[int | str]
Facts = dict[str, Fact]

PENDING, SUCCEEDED, FAILED = range(3)
REFUNDS = ("pending", "succeeded", "failed")  # what those are called
OPEN, WON, LOST = range(3)
TRYING, ACTION, BROKEN = range(3)


def joined(*known: Facts) -> Facts:
    """Everything that any of them knows."""
    every: Facts = {}
    for facts in known:
        for name, fact in facts.items():
            every[name] = max(every.get(name, fact), fact)
    return every


def about(facts: Facts, kind: str) -> dict[str, Fact]:
    """The facts of one kind, by the rest of their names."""
    parted = ((name.partition("/"), fact) for name, fact in facts.items())
    return {rest: fact for (first, _, rest), fact in parted if first == kind}


class Standing(NamedTuple):
    """What facts come to. Amounts are minor units of ``currency``.

    ``provider_id`` is the provider's payment that got furthest, ``link_id`` ours that
    led to it. ``state`` is how far the last try came, ``failure`` why it failed, unless
    another was captured. ``dispute`` is the reason of one that is open or lost.
    ``refunds`` have an ``id`` (ours, if we asked for it), ``minor_units`` and a status.
    """

    provider_id: str = ""
    link_id: str | None = None
    amount: int = 0
    currency: str = ""
    captured: int = 0
    refunded: int = 0
    failure: str | None = None
    dispute: str | None = None
    state: int = TRYING
    course: tuple[int | str, ...] = (0, TRYING, "")
    refunds: tuple[dict[str, int | str], ...] = ()


def standing(facts: Facts) -> Standing:
    """What is known so far; of no facts, nothing is."""
    paid, tries, asked = captured(facts), about(facts, "course"), about(facts, "asked")
    if not asked:
        return Standing()
    best = max(asked, key=lambda each: (paid.get(each, 0), tries.get(each, []), each))
    disputes = about(facts, "dispute").values()
    course = max(tries.values(), default=[0, TRYING, ""])
    return Standing(
        best,
        about(facts, "link").get(best, [None])[0],
        *asked[best],
        captured=sum(paid.values()),
        refunded=sum(min(refunded(facts, each), paid[each]) for each in paid),
        failure=course[2] if course[1] == BROKEN and not paid else None,
        dispute=max((why for end, why in disputes if end != WON), default=None),
        state=course[1],
        course=tuple(course),
        refunds=tuple(_refunds(facts)),
    )


def _refunds(facts: Facts) -> Iterable[dict[str, int | str]]:
    for name, (state, amount) in sorted(about(facts, "refund").items()):
        about_it = {"minor_units": amount, "status": REFUNDS[int(state)]}
        yield {"id": name.rpartition("/")[2], **about_it}


def left(facts: Facts) -> dict[str, int]:
    """What may still go back, by the provider's payment."""
    paid = captured(facts)
    return {each: paid[each] - refunded(facts, each, promised=True) for each in paid}


def captured(facts: Facts) -> dict[str, int]:
    """What was captured, by the provider's payment."""
    return {name: int(fact[0]) for name, fact in about(facts, "captured").items()}


def refunded(facts: Facts, payment: str, *, promised: bool = False) -> int:
    """What went back of a provider's payment; *promised*: or is about to.

    A refund is known by itself, or only in the provider's sum, in which one that failed
    later is contained.
    """
    prefix = f"{payment}/"
    refunds = about(facts, "refund").items()
    every = [fact for name, fact in refunds if name.startswith(prefix)]
    counted = {SUCCEEDED, PENDING} if promised else {SUCCEEDED}
    known = _sum(every, counted)
    [said] = facts.get(f"returned/{payment}", [0])
    return max(known, int(said) - _sum(every, {FAILED}), 0)


def _sum(refunds: Iterable[Fact], states: set[int]) -> int:
    return sum(int(amount) for state, amount in refunds if state in states)
