"""A text as figures, words and symbols, each with its place.

What looks like a figure and is none (dates, times, addresses, card and phone numbers,
percentages) is told apart here, before anybody reads it as an amount.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

SPACES = r"[ \u00a0\u202f\u2009]"
FIGURE = (
    rf"(?:\d{{1,3}}(?:{SPACES}\d{{3}})+(?!\d)(?:[.,]\d{{1,3}}(?![\d.,]\d))?"
    r"|\d{1,4} [13]/[24](?![\d/])|\d+ \. \d\d(?![\d.,])"
    r"|\d+(?:[.,'’`·_]{1,2}\d+)*"
    r"|(?<![\w.,])(?:[-–—]\.\d\d|[.,]\d{1,3})(?!\d))"
    r"(?:[.,](?:[-–—]{1,2}|=)(?![\w\d]))?(?:[½¼¾]|[⁰¹²³⁴-⁹]{2})?|[½¼¾]"
)
# What is written without blanks, and is a word all the same.
APART = (
    "ユーロ|ドル|유로|달러|欧元|美元|日元|块钱"
    "|[万億萬만억円元원块]|[〇一二两三四五六七八九十百千]+"
)
TOKEN = re.compile(
    rf"(?P<figure>{FIGURE})|(?P<word>{APART}|(?:(?!{APART})[^\W\d_])+)"
    r"|(?P<sign>[^\s\w]|_)"
)
ARABIC = {"٫": ".", "٬": "’", "،": ","}
APOSTROPHE = re.compile(r"(?<=[^\W\d])[’ʼ](?=[^\W\d])")  # as printers set it
COLON = re.compile(r"(?<=\d):(?=-|\d\d ?(?:kr|kronor|sek)\b)", re.IGNORECASE)
# Never an amount, whatever stands beside it.
NEVER = re.compile(
    r"\S+@\S+|https?://\S+|www\.\S+"  # addresses
    r"|\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})\b"  # dates
    r"|\b\d{1,2}:\d{2}(?::\d{2})?\b|\b\d{1,2}h\d{2}\b"  # times
    r"|\b(?:\d{4}[ -]){3}\d{1,7}\b|\b\d{13,19}\b"  # cards
    r"|\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b"  # IBAN
    r"|\b\d+(?:\.\d+){3,}\b|\bv\d+(?:\.\d+)*\b",  # hosts, versions
)
SHARE = re.compile(
    rf"\d[\d.,]*{SPACES}?(?:[%‰]|(?:percent|per cent|pct|prozent|pour[ -]cent|por ?cien"
    r"to|por ?cento|per ?cento|procent)\b)",
    re.IGNORECASE,
)
# No amount where no currency says so.
HARDLY = re.compile(
    r"\+\d[\d ()/.-]{6,}\d"  # phones
    r"|\(?\b0\d{1,4}\)?[ /-]\d[\d /-]{3,}\d"
    r"|\b\d{3}[-.]\d{3}[-.]\d{4}\b|\b\d{3}-\d{4}\b"
    r"|#\s?\d+|\b[A-Z]+-?\d[\w-]*|\b\d+(?:-\d+){2,}\b"  # identifiers
    r"|\b(?:19|20)\d{2}\b(?![.,]\d)"  # years
)


@dataclass(frozen=True)
class Token:
    """``start`` and ``end`` are places in the text, ``kind`` figure, word or sign."""

    text: str
    start: int
    end: int
    kind: str

    @cached_property
    def lower(self) -> str:
        return self.text.lower()


def tokens(text: str) -> list[Token]:
    return [
        Token(each.group(), *each.span(), each.lastgroup or "")
        for each in TOKEN.finditer(text)
    ]


def plain(text: str) -> str:
    """The text with digits, apostrophes and signs as in ASCII, each in its place; and
    the colon of Sweden's "149:50 kr" and "250:-" as a comma, for elsewhere it is a
    time's."""
    if not text.isascii():
        text = APOSTROPHE.sub("'", "".join(map(_plain, text)))
    return COLON.sub(",", text)


def _plain(sign: str) -> str:
    if "\uff01" <= sign <= "\uff5e":  # full width
        return chr(ord(sign) - 0xFEE0)
    digit = unicodedata.decimal(sign, None)
    return ARABIC.get(sign, sign) if digit is None else str(digit)


def masked(text: str) -> str:
    """The text with everything that is never an amount blotted out, in its place;
    of a share, percent signs are left."""
    text = NEVER.sub(lambda found: "\ufffd" * len(found.group()), text)
    return SHARE.sub(lambda found: "%" * len(found.group()), text)


def doubtful(text: str) -> list[tuple[int, int]]:
    """Where there are numbers that are hardly amounts."""
    return [each.span() for each in HARDLY.finditer(text)]


def is_glued(left: Token, right: Token) -> bool:
    """Whether nothing is between them, not even a blank."""
    return left.end == right.start
