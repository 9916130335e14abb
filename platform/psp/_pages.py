"""The hosted page: HTML without anything from elsewhere."""

from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any, Final

import money
from psp._card import said_of
from psp._live import state_of
from psp._local import ASKED, TAKEN, Local, Outcome, is_flawed

HEADERS: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


PAID = "It is paid. Thank you."
OVER = {"paid": PAID, "expired": "This link has expired."}
WAIT = "Thank you. The payment is being confirmed."
NOT_YET = "The payment is not confirmed: a card was declined. Look again in a minute."
UNREADY = "This link cannot be paid yet. Open it again in a minute."
UNSURE = "That cannot be confirmed now. Try again: nothing is paid twice."
STEPS = {TAKEN: ("done", PAID), ASKED: ("confirm", "")}


def before(link: Any, now: datetime, *, is_back: bool) -> tuple[str, str]:
    """The part and the message of a visit; *is_back*: from having paid elsewhere."""
    # Who is back from a page of ours has been told what came of it.
    # Who has just paid with another card there may be here before that is told.
    waits = "" if not (is_back and link.page_url) else _waits(link)
    # Where somebody else takes the money, no card is typed here before their page is.
    is_payable = link.page_url or link.provider == Local.name
    over = OVER.get(state_of(link, now), waits if is_payable else UNREADY)
    return "done" if over else "confirm" if link.asked else "card", over


def _waits(link: Any) -> str:
    return NOT_YET if link.status == "failed" else WAIT


def after(outcome: Outcome | None) -> tuple[str, str]:
    """The part and the message that follow an outcome; None: nobody knows it."""
    if outcome is None:
        return "card", UNSURE
    if is_flawed(outcome):
        return "card", said_of(outcome[1])
    declined = f"The card was declined ({outcome[1].replace('_', ' ')}). Try another."
    return STEPS.get(outcome[0], ("card", declined))


def nowhere() -> str:
    """The page of an address at which there is no link."""
    return _template("nowhere").template


def page(link: Any, part: str, message: str) -> str:
    """The page of a link with one of the parts ``card``, ``confirm`` or ``done``."""
    currency = link.amount.currency
    amount = f"{money.units(link.amount.minor_units, currency):,f} {currency}"
    said = {"payee": link.payee, "purpose": link.title, "amount": amount}
    texts = {name: escape(text) for name, text in said.items()}
    inside = _template(part).substitute(texts)
    return _template("page").substitute(texts, inside=inside, message=escape(message))


@cache
def _template(name: str) -> Template:
    return Template(files(__package__).joinpath(f"{name}.html").read_text("utf-8"))
