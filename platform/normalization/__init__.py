"""Legible: text as a reader makes it out, and as two spellings of it are compared.

    normalization.shown("ﬁ\\u200bne")  # "fine"
    normalization.narrow("ＴＥＬ")  # "TEL"
    normalization.plain("Über Öl")  # "uber ol"

Every function takes and gives a whole text, raises nothing, and changes nothing when
it is applied again.
"""

import re
import unicodedata

__all__ = ["LONGER", "identity", "narrow", "plain", "shown", "unaccented"]

LONGER = 3  # times as long a text may come out of ``shown`` or ``narrow``, at the most

# Default_Ignorable_Code_Point (UAX #44) and the controls of direction (UTR #36), but
# for what scripts and emoji are shaped by, and for fillers, which take room.
_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls, but white space
    "\u00ad\u034f\u200b\u2060-\u2065\ufeff"  # where words may break or join
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction
    "\ufff0-\ufffb\U0001d173-\U0001d17a"  # of annotations and of music
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"  # tags: a hidden ASCII
    "\ud800-\udfff"  # halves of characters
    "]+"
)
# A selector shapes the character before it, a joiner those on both sides: any more of
# them in a row shape nothing, and can spell out a text that nobody sees.
_SELECTORS, _JOINERS = "\ufe00-\ufe0f\U000e0100-\U000e01ef", "\u200c\u200d"
_REPEATED = re.compile(
    f"([{_SELECTORS}])[{_SELECTORS}]+|([{_JOINERS}])[{_JOINERS}{_SELECTORS}]+"
)
# Found by patterns: to translate a whole text takes ten times as long.
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_OTHER_WIDTH = re.compile("[\u3000\uff01-\uffee]+")
# What Unicode calls wide or narrow forms of other characters.
_WIDTHS = {
    code: chr(int(unicodedata.decomposition(chr(code)).split()[1], 16))
    for code in (0x3000, *range(0xFF01, 0xFFEF))
    if unicodedata.decomposition(chr(code)).startswith(("<wide>", "<narrow>"))
}


def shown(text: str) -> str:
    """*text* as a reader sees it: composed (NFC), without invisible characters, Latin
    ligatures as their letters. White space stays. What is stored and quoted."""
    if text.isascii() and text.isprintable():
        return text
    seen = _REPEATED.sub(r"\1\2", _UNSEEN.sub("", text))
    return unicodedata.normalize("NFC", _LIGATURE.sub(_apart, seen))


def narrow(text: str) -> str:
    """*text* without letters of other widths (width mapping, RFC 8264 §5.2.1), and
    composed: what is looked for, since people type both. Unlike NFKC, m² is not m2."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _OTHER_WIDTH.sub(_narrowed, text))


def identity(text: str) -> str:
    """What texts that look the same have in common (NFKC, without format characters):
    to tell whether they are one, never to be shown."""
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", seen)


def unaccented(text: str) -> str:
    """*text* decomposed (NFKD), without accents and other combining marks."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c))


def plain(text: str) -> str:
    """*text* in lower case and without accents; "ß" is "ss"."""
    # Decomposed first: a double-struck S has no lower case, the S it stands for has.
    return text.lower() if text.isascii() else unaccented(text).casefold()


def _apart(ligature: re.Match[str]) -> str:
    return unicodedata.normalize("NFKD", ligature[0])


def _narrowed(wide: re.Match[str]) -> str:
    return wide[0].translate(_WIDTHS)
