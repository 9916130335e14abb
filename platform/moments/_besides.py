"""Figures and names beside a time that are none: telephone numbers, sums, addresses."""

import re

MONTHLY = "april|may|june|august|autumn|summer|friday|wednesday"
WHO = (
    "friend|sister|daughter|wife|mother|mum|mom|aunt|cousin|niece|girlfriend|boss"
    "|colleague|neighbour|neighbor|called|named"
)
SPENT = (
    "paid|pays?|costs?|price|bill (?:is|was)|charged|owe|bezahlt|gekostet|kostet(?:e)?"
    "|payé|coûté?e?|pagado|pagué|cuesta|costó|betaald|kostte?"
)
DATE = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)"
NONE = (
    # +49 30 1234567, 01 42 15 30 00
    rf"(?<![\w.:/-])(?!{DATE})(?:\+|00?)[1-9](?:[ ./()-]{{0,2}}\d){{7,13}}(?![\d:])",
    rf"\b(?:{SPENT})\b(?:(?!\b(?:at|um|à|las|om)\b)\D){{0,12}}\d+[.,]\d\d\b"
    r"(?! ?(?:uhr|uur|h|[ap]m)\b)",
    r"\b\w*(?:straße|strasse|platz) des \d{1,2}\.? \w+",
    r"\b(?:rue|place|avenue|boulevard) du \d{1,2} \w+",
    r"\b(?:calle|plaza|avenida)(?: del?)? \d{1,2} de \w+",
    rf"\b(?:{WHO}) (?:{MONTHLY})\b",
)
_ANY = re.compile("|".join(f"(?:{each})" for each in NONE), re.IGNORECASE)


def without(text: str) -> str:
    """The text with a word that says nothing in their place."""
    return _ANY.sub(" xx ", text)
