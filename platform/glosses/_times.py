"""Times of day in the figures that all languages share: "21 h 30" is "21:30"."""

import re

_HOUR = r"([01]?\d|2[0-4])"
_SPELT = {
    "german": [re.compile(rf"\b{_HOUR}(?:[:.]([0-5]\d))?\s?Uhr\b", re.IGNORECASE)],
    "french": [
        re.compile(rf"\b{_HOUR}\s?h(?:\s?([0-5]\d))?\b", re.IGNORECASE),
        re.compile(rf"(?<=\bà\s){_HOUR}\s?heures?(?:\s([0-5]\d))?\b", re.IGNORECASE),
    ],
    "spanish": [
        re.compile(rf"\b{_HOUR}(?:[:.]([0-5]\d))?\s?(?:h|hrs)\b\.?", re.IGNORECASE),
        re.compile(rf"(?<=\ba\s){_HOUR}(?:[:.]([0-5]\d))?\s?horas\b", re.IGNORECASE),
        re.compile(
            rf"(?<=\blas\s){_HOUR}(?:[:.]([0-5]\d))?(?![\d.,:]|\s?horas)\b",
            re.IGNORECASE,
        ),
    ],
}


def spelt(text: str, language: str) -> tuple[str, list[int]]:
    """The text with times as "21:30", and where each of its signs was; then its end."""
    places = list(range(len(text) + 1))
    for pattern in _SPELT[language]:
        for match in reversed(list(pattern.finditer(text))):
            time = f"{match[1]}:{match[2] or '00'}"
            start, end = match.span()
            kept = places[start : min(end, start + len(time))]
            kept += [places[end - 1]] * (len(time) - len(kept))
            text = text[:start] + time + text[end:]
            places[start:end] = kept
    return text, places
