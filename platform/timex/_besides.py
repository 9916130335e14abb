"""Figures and names beside a time that are none: telephone numbers, sums, addresses."""

import re

MONTHLY = "april|may|june|august|autumn|summer"
DAILY = "friday|wednesday"  # of which "my wife Friday at 10" says when
WHO = (
    "friend|sister|daughter|wife|mother|mum|mom|aunt|cousin|niece|girlfriend|boss"
    "|colleague|neighbour|neighbor|called|named"
)
SPENT = (
    "paid|pays?|costs?|price|bill (?:is|was)|charged|owe|bezahlt|gekostet|kostet(?:e)?"
    "|payé|coûté?e?|pagado|pagué|cuesta|costó|betaald|kostte?"
)
OLD = (
    r"(?:he|she|who)(?:'s| is| was)(?: only| just| almost| nearly)?|aged"
    r"|(?:er|sie) ist(?: erst| schon)?|(?:hij|zij|ze) is(?: pas)?"
)
DATE = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)"
NONE = (
    # +49 30 1234567, 01 42 15 30 00
    rf"(?<![\w.:/-])(?!{DATE})(?:\+|00?)[1-9](?:[ ./()-]{{0,2}}\d){{7,13}}(?![\d:])",
    # 555 1234, (212) 555-1234
    r"(?<![\w.:/-])(?:\(?\d{3}\)?[ .-]{0,2})?\d{3}[ .-]\d{4}(?![\d:])",
    rf"\b(?:{SPENT})\b(?:(?!\b(?:at|um|à|las|om)\b)\D){{0,12}}\d+[.,]\d\d\b"
    r"(?! ?(?:uhr|uur|h|[ap]m)\b)",
    r"\b\w*(?:straße|strasse|platz) des \d{1,2}\.? \w+",
    r"\b(?:rue|place|avenue|boulevard) du \d{1,2} \w+",
    r"\b(?:calle|plaza|avenida)(?: del?)? \d{1,2} de \w+",
    rf"\b(?:{WHO}) (?:{MONTHLY})\b(?! ?(?:the )?\d)",
    rf"\b(?:called|named) (?:{DAILY})\b",
    # "at 10 and one for my wife" is not a minute past
    r"\b(?:and|und|et|y|en) (?:one|eine?[nr]?|une?|una?|een)"
    r" (?=(?:for|für|pour|para|voor)\b)",
    # how old somebody is
    rf"\b(?:{OLD}) \d{{1,2}}\b"
    r"(?! ?(?:[ap]\.?m\b|:\d|o'?clock|uhr|uur|h\b|minutes?|min\b))",
    r"\b\d{1,2}[- ](?:(?:years?|yrs?|months?|weeks?)[- ]old|jahre alt|ans|años"
    r"|jaar oud)\b",
)
# What is moved goes to the second of two times.
MOVED = re.compile(
    r"\b(?:(?:move|change|moving|reschedule|shift|switch|push|bring)\b[^.?!]{0,60}?)"
    r"(?P<old>\bfrom [^.?!]{3,40}?) to (?=\w)"
    r"|(?P<von>\b(?:von|vom) [^.?!]{3,40}?) auf (?:den )?(?=\w)"
    r"|(?P<van>\bvan [^.?!]{3,40}?) naar (?=\w)",
    re.IGNORECASE,
)
_ANY = re.compile("|".join(f"(?:{each})" for each in NONE), re.IGNORECASE)


def without(text: str) -> str:
    """The text with a word that says nothing in their place."""
    return MOVED.sub(_kept, _ANY.sub(" xx ", text))


def _kept(moved: re.Match[str]) -> str:
    """What is moved, without the time that it was at."""
    old = next(each for each in moved.groups() if each)
    return f"{moved[0].partition(old)[0]} "
