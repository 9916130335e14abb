"""Payment configuration: a business's rules for payments, and what they cost.

Calls      database-operations
Consumes   business.registered, for the name that customers are shown

Rules never change: a change is the next version, and every version stays, so that an
intent is charged by those it was made with. A business that has set none takes every
currency by card, without fees or tax.
"""

from fastapi import Request, Response

import chassis
import money
import tariffs
from contracts.infrastructure.events import BusinessRegistered
from contracts.payment import rules as contract
from contracts.payment.rules import Fee, FeeRule, QuoteRequest, StoredRules

NEWEST, UNSET = "newest", "0"
READS = chassis.policy(retry="read", public=True)
STAFF_READS = chassis.policy(retry="read", public=True, roles=chassis.STAFF)
MANAGES = chassis.policy(retry="keyed", public=True, roles=chassis.MANAGERS)

rules = chassis.collection("payment-rules", StoredRules)
router = chassis.router("/api/v1/payment-configuration")
fee_routes = chassis.router("/api/v1/fees")


def usual(tenant: str) -> StoredRules:
    """The rules of a business that has set none."""
    every = sorted(money.exponents())
    about = {"payee": tenant, "default_currency": "EUR", "version": 0}
    return StoredRules(currencies=every, **about)


def require_sound(given: contract.Rules) -> None:
    """Invalid unless the rules can be applied to every payment that they allow."""
    if wrong := [*tariffs.faults(given, money.exponents().keys())]:
        why = f"these rules cannot be applied: {wrong[0]}"
        raise chassis.Invalid(why, errors=wrong)


def require_allowed(given: StoredRules, asked: QuoteRequest) -> None:
    """Invalid unless the rules take that method, that currency, and so much of it."""
    code, taken = asked.amount.currency, given.currencies
    if asked.method not in given.methods or code not in taken:
        raise chassis.Invalid(
            f"{code} by {asked.method} is not taken here", currencies=taken
        )
    least, most = bounds = tariffs.bounds(given.limits, code)
    if not least <= asked.amount.minor_units <= most:
        why = f"a payment is from {least} to {most} minor units of {code}"
        raise chassis.Invalid(why, **bounds._asdict())


def applies(fee: FeeRule, asked: QuoteRequest) -> bool:
    right = fee.currency in (None, asked.amount.currency)
    return right and (not fee.methods or asked.method in fee.methods)


def quoted(by: StoredRules, asked: QuoteRequest) -> contract.Quote:
    """The amount with everything that comes on top of it."""
    amount, due = asked.amount.minor_units, [f for f in by.fees if applies(f, asked)]
    fees = [Fee(name=f.name, minor_units=tariffs.charge(f, amount)) for f in due]
    fee = sum(each.minor_units for each in fees)
    base = amount + fee if by.tax.on_fees else amount
    tax = tariffs.tax(base, by.tax.basis_points, inclusive=by.tax.inclusive)
    taxed = {"tax": tax, "tax_name": by.tax.name, "tax_inclusive": by.tax.inclusive}
    return contract.Quote(
        currency=asked.amount.currency,
        amount=amount,
        fees=fees,
        fee=fee,
        **taxed,
        total=amount + fee + (0 if by.tax.inclusive else tax),
        method=asked.method,
        **by.model_dump(include={"payee", "version"}),
    )


async def of_version(
    tenant: str, version: int | None = None
) -> chassis.Stored[StoredRules]:
    """The rules of that version, or the newest."""
    name, without = str(version), None if version else usual(tenant)
    known = await rules.read(NEWEST if version is None else name, without)
    if known.version or version is not None:
        return known
    # While none are set those count that are no document for anybody to change.
    return chassis.Stored(NEWEST, 0, (await rules.read(UNSET, usual(tenant))).value)


@router.get("", **READS)
async def get_rules(tenant: chassis.Tenant, answer: Response) -> StoredRules:
    """The rules that count now, with their version as ETag."""
    known = await of_version(tenant)
    chassis.tag(answer, known.version)
    return known.value


@router.put("", **MANAGES)
async def put_rules(
    given: contract.Rules,
    tenant: chassis.Tenant,
    seen: chassis.IfMatch,
    now: chassis.Now,
    request: Request,
) -> StoredRules:
    """The next version of the rules; Stale where an If-Match is given and they are at
    another version."""
    require_sound(given)
    known = await of_version(tenant)
    dated = {"version": known.value.version + 1, "created_at": now}
    made = StoredRules(**given.model_dump(), **dated)
    rules.put(NEWEST, made, version=known.at(seen))
    rules.put(str(made.version), made, version=0)
    chassis.about_the_first(request)
    return made


@router.get("/versions/{version}", **STAFF_READS)
async def get_rules_version(version: int, tenant: chassis.Tenant) -> StoredRules:
    """The rules as they were."""
    return (await of_version(tenant, version)).value


@fee_routes.post("/quote", **READS)
async def quote(asked: QuoteRequest, tenant: chassis.Tenant) -> contract.Quote:
    """What paying an amount costs, by the newest rules or by those of a version."""
    counting = (await of_version(tenant, asked.version)).value
    require_allowed(counting, asked)
    made = quoted(counting, asked)
    if made.total > (most := tariffs.most_charged(counting.limits, made.currency)):
        why = f"with its fees it is {made.total} minor units; {most} is the most"
        raise chassis.Invalid(why)
    return made


@chassis.on(BusinessRegistered)
async def name_payee(event: BusinessRegistered) -> None:
    """A business that has set no rules is paid by its own name."""
    # A document of its own, so that who sets the first rules meanwhile meets nobody.
    named = usual(chassis.current().tenant).model_copy(update={"payee": event.business})
    rules.put(UNSET, named)


parts, meanings = (router, fee_routes, name_payee), {tariffs.Unsound: chassis.Invalid}
app = chassis.create_app("payment-configuration", *parts, meanings=meanings)
