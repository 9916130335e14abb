"""What keeps terms from being applied to every amount that they allow, in words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from tariffs._charges import Tariff, Unsound, check
from tariffs._terms import Limit, bounds


class Fee(Tariff, Protocol):
    """Due for some methods and one currency, or for all."""

    @property
    def name(self) -> str: ...
    @property
    def methods(self) -> Sequence[str]: ...
    @property
    def currency(self) -> str | None: ...


class Terms(Protocol):
    """Which amounts are taken how, and what is added to them."""

    @property
    def default_currency(self) -> str: ...
    @property
    def currencies(self) -> Sequence[str]: ...
    @property
    def methods(self) -> Sequence[str]: ...
    @property
    def limits(self) -> Mapping[str, Limit]: ...
    @property
    def fees(self) -> Sequence[Fee]: ...


def faults(terms: Terms, known: Collection[str]) -> Iterator[str]:
    """Each with the place of the value that is wrong, and the value; *known* are the
    currencies that there are."""
    for code in terms.currencies:
        if code not in known:
            yield f"currencies: {code} is no currency of ISO 4217"
    yield from _twice("currencies", terms.currencies)
    yield from _twice("methods", terms.methods)
    if terms.default_currency not in terms.currencies:
        yield f"default_currency: {_untaken(terms.default_currency)}"
    for code in terms.limits:
        yield from _of_limit(terms, code)
    for fee in terms.fees:
        yield from (f"fee {fee.name!r}: {fault}" for fault in _of_fee(terms, fee))


def _of_limit(terms: Terms, code: str) -> Iterator[str]:
    if code not in terms.currencies:
        yield f"limits: {_untaken(code)}"
    least, most = bounds(terms.limits, code)
    if least > most:
        yield f"limits: {code}: the least, {least}, is above the most, {most}"


def _of_fee(terms: Terms, fee: Fee) -> Iterator[str]:
    if fee.currency and fee.currency not in terms.currencies:
        yield f"currency: {_untaken(fee.currency)}"
    if not fee.currency and len({*terms.currencies}) > 1:
        # As many minor units are another sum of money in every currency.
        yield from (f"{name}: say of which currency it is" for name in _sums(fee))
    for method in fee.methods:
        if method not in terms.methods:
            yield f"methods: {method} is not taken"
    try:
        check(fee)
    except Unsound as fault:
        yield str(fault)


def _sums(fee: Fee) -> Iterator[str]:
    """The names of what of a fee is a sum of money."""
    ends = any(step.fixed or step.up_to for step in fee.tiers)
    sums = {"fixed": fee.fixed, "least": fee.least, "cap": fee.cap, "tiers": ends}
    yield from (name for name, sum in sums.items() if sum)


def _twice(name: str, values: Sequence[str]) -> Iterator[str]:
    for value in sorted({each for each in values if values.count(each) > 1}):
        yield f"{name}: {value} is there twice"


def _untaken(code: str) -> str:
    return f"{code} is none of the currencies that are taken"
