"""What a text says of its amounts as a whole: which is meant after all, or that a part
of it alone is meant, or more than it."""

import re
from dataclasses import replace
from typing import Any

from amounts._mentions import Mention
from amounts._mentions import find as found_in

# What is said before the right one: "50 euros, sorry, 55".
CORRECTS = re.compile(
    r"\b(?:no,? wait|wait,? no|scratch that|sorry|typo|i mean|i meant|(?:no,? )?make "
    r"(?:that|it)|correction|or rather|ich mein(?:e|te)|entschuldigung|quatsch|besser "
    r"gesagt|je veux dire|je voulais dire|pardon|perdón|perdon|quiero decir|quise decir"
    r"|mejor dicho|digo|ik bedoel(?:de)?|of liever|volevo dire|anzi|quero dizer)\b"
    r"|じゃなくて|ではなく(?:て)?|,\s*(?:(?:nein|nee),?|(?:no|non),)(?=\s+\d)"
    r"|(?:…|\.{2,}|\s[-–—])\s*(?:nein|nee|no|non|não),?(?=\s+[\d€$£])",
    re.IGNORECASE,
)
# A share of what is named, or more than it, is not what is named.
OWN = (
    r"\b(?:my|our|mein\w*|unser\w*|mon|ma|notre|mi|nuestr[oa]|mijn|ons|onze) (?:own )?"
)
PARTED = re.compile(
    rf"{OWN}"
    r"(?:share|half|third|quarter|part|portion|hälfte|drittel|viertel|anteil|teil"
    r"|moitié|tiers|quart|part|mitad|tercio|cuarto|parte|helft|derde|kwart|deel)\b"
    r"|(?:\bplus|\+) (?:whatever|was auch immer|ce que|lo que|wat)\b"
    r"|\b(?:coins|notes|münzen|scheine|monedas|monete|munten)\b",
    re.IGNORECASE,
)
TIPPED = re.compile(
    r"\s*(?:plus|zuzüglich|más|più|mais|\+) (?:an? |the |ein |le |un |een |la )?"
    r"(?:tip|gratuity|trinkgeld|pourboire|propina|mancia|gorjeta|fooi)\b"
    r"(?! (?:of|von|de|di|van) \d)",
    re.IGNORECASE,
)
TOGETHER = re.compile(
    r"\b(?:together|altogether|in total|all in|zusammen|insgesamt|en tout|au total"
    r"|ensemble|en total|juntos|juntas|in totale|insieme|samen|in totaal|no total)\b",
    re.IGNORECASE,
)
HALVED = re.compile(r"\b(?:hundred|thousand) and a half\b", re.IGNORECASE)
OWN_PART = re.compile(rf"{OWN}(?P<part>\w+)(?=\W*(?:[.,;!?]|$))", re.IGNORECASE)
PARTS = {
    2: re.compile("half|hälfte|moitié|mitad|helft", re.IGNORECASE),
    3: re.compile("third|drittel|tiers|tercio|derde", re.IGNORECASE),
    4: re.compile("quarter|viertel|quart|cuarto|kwart", re.IGNORECASE),
}
LETTER = re.compile(r"(?<![^\W\d])\d[\d.,]*[oO]+[\doO.,]*(?![^\W\d]|['’])")
# "30 of the 50 euros", "100 euros but with 20% off": who counts what is left?
SOME = re.compile(
    r"\d (?:(?:out )?of (?:the|my|our|those)|von (?:den|meinen|unseren)|sur les"
    r"|de (?:los|mis)|dei|van de) $",
    re.IGNORECASE,
)
REDUCED = re.compile(
    r"[^.!?]{0,20}\b(?:but|then|aber|mais|pero|ma|mas|maar)\b[^.!?\d]{0,20}"
    r"\d[\d.,]* ?(?:%|per ?cent\b|prozent\b|por ?ciento\b|pour ?cent\b|procent\b)",
    re.IGNORECASE,
)
# "50元5角": a tenth of a yuan is no minor unit.
TENTHS = re.compile(r"\s*[\d〇一二两三四五六七八九]+\s*[角毛分]")
ROUGHLY = re.compile(r"くらい|ぐらい|ほど|程度|約")
EACH = re.compile(r"\b(?:je|jeweils) $|[一1１]人(?:あたり|につき)?$", re.IGNORECASE)
QUOTE = re.compile(r"(?<=\d)['’](?=\d\d(?!\d))")  # 21'50 €, as Spaniards write


def find(
    text: str,
    locale: str | None = None,
    currency: str | None = None,
    *,
    is_answer: bool = False,
) -> list[Mention]:
    """Every amount in the text that is meant, in its order; see ``_mentions.find``."""
    text = QUOTE.sub(",", text)
    for corrected in [*CORRECTS.finditer(text)][::-1]:
        if last := _corrected(text, corrected, locale, currency):
            return [last]
    if LETTER.search(text):
        return _mistyped(text, locale, currency, is_answer=is_answer)
    found = found_in(text, locale, currency, is_answer=is_answer)
    found = _together(text, found)
    return [_doubted(text, one, alone=len(found) == 1) for one in found]


def _together(text: str, found: list[Mention]) -> list[Mention]:
    """The amounts as one, where it is said that they are meant together."""
    if len(found) < 2 or not TOGETHER.search(text) or not _is_one_money(found):
        return found
    units = [one.minor_units or 0 for one in found]
    if units[-1] == sum(units[:-1]):
        return found[-1:]
    first, end = found[0], found[-1].end
    whole = {"end": end, "text": text[first.start : end], "minor_units": sum(units)}
    return [replace(first, **whole)]


def _is_one_money(found: list[Mention]) -> bool:
    is_known = all(one.money and not one.doubt for one in found)
    return is_known and len({one.currency for one in found}) == 1


def _own_part(rest: str, one: Mention) -> dict[str, Any]:
    """What is known of the amount of which a part is meant: "my third", where that
    comes out."""
    said = OWN_PART.search(rest)
    parts = next((n for n in PARTS if said and PARTS[n].fullmatch(said["part"])), 0)
    units = one.minor_units or 0
    if parts and units % parts == 0:
        return {"minor_units": units // parts}
    return {"minor_units": None, "doubt": "number"}


def _mistyped(
    text: str, locale: str | None, currency: str | None, *, is_answer: bool
) -> list[Mention]:
    """The amounts of a text with a letter in place of a nought: none is sure."""
    plain = LETTER.sub(lambda found: re.sub("[oO]", "0", found.group()), text)
    found = found_in(plain, locale, currency, is_answer=is_answer)
    about = {"minor_units": None, "doubt": "number"}
    return [replace(e, **about, text=text[e.start : e.end]) for e in found]


def _corrected(
    text: str, said: re.Match[str], locale: str | None, currency: str | None
) -> Mention | None:
    """The amount that is named after all, if one was named before and one is now."""
    before = found_in(text[: said.start()], locale, currency)
    named = {(one.currency, one.doubt) for one in before}
    code, doubt = named.pop() if len(named) == 1 else (None, "")
    if not before or doubt not in (None, "currency"):
        return None
    if any(map(str.isdigit, text[before[-1].end : said.start()])):
        return None  # another number, of nights perhaps, is what is corrected
    rest, at = text[said.end() :], said.end()
    after = found_in(rest, locale, code or currency, is_answer=True)
    if len(after) != 1 or after[0].doubt not in (None, doubt):
        return None
    return replace(after[0], start=after[0].start + at, end=after[0].end + at)


def _is_half_told(text: str, one: Mention) -> bool:
    """Whether what stands beside it makes it less or more, nobody knows how much."""
    rest = text[one.end :]
    adds = (TIPPED, TENTHS, REDUCED)
    return any(each.match(rest) for each in adds) or bool(
        SOME.search(text[max(0, one.start - 40) : one.start])
    )


def _doubted(text: str, one: Mention, *, alone: bool) -> Mention:
    if one.doubt:
        return one
    if EACH.search(text[: one.start]):
        return replace(one, doubt="each")
    if HALVED.search(text) or _is_half_told(text, one):
        return replace(one, minor_units=None, doubt="number")
    rest = f"{text[: one.start]};{text[one.end :]}"
    if alone and PARTED.search(rest):
        return replace(one, **_own_part(rest, one))
    return replace(one, doubt="about") if ROUGHLY.search(text) else one
