"""What a total adds up: the amounts that were named, fees, taxes, what is let off."""

from collections.abc import Iterator
from typing import Any

import amounts_in_words
import forms
import money
from contracts.payment.intents import Analysis, Intent
from contracts.payment.money import Money
from contracts.payment.rules import Fee
from contracts.payment.talks import StoredTalk
from payers._remarks import is_said
from replies import Answer, Replies


def is_more(talk: StoredTalk, text: str) -> bool:
    """Whether an amount that *text* names comes on top of the talk's."""
    is_on_top = talk.asked == "more" or is_said("more", text)
    return talk.amount is not None and is_on_top and not is_said("total", text)


def told(amounts: list[Money]) -> str:
    """They in figures and codes, as they are read again."""
    each = (f"{money.units(a.minor_units, a.currency):f} {a.currency}" for a in amounts)
    return ", ".join(each)


def is_tip(talk: StoredTalk, text: str, answer: Answer) -> bool:
    """Whether something comes on top of the talk's amount, and nobody says how much;
    also where that was asked, and this does not say it: "10%"."""
    is_open = talk.asked == "more" and answer == "none"
    return talk.amount is not None and (is_open or is_said("tip", text))


def together(talk: StoredTalk, more: Money, what: str | None) -> forms.Values:
    """The amount with *more* of its currency, for *what* as well."""
    assert talk.amount
    units = talk.amount.minor_units + more.minor_units
    parts = talk.added or [talk.amount.minor_units]
    both = " + ".join(filter(None, [talk.purpose, what]))
    values = {"amount": Money(minor_units=units, currency=more.currency)}
    values |= {"added": [*parts, more.minor_units], "doubt": ""}
    return values | ({"purpose": both} if both else {})


def alone(talk: StoredTalk, found: Analysis) -> forms.Values:
    """The only amount, which the talk may have already as a sum."""
    [amount] = found.amounts
    values = {"amount": amount, "currency": amount.currency, "doubt": "", "rest": None}
    return values if amount == talk.amount else values | {"added": found.parts}


def charged(made: Intent) -> dict[str, Any]:
    """What a talk knows of the payment then: who gets how much in all, what comes on
    top of the amount, and the tax that is in it."""
    total = Money(minor_units=made.total, currency=made.currency)
    known = {"total": total, "payee": made.payee, "intent_id": made.id}
    taxed = [Fee(name=made.tax_name, minor_units=made.tax)] if made.tax else []
    let_off = [Fee(name="", minor_units=made.rounding)] if made.rounding else []
    fees = [each for each in made.fees if each.minor_units]
    if made.tax_inclusive:
        return known | {"charges": fees + let_off, "within": taxed}
    return known | {"charges": fees + taxed + let_off, "within": []}


def besides(talk: StoredTalk, said: Replies) -> str:
    """How the total comes about, in words; "" where it is what was named."""
    told = _sum(talk, said)
    return said.say("adds_up", talk.language, sum=told) if told else ""


def explained(talk: StoredTalk, said: Replies, amount: str) -> str:
    """The same for whoever asks, with the taxes that are in it."""
    told, language = _sum(talk, said), talk.language
    name = "why_sum" if told else "why_alone"
    text = [said.say(name, language, sum=told, amount=amount)]
    for each in talk.within:
        share = _figures(talk, each.minor_units)
        known = {"share": f"{share} {_code(talk)}", "tax": each.name}
        text.append(said.say("why_within", language, **known))
    return " ".join(text)


def figured(talk: StoredTalk) -> str:
    """ "50.00 EUR", what was named; "" of nothing."""
    return written(talk.amount, talk.language)


def written(amount: Money | None, language: str) -> str:
    """ "50.00 EUR"; "" of none."""
    if amount is None:
        return ""
    units, code = amount.minor_units, amount.currency
    return f"{amounts_in_words.figures(units, code, language)} {code}"


def _sum(talk: StoredTalk, said: Replies) -> str:
    """ "100.00 + 1.75 (card fee) - 0.05 (rounding) = 101.70 EUR"; "" of one alone."""
    if not talk.total or len(parts := [*_parts(talk)]) < 2:
        return ""
    text = ""
    for each in parts:
        sign = (" − " if each.minor_units < 0 else " + ") if text else ""
        text += sign + _figures(talk, abs(each.minor_units))
        name = (
            said.say("rounding", talk.language) if each.minor_units < 0 else each.name
        )
        text += f" ({name})" if name else ""
    return f"{text} = {_figures(talk, talk.total.minor_units)} {_code(talk)}"


def _parts(talk: StoredTalk) -> Iterator[Fee]:
    named = [talk.amount.minor_units] if talk.amount else []
    yield from (Fee(name="", minor_units=each) for each in talk.added or named)
    yield from talk.charges


def _figures(talk: StoredTalk, minor_units: int) -> str:
    return amounts_in_words.figures(minor_units, _code(talk), talk.language)


def _code(talk: StoredTalk) -> str:
    due = talk.total or talk.amount
    return due.currency if due else ""
