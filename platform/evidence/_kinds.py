"""Which kinds of answer a sentence holds: an amount, a time of day, a name, …"""

import re

_SPELT = (
    r"half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|"
    r"hundred|thousand|dozen|third"
)
_NUMBER = rf"(?:\d[\d.,]*|{_SPELT}|a|an)"
_UNIT = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|months?|years?|"
    r"weekends?|minuten?|stunden?|tagen?|wochen?|monaten?|jahren?)"
)
_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekdays?|weekends?|daily|"
    r"every\s+day|(?:public\s+|bank\s+)?holidays?|today|tomorrow)"
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|"
    r"november|december|spring|summer|autumn|winter|christmas|easter)"
)

# Signs, the codes of ISO 4217 that are no words, and usual abbreviations.
_CURRENCY = (
    r"(?:[€$£¥₹₩₽₺₫₴₦₪₱฿]|(?<![a-z])(?:(?:aed|aud|bgn|brl|cad|chf|cny|czk|dkk|eur|gbp|"
    r"hkd|huf|idr|ils|inr|isk|jpy|krw|kwd|mxn|myr|nok|nzd|pln|rub|sar|sek|sgd|thb|uah|"
    r"usd|zar|sfr|rs|kr|zł|kč)\.?|fr\.)(?![a-z]))"
)

_COINS = (
    r"(?:euros?|dollars?|pounds?|cents?|pence|quid|crowns?|francs?|ducats?|yen|rupees?|"
    r"kron\w+|shillings?|guilders?|florins?|pesos?|rou?bles?|coins|thalers?)\b"
)

# "Half the deposit", "a quarter of the standard hire", "one third shall be payable".
_SHARE = (
    r"\b(?:half|thirds?|quarters?|double|twice)\s+(?:of\s+)?(?:(?:the|its|your|that|this|"
    r"our|an?)\s+)?(?:\w+\s+){0,2}?(?:prices?|costs?|rates?|fees?|charges?|fares?|rent|hire|"
    r"deposit|amount|total|sum|value|tariff|postage|commission)\b|"
    r"\b(?:half|thirds?|quarters?)\b[^.;]{0,40}\b(?:payable|due|charged|refunded|paid)\b"
)

_FIGURE_OF = rf"(?:\d\s?|\b(?:{_SPELT})\s+)"  # and what it is a figure of

# "At nine", and no "at nine of our shops": what is counted would follow.
_HOUR_SPELT = (
    r"\b(?:at|until|till)\s+(?:about\s+)?(?:half\s+past\s+|(?:a\s+)?quarter\s+(?:to|past)\s+)?"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
    r"(?=\s*(?:[.,;:!?)–—-]|$|(?:in\s+the|on|every|and|to|until|sharp|at\s+night)\b))"
)

_HELD = {
    "money": rf"{_CURRENCY}\s?\d|\d\s?(?:{_CURRENCY}|p\b|[.,][-–—]|%|"
    rf"percent\b|per\s+cent\b|million\s+{_COINS})|{_FIGURE_OF}{_COINS}|"
    # But neither "gluten-free" nor "feel free".
    r"(?<![\w-])(?<!feel\s)free\b|"
    r"\bno\s+(?:extra\s+)?"
    r"(?:charge|cost|fee)|\bwithout\s+(?:a\s+|any\s+)?(?:charge|fee|extra)|"
    # A row's cell below the name of a price: "Price GBP: 7.49".
    rf"(?:\b(?:price|cost|fee|charge|rate|rent|tariff|fare)s?\b|{_CURRENCY})[^:;\n]{{0,20}}:"
    r"\s*\d+(?:[.,]\d+)?\s*(?:;|$)|"
    rf"\bcomplimentary\b|\bincluded\b|\bat\s+cost\b|\bown\s+expense\b|{_SHARE}",
    # "9.30" is a time where the words around it say so: "Python 3.11" is none.
    "clock": r"\b\d{1,2}[:h]\d\d\b|(?:\b(?:at|from|to|until|till|by|after|before|"
    r"between|and|um|ab|bis|von)\s|[–:-]\s?)\d{1,2}\.[0-5]\d\b|"
    r"\b\d{1,2}\.[0-5]\d\s?(?:[–-]|to\b|until\b|uhr\b|h\b)|"
    r"\b\d{1,2}\s?[ap]\.?m\b|\bo'clock\b|\bnoon\b|"
    r"\bmidnight\b|\bclosed\b|\baround\s+the\s+clock\b|\b24\s?(?:hours|/\s?7)\b|"
    r"\bday\s+or\s+night\b|\bany\s+time\b|\buhr\b|" + _HOUR_SPELT,
    "date": rf"\b{_DAY}\b|\b{_MONTH}\b|\b(?:19|20)\d\d\b|\b\d{{1,2}}(?:st|nd|rd|th)\b|"
    rf"\b(?:before|after|until|within|from|by|every|once|first|last|at\s+least|in)\b"
    rf"[^.;]*\b{_UNIT}\b|\b{_NUMBER}\s+{_UNIT}\s+(?:before|after|ahead|old|in\s+advance)"
    r"|\bimmediately\b|\bat\s+any\s+time\b|\bonce\b|\bas\s+soon\s+as\b|\bon\s+collection"
    r"|\bwhen\b",
    "duration": rf"\b{_NUMBER}[\s-]*(?:(?:to|or|and|–|-)\s*{_NUMBER}\s*)?(?:\w+\s+)?"
    rf"{_UNIT}\b|\b{_NUMBER}-{_UNIT}|\bovernight\b|\bsame\s+day\b|\bwhile\s+you\s+wait\b"
    r"|\bpermanent|\blifetime\b|\bimmediate|\bat\s+once\b|\bat\s+any\s+time\b|"
    r"\bwithin\b|\b(?:duration|lasts?)\b[^:;\n]{0,20}:\s*\d",
    "count": rf"\b(?:\d[\d.,]*|{_SPELT}|several|no|none|both|single|each|only)\b",
    "measure": r"\d[\d.,]*\s?(?:km|m|cm|mm|m²|sqm|kg|g|l|ml|litres?|liters?|miles?|"
    r"met(?:er|re)s?|inch(?:es)?|°\s?c?|kwh?|mb|gb|square|volts?|w|mph|kmh|%)(?!\w)|"
    rf"\b{_NUMBER}\s+{_UNIT}",
    "frequency": rf"\b(?:every|per|once|twice|daily|weekly|monthly|yearly|annually|"
    rf"times|each|always|never|a\s+(?:day|week|month|year))\b|"
    rf"\b{_NUMBER}\s+{_UNIT}\b",
    "person": r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof)\b\.?\s+\w)|"
    r"\b[A-Z][a-zà-ÿ]+\s+[A-Z][a-zà-ÿ]+|"
    r"\b(?:tenants?|landlord|owner|caretaker|manager|director|team|staff|nurses?|"
    r"mechanics?|employees?|customers?|guests?|parents?|children|adults?|"
    r"insurers?|everyone|anyone|members?|[Oo]mbudsman|[a-z]\w*(?:ist|ian)s?)\b|"
    r"(?:^|[.!?]\s)[A-Z]\w*(?:ist|ician)s?\b",
    "place": r"\b(?:street|road|lane|avenue|square|quay|floor|building|block|behind|"
    r"opposite|next\s+to|near|beside|in\s+(?:the|a|our|front)|at\s+(?:the|our|\d)|on\s+"
    r"(?:the|our|your)|from\s+(?:the|our)|outside|inside|into\s+the|to\s+the|station|"
    r"online|website|portal|app|reception|office|city|centre|center|room|counter|"
    r"(?!(?:1[5-9]|20)\d\d\b)\d+\s+[A-Z]\w+)\b|"
    r"\b(?:in|at|near|from|between|off|on|of)\s+(?:(?:the|south|north|west|east|central)\w*\s+)*(?!Jan|Feb|Mar|"
    r"Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)[A-Z]\w+|(?:^|[\s`\"'])(?:~|\.{1,2})?/\w|\b[A-Z]\w+\s+(?:St|Rd|Ave)\b|\b\w+(?:straße|strasse|platz|weg)\b",
    "contact": r"\b\d{3}[-\s.]?\d{3,}|\+\d[\d\s-]{6,}|\S+@\S+|https?://|\bwww\.|\bcall\b|"
    r"\bphone\b|\bemail\b|\bportal\b|\bapp\b|\bonline\b|\bwrite\b|\breception\b|\bform\b",
    "address": r"\b\d+[a-z]?,?\s+[A-Z]\w+|\b[A-Z]\w+\s+(?:Street|Road|Lane|Avenue|"
    r"Square|Quay|House|Row|Place|Way)\b|\b[A-Z]\w+(?:straße|strasse|platz|weg|gasse)?\s+\d+",
    "payment": r"\b(?:cash|cards?|visa|mastercard|amex|cheques?|checks|pay\s?pal|"
    r"direct\s+debit|(?:bank|wire)\s+transfers?|apple\s+pay|google\s+pay|on\s+account|"
    r"sepa|invoice[sd]?|contactless|bitcoin|crypto\w*)\b",
    "code": r"\b(?:code|password|pin|passcode)s?\b(?:\W+\S*\d|"
    r"[^.;]*?(?:\b(?:is|are|was)\b|[:=])\W{0,3}\w)|\b\d{4,}\b",
    "email": r"\S+@\S+",
    "weight": rf"{_FIGURE_OF}(?:kg|kilos?|kilograms?|g|grams?|lbs?|pounds?|stones?|"
    r"t|tons?|tonnes?)\b",
    "temperature": rf"{_FIGURE_OF}(?:°|degrees?\b|celsius\b|fahrenheit\b)",
    "length": rf"{_NUMBER}[\s-]?(?:km|kilomet\w+|m|cm|mm|met(?:er|re)s?|centimet\w+|"
    r"miles?|nautical|feet|foot|ft|inch(?:es)?|yards?|floors?|storeys?)\b",
    "area": r"m²|\bsqm\b|\bsquare\b|\bhectares?\b|\bacres?\b|\d\s?[x×]\s?\d",
    "speed": r"\d\s?(?:[mgk]bit|[mgk]bps|[mgk]b/s|km/h|kmh|mph|knots?|megabits?|"
    r"gigabits?)|\bper\s+(?:second|minute|hour)\b",
    "year": r"\b1\d\d\d\b|\b20\d\d\b|\bcentury\b|\b\d+\s+years\s+ago\b",
    "phone": r"\b\d{3}[-\s.]?\d{3,}|\+\d[\d\s-]{6,}",
    "age": rf"\b(?:ages?|aged|under|over|older|younger|at\s+least)\b"
    rf"[^.;]*(?:\d|{_UNIT}|six|seven|eight|ten|twelve|fourteen|sixteen|eighteen)|"
    # "From 9:00" and "until 3 May" are no ages.
    r"\b(?:from|until|between)\s+(?:\w+\s+)?(?:\d{1,2}\b(?![:.]\d|\s*(?:[ap]m\b|uhr\b|"
    rf"h\b|%|{_MONTH}))|six|seven|eight|ten|twelve|fourteen|sixteen|eighteen)|"
    rf"\b{_NUMBER}\s+{_UNIT}\s+old|\b(?:since|founded|built|born|opened|established|"
    r"began|started|dates?)\b[^.;]*\b(?:1[5-9]|20)\d\d\b",
}
_CASED = frozenset({"person", "place", "address"})
_PATTERNS = [(kind, kind in _CASED, re.compile(_HELD[kind])) for kind in _HELD]

_COUNTED = re.compile(
    rf"\b(?:\d[\d.,]*|{_SPELT}|several|no|none|only)\s+((?:[\w'-]+\s+){{0,2}}[\w'-]+)|"
    r"([\w'-]+):\s*(?:up\s+to\s+)?\d"
)


def counted(text: str) -> str:
    """The words that numbers of a text count: "bikes" in "eight touring bikes"."""
    found = _COUNTED.findall(text.lower())
    return " ".join(word for words in found for word in words if word)


_NAME = re.compile(r"(?<=[^.!?]\s)[\"'(]?([A-Z][\w&'’-]*\w|[A-Z]?\d+)\b(?!:)")
_FIGURE = re.compile(rf"\d[\d.,:]*|\b(?:{_SPELT}|once|twice)\b")
_NO_NAME = frozenset(
    "january february march april may june july august september october november "
    "december monday tuesday wednesday thursday friday saturday sunday mondays "
    "tuesdays wednesdays thursdays fridays saturdays sundays the we you our".split()
)


def names(text: str) -> frozenset[str]:
    """Lower-case words that are written as names, beyond a sentence's first word."""
    found = frozenset(match.lower() for match in _NAME.findall(text))
    return found - _NO_NAME


def figures(text: str) -> frozenset[str]:
    """Numbers as they are written, "4,900" and "twice"."""
    return frozenset(match.rstrip(".,:") for match in _FIGURE.findall(text.lower()))


_CODE = re.compile(r"(?<![\w-])[a-z]{1,4}-?\d{1,5}[a-z]?(?![\w-])")


def codes(text: str) -> frozenset[str]:
    """Lower-case names made of letters and figures: "bp-1400", "e07"."""
    return frozenset(_CODE.findall(text.lower()))


# "HX5 to HX7", "B10–19".
_CODES = re.compile(
    r"(?<![\w-])([a-z]{1,4})(\d{1,3})\s*(?:to|–|-)\s*(?:\1)?(\d{1,3})(?![\w-])",
    re.IGNORECASE,
)
_ENDED = re.compile(r"([a-z]+)(\d{1,3})", re.IGNORECASE)


def _ranges(text: str) -> list[tuple[str, int, int, str]]:
    """Letters, first and last figure of each range of codes, and the first code."""
    return [(a.lower(), int(b), int(c), a + b) for a, b, c in _CODES.findall(text)]


def in_range(question: str, text: str) -> str:
    """The question with a code that a text has but within a range as its first one:
    "HX5" for "HX6" where that has "HX5 to HX7"."""
    asked = codes(question)
    ranges = _ranges(text) if asked else []
    for code in asked - codes(text) if ranges else ():
        found = _ENDED.fullmatch(code)
        for letters, low, high, first in ranges if found else ():
            if letters == found[1] and low <= int(found[2]) <= high:
                return re.sub(rf"\b{code}\b", first, question, flags=re.IGNORECASE)
    return question


def shape(code: str) -> str:
    """What two codes of one kind have in common: "bp-0000" of "bp-1400"."""
    return re.sub(r"\d", "0", code)


# The name of a row's cell that ends with a unit, and its figure: "Duration (min): 45".
# Without brackets those that are no ordinals, as "Day: 3" is one.
_MEASURED = re.compile(
    r"(?:[(\[]([^()\[\];:]{1,20})[)\]]|\b((?:k?g|t|lb|k?m|[cm]m|ft|m?l|kwh?|min|sec|hr|h)|"
    r"[^\W\d_]{3,}s))\s*:\s*(\d[\d.,]*)\s*(?=;|$)",
    re.IGNORECASE | re.MULTILINE,
)


def _spelt_out(text: str) -> str:
    """A text with the figures of its cells again beside their units: "45 min"."""
    found = _MEASURED.findall(text) if ":" in text else ()
    return "; ".join([text, *(f"{n} {inside or unit}" for inside, unit, n in found)])


def held(text: str) -> frozenset[str]:
    """The kinds of answer that a sentence holds.

    In lower case, because a search that ignores the case takes three times as long.
    """
    text = _spelt_out(text)
    lower = text.lower()
    return frozenset(
        kind
        for kind, cased, pattern in _PATTERNS
        if pattern.search(text if cased else lower)
    )
