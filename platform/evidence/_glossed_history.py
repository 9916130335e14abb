"""A follow-up in a language that is glossed, made whole from the question before it."""

import re

import glosses
from evidence import _question

_OPENS = {
    "german": r"(?:und|aber|oder|auch)\b"
    r"(?:\s+(?:was\s+ist|wie\s+ist\s+es|wie\s+sieht\s+es)\s+mit\b)?",
    "french": r"(?:et|mais|ou)\b"
    r"(?:\s+(?:qu['’]en\s+est-il\s+de|pour\s+ce\s+qui\s+est\s+de)\b)?",
    "spanish": r"(?:y|e|pero|o)\b(?:\s+qu[eé]\s+(?:tal|pasa\s+con)\b)?",
}
_OPENING = {
    name: re.compile(rf"^[\s¿¡]*{pattern}\s*", re.IGNORECASE)
    for name, pattern in _OPENS.items()
}
_DAYS = {
    "german": r"\b(?:am\s+|an\s+)?(?:montag|dienstag|mittwoch|donnerstag|freitag|"
    r"samstag|sonnabend|sonntag|feiertag|wochenende)"
    r"(?:s|en|e|abend|nachmittag|vormittag|morgen)*\b|"
    r"\b(?:jetzt|heute|(?<!am\s)morgen|übermorgen)\b",
    "french": r"\b(?:le\s+|les\s+)?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|"
    r"dimanche|jours?\s+fériés?|week-end)s?\b|"
    r"\b(?:maintenant|aujourd['’]hui|(?:après-)?demain|en\s+ce\s+moment)\b",
    "spanish": r"\b(?:el\s+|los\s+)?(?:lunes|martes|miércoles|jueves|viernes|sábado|"
    r"domingo|festivo|fin(?:es)?\s+de\s+semana)s?\b|"
    r"\b(?:ahora|hoy|(?:pasado\s+|(?<!la\s))mañana)\b",
}
_DAY = {name: re.compile(days, re.IGNORECASE) for name, days in _DAYS.items()}
# What stands for the thing that was asked about before.
_THINGS = {
    "german": r"(?<=\s)(?:das|es|dies|er|sie)(?=\s*\??\s*$)",
    "french": r"(?<=\s)(?:ça|cela)(?=\s*\??\s*$)",
    "spanish": r"(?<=\s)(?:eso|esto|ello)(?=\s*\??\s*$)",
}
_THING = {name: re.compile(thing, re.IGNORECASE) for name, thing in _THINGS.items()}
# "la vacuna" is asked about in place of "una consulta".
_ARTICLES = {
    "german": "ein|eine|einen|einem|einer|der|die|das|den|dem",
    "french": "un|une|des|le|la|les",
    "spanish": "un|una|unos|unas|el|la|los|las",
}
_NAMED = {
    name: re.compile(rf"(?<=\s)(?:{articles})\s+\w.*$", re.IGNORECASE)
    for name, articles in _ARTICLES.items()
}
_ASKS = re.compile(
    r"\b(?:how|what|when|where|which|who|whom|why|can|may|must|do|does|is|are|have)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SHORT = 6  # words of what only qualifies a question


def resolve(question: str, before: str, language: str) -> str | None:
    """The question with what the one before it adds, None where it needs nothing.

    "Was kostet eine Zahnreinigung?" and "Und für Kinder?" is "Was kostet eine
    Zahnreinigung für Kinder?".
    """
    opening = _OPENING[language].match(question)
    rest = question[opening.end() :].strip() if opening else question.strip()
    asked = glosses.asking(rest, language)
    if opening and _is_piece(rest, language):
        return _joined(rest.rstrip(" ?.!"), before.rstrip(" ?.!"), language)
    if _question.is_vague(asked) or _THING[language].search(rest):
        return _about(rest, before, language)
    return None


def _is_piece(rest: str, language: str) -> bool:
    said = glosses.gloss(rest, language).text
    return len(_WORD.findall(rest)) <= _SHORT and not _ASKS.search(said)


def _joined(piece: str, before: str, language: str) -> str:
    day, named = _DAY[language], _NAMED[language]
    if day.search(piece):
        swapped = day.sub(lambda _: piece, before, count=1)
        return f"{swapped if swapped != before else f'{before} {piece}'}?"
    if named.match(f" {piece}", 1) and named.search(before):
        return f"{named.sub(lambda _: piece, before, count=1)}?"
    return f"{before} {piece}?"


def _about(question: str, before: str, language: str) -> str | None:
    """The question with the subject of the one before in place of its "das"."""
    words = _WORD.findall(before)
    topic = " ".join(
        word for word in words if _question.topic(glosses.gloss(word, language).text)
    )
    if not topic:
        return None
    bare = _THING[language].sub("", question.rstrip(" ?.!")).strip()
    return f"{bare} {topic}?"
