"""Payment card numbers in text."""

import re
import unicodedata
from collections.abc import Callable
from itertools import accumulate

from redaction import _said

# Digits in groups, as people and machines write them. A number with a decimal point
# before it is a measurement. Issuers' numbers begin with 2 to 6 (ISO/IEC 7812-1), so
# milliseconds and nanoseconds since 1970 are none.
DIGITS = re.compile(r"(?<!\d)(?<!\d[.,])[2-6](?:[ \t.\-_]{0,2}\d){12,}(?!\d)")
DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
SHORTEST, LONGEST = 13, 19
USUAL = (15, 16)  # digits of nearly all cards
# The same with a digit wrong, or under another first digit; and the code on the back.
MISTYPED = re.compile(r"(?<!\d)\d(?:[ \t.\-_/]{0,3}\d){12,18}(?!\d)")
CODE = re.compile(
    r"\b(?:cvv2?|cvc2?|cvn|cid|security code|card code|prüf(?:ziffer|nummer|code)|"
    r"kartenprüfnummer|sicherheitscode|cryptogramme|code de sécurité|"
    r"código de seguridad)\b\W{0,3}(?:[^\W\d]{1,6}\W{1,3}){0,5}\d{3,4}\b",
    re.IGNORECASE,
)
GROUP, SEPARATORS = re.compile(r"\d+"), re.compile(r"\D+")

# As people type them: in fours (American Express: 4-6-5) or without a break, whatever
# the check digit says. Less than MISTYPED, for it is taken out of a text of which the
# rest is kept: "order 1234567890123456" stays there, and is refused where cards are.
TYPED = re.compile(
    r"(?<!\d)(?:[3-6]\d{3}([ ./-]?)\d{4}\1\d{4}\1\d{4}"
    r"|3[47]\d\d[ ./-]?\d{6}[ ./-]?\d{5})(?!\d)"
)
# On several lines, with nothing else on them: for what a person typed, as numbers below
# each other are a table elsewhere.
LINES = re.compile(
    r"^[ \t]*([3-6][\d \t.\-_]*(?:\r?\n[ \t]*\d[\d \t.\-_]*){1,3})$", re.MULTILINE
)
ABOUT_A_CARD = re.compile(r"\b(?:card|\w*karte|carte|tarjeta)\b", re.IGNORECASE)
EXPIRY = re.compile(
    r"\b(?:exp(?:iry|ires|iration)?(?: date)?|valid (?:thru|until|to)|gültig bis"
    r"|caduca|expire)\b\W{0,3}(?:[^\W\d]{1,4}\W{1,3})?\d{1,2} ?[/-] ?\d{2,4}\b",
    re.IGNORECASE,
)


# A UUID (RFC 9562, versions 4 and 5): as many digits in a row as a card has, with a
# right check digit, come in one of a few thousand of them by chance.
ID = re.compile(
    r"((?<![0-9a-f])(?=[0-9-]*[a-f])[0-9a-f]{8}-?[0-9a-f]{4}-?[45][0-9a-f]{3}"
    r"-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}(?![0-9a-f]))"
)


# Digits of any script, with anything between them that is not seen or takes no room.
BETWEEN = r"[\s.\-_/\u00ad\u200b-\u200f\u2010-\u2015\u2060-\u2064\u2212\ufeff]"
DISGUISED = re.compile(rf"\d(?:{BETWEEN}{{0,4}}\d){{{SHORTEST - 1},}}")


def _folded(text: str) -> str:
    """*text* with long numbers in ASCII, and nothing unseen between their digits."""
    return text if text.isascii() else DISGUISED.sub(_in_ascii, text)


def _in_ascii(found: re.Match[str]) -> str:
    return "".join(map(_mark, found[0]))


def _mark(each: str) -> str:
    if each.isdecimal():
        return str(unicodedata.decimal(each))
    if each.isascii():
        return each
    return "" if unicodedata.category(each) == "Cf" else " "


def is_card(digits: str) -> bool:
    """Whether *digits* are 13 to 19 with a valid Luhn check digit (ISO/IEC 7812-1)."""
    if not SHORTEST <= len(digits) <= LONGEST or digits[0] not in "23456":
        return False
    return _Sums(digits).is_valid(0, len(digits))


def may_hold_card_data(text: str) -> bool:
    """Whether somebody may have typed a card there: 13 to 19 digits however grouped,
    mistyped ones too, or a security code that is called one. Other long numbers are
    such as well: for where a card must not be taken, whatever else is refused."""
    return bool(MISTYPED.search(_folded(text)) or CODE.search(text))


class _Sums:
    """Luhn's sum of any part of *digits*, at no more cost for a longer one."""

    def __init__(self, digits: str) -> None:
        even = [int(digit) for digit in digits]
        odd = even.copy()
        even[::2] = [DOUBLED[value] for value in even[::2]]
        odd[1::2] = [DOUBLED[value] for value in odd[1::2]]
        # The sums before each place, with the digits at even or at odd places doubled.
        self._before = ([0, *accumulate(even)], [0, *accumulate(odd)])

    def is_valid(self, start: int, end: int) -> bool:
        """Whether the last of these digits, not doubled, is their check digit."""
        before = self._before[end % 2]
        return (before[end] - before[start]) % 10 == 0


def _masked(run: str, mask: str) -> str:
    """*run* without its cards. It may hold an order number before a card, or an expiry
    after it: whole groups of digits that make up a card are taken out."""
    groups = list(GROUP.finditer(run))
    sums = _Sums(SEPARATORS.sub("", run))
    ends = list(accumulate(len(group[0]) for group in groups))
    kept, copied, first = [], 0, 0
    while first < len(groups):
        last = _end_of_card(groups, ends, sums, first)
        if last is None:
            first += 1
            continue
        kept += [run[copied : groups[first].start()], mask]
        copied, first = groups[last].end(), last + 1
    return "".join([*kept, run[copied:]])


def _end_of_card(
    groups: list[re.Match[str]], ends: list[int], sums: _Sums, first: int
) -> int | None:
    """The last group of the longest card that begins with the first: a shorter one is
    part of it, by chance."""
    if groups[first][0][0] not in "23456":
        return None
    start, found = ends[first] - len(groups[first][0]), None
    for last in range(first, len(groups)):
        length = ends[last] - start
        if length > LONGEST:
            break
        if length >= SHORTEST and sums.is_valid(start, ends[last]):
            found = last
    return found


def without_cards(text: str, mask: str) -> str:
    """*text* with every card number in it replaced by *mask*; not what is of an id."""
    return _outside_ids(_folded(text), DIGITS, lambda found: _masked(found[0], mask))


def _outside_ids(
    text: str, pattern: re.Pattern[str], change: Callable[[re.Match[str]], str]
) -> str:
    """*text* with what *pattern* finds changed, but for UUIDs."""
    if not pattern.search(text):
        return text
    parts = enumerate(ID.split(text))
    return "".join(one if at % 2 else pattern.sub(change, one) for at, one in parts)


def _over_lines(found: re.Match[str], mask: str) -> str:
    digits = SEPARATORS.sub("", found[0])
    return mask if len(digits) in USUAL and is_card(digits) else found[0]


def without_card_data(text: str, mask: str, *, goes_on: bool = False) -> str:
    """*text* without what people type of a card: number, security code, expiry.

    ``goes_on``: a card was spoken of just before, and a number may end here.
    """
    text = LINES.sub(lambda found: _over_lines(found, mask), _folded(text))
    text = CODE.sub(mask, _outside_ids(text, TYPED, lambda _: mask))
    is_about = goes_on or bool(ABOUT_A_CARD.search(text))
    for start, end in reversed(_said.numbers(text, of_a_card=is_about)):
        text = f"{text[:start]}{mask}{text[end:]}"
    return EXPIRY.sub(mask, text) if is_about else text
