"""Which encoding Latin letters are in, judged by the words that they make.

A statistical guess needs more text than a price list has: of "Gebühr: 5 €" it makes
"Geb№hr: 5 А". But in a wrong encoding a letter becomes a sign inside a word, or a
capital behind a small letter.
"""

# In the order in which they are tried where they do as well: Windows, Mac, Windows and
# ISO of Central Europe, DOS.
_ENCODINGS = ("cp1252", "mac_roman", "cp1250", "iso8859_2", "cp850")
_FREQUENT = frozenset("äöüßéèàçêëâîïôûùœáíóúñãõåøæìò")
_SIGNS = frozenset("€£§°–—‘’‚“”„…•«»¿¡´·×©®™½¼²³\u00a0")
_INSIDE = frozenset("’´")  # may be inside a word
_MOST = 0.6  # of the letters are beyond ASCII; where more are, the script is another


def encoding(sample: bytes) -> str | None:
    """The likeliest, or None where *sample* makes no words of Latin letters."""
    beyond = sum(byte > 0x7F for byte in sample)
    letters = sum(chr(byte).isalpha() for byte in sample if byte < 0x80)
    if beyond > _MOST * (beyond + letters):
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
    return sum(_reads(text, at) for at, sign in enumerate(text) if sign > "\x7f")


def _reads(text: str, at: int) -> float:
    """How well one character fits where it is: 1 at best, -2 where it cannot be."""
    sign, before, after = text[at], text[max(0, at - 1) : at], text[at + 1 : at + 2]
    if not (_is_placed if sign.isalpha() else _is_sign)(sign, before, after):
        return -2.0
    if not sign.isalpha():
        return 0.5
    return 1.0 if sign.lower() in _FREQUENT else 0.4


def _is_sign(sign: str, before: str, after: str) -> bool:
    """Whether it is a usual sign, and where one may be."""
    inside = before.isalpha() and after.isalpha()
    return sign in _INSIDE if inside else sign in _SIGNS


def _is_placed(letter: str, before: str, after: str) -> bool:
    """Whether a capital begins a word, or stands among capitals."""
    if letter.isupper():
        return not before.isalpha() or (before + after).isupper()
    return not after.isupper()
