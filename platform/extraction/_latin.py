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
    if not sign.isalpha():
        inside = before.isalpha() and after.isalpha() and sign not in "’´"
        return -2.0 if inside or sign not in _SIGNS else 0.5
    # A capital begins a word, or stands among capitals.
    capital = sign.isupper() and before.isalpha() and not (before + after).isupper()
    if capital or (sign.islower() and after.isupper()):
        return -2.0
    return 1.0 if sign.lower() in _FREQUENT else 0.4
