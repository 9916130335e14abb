"""Where sentences end, in English, German, French and Spanish.

A full stop ends a sentence unless it belongs to an abbreviation, an initial, a number
or an ordinal, or what follows begins with a small letter.
"""

import re

# The first look-behind keeps a long run of marks from being tried at each of them.
_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)|[。！？]+[”’」』）]*|\n+",
)
_WORD_BEFORE = re.compile(r"[^\s(\[\"'“‘«„]+$")
_NEXT = re.compile(r"\s*[\"'“‘«„(\[¿¡]*(\S{1,40})")
# Never the end: something belongs to them.
_OPEN = frozenset(
    "dr mr mrs ms prof st rev hon mt vs cf e.g i.e eg ie approx dept est fig figs vol"
    " ca z.b z.t d.h u.a o.ä i.d.r bzw evtl ggf inkl exkl zzgl abzgl vgl str fr frau"
    " dipl ing geb sog u.u v.a mme mlle p.ex env bd éd sr sra srta dra ud uds vd p.ej"
    " núm pág aufl bsp".split()
)
# Before a number only: "No. 5", but "I said no. Then".
_BEFORE_NUMBER = frozenset(
    "no nos nr pp p s sec ch chap para § n n° art abs tel tél ext min max mind jan feb"
    " apr jun jul aug sep sept oct okt nov dec dez janv févr juil déc av".split()
)
_MONTHS = frozenset(
    "januar februar märz april mai juni juli august september oktober november"
    " dezember jänner feber".split()
)
_ORDINAL_NOUNS = frozenset(
    "stock etage obergeschoss og ug klasse auflage quartal jahrhundert woche monat tag"
    " lebensjahr lebensmonat rate platz stelle kapitel absatz person termin".split()
)


def sentences(text: str) -> list[tuple[int, int]]:
    """The spans of *text*'s sentences, without the white space between them."""
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _END.finditer(text):
        if _ends(text, start, found):
            start = _add(spans, text, start, found.end())
    _add(spans, text, start, len(text))
    return spans


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> int:
    piece = text[start:end]
    if stripped := piece.strip():
        begin = start + len(piece) - len(piece.lstrip())
        spans.append((begin, begin + len(stripped)))
    return end


def _ends(text: str, start: int, found: re.Match[str]) -> bool:
    mark = found[0]
    if mark[0] in "\n。！？":
        return True
    following = _NEXT.match(text, found.end())
    after = following[1] if following else ""
    if after[:1].islower():
        return False
    return (
        mark[0] != "."
        or len(mark.rstrip("\"'”’»)]")) > 1
        or (_is_full_stop(text[max(start, found.start() - 40) : found.start()], after))
    )


def _is_full_stop(before: str, after: str) -> bool:
    """Whether a single point between *before* and the word *after* ends a sentence."""
    found = _WORD_BEFORE.search(before)
    word = found[0] if found else ""
    small = word.lower()
    if small in _OPEN or (small in _BEFORE_NUMBER and after[:1].isdigit()):
        return False
    if len(word) == 1 and word.isalpha():
        return word == "I" and before != "I"
    if word.isdecimal():
        return not _is_ordinal(word, before.strip() == word, after)
    return True


def _is_ordinal(number: str, begins: bool, after: str) -> bool:
    """``3. Mai``, ``2. Stock``, and the ``1.`` that begins an item."""
    named = after.strip(".,;:!?)").lower()
    known = named in _MONTHS or named in _ORDINAL_NOUNS or after[:1].isdigit()
    return len(number) <= 2 and (begins or known)
