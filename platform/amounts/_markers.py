"""What names a currency in a text: codes, signs, names, slang; and names of its parts.

Names are CLDR's in the text's language. The noun in them alone ("dollars", "couronnes")
stands for every currency that has it, until something decides.
"""

from dataclasses import dataclass

import money
from amounts import _locales, _words
from amounts._tokens import Token, is_glued

LONGEST = 5  # tokens


@dataclass(frozen=True)
class Marker:
    """Tokens from ``first`` to before ``end``, and the currencies that they may mean.

    ``part`` is the exponent of what it names a part with: 2 for cents. ``leads``: it
    may stand before its figure; one that ``is_noun`` does so only after no number.
    """

    first: int
    end: int
    codes: tuple[str, ...]
    part: int | None = None
    leads: bool = True
    is_noun: bool = False


def markers(found: list[Token], language: str) -> list[Marker]:
    """From left to right, the longest first, none over another."""
    made: list[Marker] = []
    at = 0
    while at < len(found):
        one = _longest(found, at, language)
        made += [one] if one else []
        at = one.end if one else at + 1
    return made


def _longest(found: list[Token], at: int, language: str) -> Marker | None:
    for end in range(min(at + LONGEST, len(found)), at, -1):
        said = found[at:end]
        known = _known(tuple(each.text for each in said), language)
        if known and not (end > at + 1 and _is_by_chance(found, at, end)):
            return Marker(at, end, *known)
    return None


def _is_by_chance(found: list[Token], at: int, end: int) -> bool:
    """Whether letters stand before a sign and are words of their own: "that's $12",
    "a $50 deposit", "give us $20"."""
    letters, sign = found[at], found[at + 1]
    if end != at + 2 or (letters.kind, sign.kind) != ("word", "sign"):
        return False
    if sign.text == ".":
        return False
    if _is_cut(found, at):
        return True
    is_code = len(letters.text) > 1 and letters.text.isupper()
    return not (is_glued(letters, sign) or is_code)


def _is_cut(found: list[Token], at: int) -> bool:
    """Whether a word is what an apostrophe has left of one."""
    before = found[at - 1] if at else None
    return bool(before and before.text in "'’" and is_glued(before, found[at]))


def _known(said: tuple[str, ...], language: str) -> tuple | None:
    written = " ".join(said)
    if written in money.exponents():
        return ((written,), None, True)
    if cased := _words.table("cased").get(written):
        return (tuple(cased.split()), None, True)
    key = written.lower()
    if signed := _signed(key):
        return signed
    if key in _words.table("lowercase").split():
        return ((key.upper(),), None, True)
    if part := _words.table("parts").get(key):
        return (tuple(_words.table("parts_of").get(key, "").split()), part, False)
    codes = _locales.names(language).get(key) or _locales.full_names().get(key)
    # "Rupees 500": in the plural, for "won" and "real" are other words, too.
    return (tuple(codes.split()), None, key.endswith("s"), True) if codes else None


def _signed(key: str) -> tuple | None:
    is_plural = key == "euro" or key.endswith("s")
    for table, leads in (("symbols", True), ("slang", is_plural)):
        if codes := _words.table(table).get(key):
            codes = _words.table("symbols").get(codes, codes)
            return (tuple(codes.split()), None, leads, table == "slang")
    return None


def resolve(
    codes: tuple[str, ...], default: str | None, locale: _locales.Locale | None
) -> str | None:
    """The one currency that is meant: the only one, the expected, the locale's own.

    None where it could be several, be it that the expected is not that of the locale's
    territory. Of names that one currency has made its own (pounds) that one.
    """
    if len(codes) == 1:
        return codes[0]
    local = _locales.own(codes, locale)
    if default in codes:
        is_regional = locale is not None and locale.territory is not None
        return None if is_regional and local not in (None, default) else default
    return local or _famous(codes, default)


def _famous(codes: tuple[str, ...], default: str | None) -> str | None:
    likely = _words.table("primary").split()
    if default is None:
        likely += _words.table("primary_alone").split()
    famous = [each for each in likely if each in codes]
    # "Euro" and "¥" are not asked about; "cents" of the euro are like any others.
    return famous[0] if famous and "USD" not in codes else None
