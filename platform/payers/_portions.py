"""A part of the amount that is open: half of it, all but 20, the rest."""

from collections.abc import Awaitable, Callable
from fractions import Fraction

import forms
import replies
from contracts.payment.intents import Analysis
from contracts.payment.money import Money
from contracts.payment.talks import StoredTalk
from payers._remarks import is_said
from payers._sums import told

# The longer first: "two thirds" says a third, too.
SHARES = ("2/3", "3/4", "1/2", "1/3", "1/4")
Known = Callable[[StoredTalk], Awaitable[list[StoredTalk]]]


def part(talk: StoredTalk, text: str, found: Analysis) -> forms.Heard | None:
    """What is heard where a text tells the amount by the one that is open: the values,
    or, in doubt, why there are none; None where it does not."""
    if len(found.amounts) == 1 and is_said("partly", text):
        return _share(found.amounts[0], text)
    if talk.amount is None or talk.state not in forms.OPEN or _is_figure(found):
        return None
    if found.amounts:
        return _less(talk.amount, text, found)
    if talk.rest and is_said("rest", text):
        return _pays(talk.rest.minor_units, talk.amount)
    return _share(talk.amount, text)


def _is_figure(found: Analysis) -> bool:
    """Whether an amount of its own is named, and not beyond doubt."""
    return any(map(str.isdigit, found.doubtful or ""))


def _share(whole: Money, text: str) -> forms.Heard | None:
    said = next((each for each in SHARES if is_said(each, text)), None)
    # "A quarter" of it is none of a year.
    is_again = said != "1/4" and is_said("repeated", text)
    if said is None or is_again:
        return None
    units = whole.minor_units * Fraction(said)
    if units.denominator != 1:
        doubt = {"doubt": told([whole]), "question": "uneven"}
        return forms.Heard(values=doubt, unclear="amount")
    return _pays(int(units), _left(whole, int(units)))


def _less(whole: Money, text: str, found: Analysis) -> forms.Heard | None:
    """All but so much, which is named."""
    [less, *more] = found.amounts
    is_less = not more and is_said("except", text)
    if not is_less or less.currency != whole.currency:
        return None
    if less.minor_units >= whole.minor_units:
        values = {"question": "nothing", "doubt": ""}
        return forms.Heard(values=values, unclear="amount")
    return _pays(whole.minor_units - less.minor_units, less)


def _left(whole: Money, units: int) -> Money:
    left = whole.minor_units - units
    return Money(minor_units=left, currency=whole.currency)


def _pays(units: int, rest: Money) -> forms.Heard:
    amount = Money(minor_units=units, currency=rest.currency)
    values = {"amount": amount, "rest": rest, "added": [], "doubt": ""}
    values["currency"] = amount.currency
    return forms.Heard(values=values, is_about=True)


def _later(talk: StoredTalk) -> forms.Heard | None:
    """What is left can be paid once a part of it is."""
    is_done = talk.state not in forms.OPEN
    return forms.Heard(instead="left") if is_done and talk.rest else None


def leaves(talk: StoredTalk, text: str) -> bool:
    """Whether a text asks for what is left of what was agreed on: a payment of its
    own, beside that of the part."""
    is_asked = is_said("rest", text) and not replies.is_question(text)
    return is_asked and _later(talk) is not None


async def rest(talk: StoredTalk, text: str, known: Known) -> forms.Heard | None:
    """What is heard where a text asks for what is left of an amount of which a part was
    paid before: of this talk, or, where it has just begun, of the last of those that
    are *known*. None where it does not, or nothing is left."""
    if not is_said("rest", text) or replies.is_question(text):
        return None
    if talk.turn:
        return _later(talk)
    made = [each for each in await known(talk) if each.link_id]
    last = max(made, key=lambda each: each.created_at, default=None)
    if last is None or last.rest is None:
        return None
    values = {"amount": last.rest, "currency": last.rest and last.rest.currency}
    return forms.Heard(values=values | {"purpose": last.purpose}, is_about=True)
