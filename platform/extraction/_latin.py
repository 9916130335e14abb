"""Which encoding Latin letters are in, judged by the words that they make.

A statistical guess needs more text than a price list has: of "Gebühr: 5 €" it makes
"Geb№hr: 5 А". But in a wrong encoding a letter becomes a sign inside a word, or a
capital behind a small letter, or stands among those of another language: "otevøena"
is Czech, but no Dane's.
"""

from collections import Counter

# In the order in which they are tried where they do as well: Windows, ISO with the
# euro, Mac, Windows and ISO of Central Europe, DOS.
_ENCODINGS = ("cp1252", "iso8859_15", "mac_roman", "cp1250", "iso8859_2", "cp850")
# Beyond ASCII; a text is in one language, or in two that share most of theirs.
_ALPHABETS = [
    frozenset(letters)
    for letters in (
        *("äöüßé", "éèàçêëâîïôûùœæ", "áéíóúñü", "àèéìòù", "ãõáéíóúâêôàç", "ëïéèöü"),
        *("åäöé", "æøåé", "áéíóúýðþæö", "áčďéěíňóřšťúůýžľĺŕôä", "ąćęłńóśźż"),
        *("áéíóöőúüű", "ăâîșțşţ", "čćžšđ"),
    )
]
_WORDS = frozenset("àáéèêíóòöåøæÀ")  # letters that are a word
# What a text in English has of signs, and often nothing else beyond ASCII.
_SIGNS = frozenset("–—‘’“”…•»´·©®™\u00a0")
_INSIDE = frozenset("’´–—")  # may be inside a word
_OPENING = frozenset("«„‚")  # before a word, or a blank
_ASKING = frozenset("¿¡")  # before a word
_NUMERIC = frozenset("€£¥¢§°½¼¾²³¹×±µªº÷")  # beside a number, or a blank and a number
_LETTERLIKE = frozenset("µªº")  # letters, for Unicode
_AREA = ("m²", "m³")
_FEW = 2  # characters beyond ASCII, which say nothing of the script
_MOST = 0.6  # of the letters are beyond ASCII; where more are, the script is another


def encoding(sample: bytes) -> str | None:
    """The likeliest, or None where *sample* makes no words of Latin letters."""
    beyond = sum(byte > 0x7F for byte in sample)
    letters = sum(chr(byte).isalpha() for byte in sample if byte < 0x80)
    if beyond > max(_FEW, _MOST * (beyond + letters)):
        return None
    scores = {name: _score(sample, name) for name in _ENCODINGS}
    best = max(_ENCODINGS, key=lambda name: scores[name])
    return best if scores[best] > 0 else None


def _score(sample: bytes, name: str) -> float:
    """How well *sample* reads, in characters beyond ASCII; below 0 it does not."""
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return -1.0
    beyond = [at for at, sign in enumerate(text) if sign > "\x7f"]
    letters = Counter(text[at].lower() for at in beyond)
    known = max(_ALPHABETS, key=lambda own: sum(letters[each] for each in own))
    return sum(_reads(text, at, known) for at in beyond)


def _reads(text: str, at: int, known: frozenset[str]) -> float:
    """How well one character fits where it is: 1 at best, -2 where it cannot be. The
    language has the letters *known*."""
    sign, before, after = text[at], text[max(0, at - 1) : at], text[at + 1 : at + 2]
    if not sign.isalpha() or sign in _LETTERLIKE:
        return _reads_sign(sign, text[max(0, at - 2) : at], text[at + 1 : at + 3])
    if not _is_placed(sign, before, text[at + 1 : at + 3]):
        return -2.0
    if not any(map(str.isalpha, before + after)):
        return 0.6 if sign in _WORDS else 0.1
    return 1.0 if sign.lower() in known else 0.4


def _reads_sign(sign: str, before: str, after: str) -> float:
    """The same of what is no letter; *before* and *after* are two characters each."""
    inside = before[-1:].isalpha() and after[:1].isalpha()
    if inside:
        return 1.0 if sign in _INSIDE else -2.0
    if sign in _NUMERIC:
        return 1.0 if _is_beside_a_number(sign, before, after) else 0.3
    if sign in _OPENING | _ASKING:
        return 1.0 if _begins(sign, before, after) else 0.1
    return 1.0 if sign in _SIGNS else -2.0


def _begins(sign: str, before: str, after: str) -> bool:
    is_before = bool(after[:1].strip()) or sign in _OPENING
    return is_before and not before[-1:].isalnum()


def _is_beside_a_number(sign: str, before: str, after: str) -> bool:
    if after.lstrip()[:1].isdecimal():
        return True
    behind = before.rstrip()[-1:].isdecimal() and sign != "§"
    return behind or before[-1:] + sign in _AREA


def _is_placed(letter: str, before: str, after: str) -> bool:
    """Whether a capital begins a word, or stands among capitals; *after* is two
    characters."""
    if not letter.isupper():
        return not after[:1].isupper()
    if before.isalpha():
        return (before + after[:1]).isupper()
    return not (after[:1].isupper() and after[1:].islower())
