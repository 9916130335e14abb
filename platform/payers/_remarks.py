"""What is said of a payment beside amounts and purposes, by the patterns of a table."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Literal

import langid

Remark = Literal[
    "repeated",  # to be paid again and again, or in parts: "50 euros a month"
    "unpaid",  # what has been paid, or will not be
    "stops",  # it is paid elsewhere, or not at all: "I'll pay in the shop"
    "wrong",  # the amount or the link is not the right one
    "dear",
    "more",  # an amount comes on top: "plus 5 tip"
    "total",  # an amount is all of it, or another instead: "84 with tip"
    "tip",  # something comes on top, nobody says how much
    "link",  # where it is
    "trouble",  # it did not work, or twice
    "paid",  # that it is
    "owed",  # what there is to be paid
    "online",  # whether it can be
    "how",  # one pays here
    "currencies",  # which are taken
    "why",  # how the total comes about
    "except",  # all but the amount that is named
    "rest",  # what is left of it
    "partly",  # a part of what is named beside it: "200 euros, half now"
    "1/2",  # of what is open, as the others
    "1/3",
    "2/3",
    "1/4",
    "3/4",
]


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    text = files(__package__).joinpath("remarks.json").read_text(encoding="utf-8")
    return {
        name: re.compile("|".join(each), re.IGNORECASE)
        for name, each in json.loads(text).items()
    }


def is_said(remark: Remark | str, text: str) -> bool:
    return _patterns()[remark].search(langid.contracted(text)) is not None
