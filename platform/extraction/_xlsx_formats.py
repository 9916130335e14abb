"""How a number is shown in a cell: as a date, an amount, a share; ISO/IEC 29500-1,
18.8.30 and 18.8.31.

Dates become ISO 8601 and amounts have no separators of thousands: a file does not tell
whose way of writing its readers expect.
"""

import re
from datetime import datetime, timedelta

BUILT_IN = {
    **dict.fromkeys([1, 37, 38, 41, 42], "0"),
    **dict.fromkeys([2, 4, 7, 8, 39, 40, 43, 44], "0.00"),
    **dict.fromkeys([3, 5, 6], "0"),
    **dict.fromkeys([14, 15, 16, *range(27, 32), *range(50, 59)], "yyyy-mm-dd"),
    **dict.fromkeys([18, 19, 20, 21, *range(32, 36)], "h:mm"),
    9: "0%",
    10: "0.00%",
    17: "mmm yyyy",
    22: "yyyy-mm-dd h:mm",
    36: "yyyy-mm-dd",
    45: "[m]:ss",
    46: "[h]:mm",
    47: "[m]:ss",
}
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|'
    r"\[(?P<elapsed>[hms]+)\]|\[[^\]]*\]|[_*].|(?P<general>General)|"
    r"(?P<number>[0#?,]*[0#?][0#?,]*(?:\.[0#?]*)?,*|\.[0#?]+)|(?P<other>.)",
    re.IGNORECASE,
)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])*', re.DOTALL)
_LAST_DAY = 2_958_465  # 31 December 9999
_FEIGNED = 60  # 29 February 1900, which was none
_DAY = 86_400  # seconds


class Format:
    """One format, read once for all of its cells."""

    def __init__(self, code: str) -> None:
        self._before: list[str] = []
        self._after: list[str] = []
        self._number: str | None = None
        self._elapsed = ""
        self._marks = ""  # what of the code is neither number nor literal
        for token in _TOKEN.finditer(_first_section(code)):
            self._take(token)

    def _take(self, token: re.Match[str]) -> None:
        kind, text = token.lastgroup, token[token.lastgroup or 0]
        if kind in ("number", "general") and self._number is None:
            self._number = text
        elif kind == "elapsed":
            self._elapsed = text.lower()
        elif kind in ("quoted", "escaped", "currency", "other"):
            self._marks += text.lower() if kind == "other" else ""
            (self._before if self._number is None else self._after).append(text)

    def shown(self, value: float, since: datetime) -> str:
        """*value* as text; a date counts its days from *since*."""
        if self._is_of_time and 0 <= value <= _LAST_DAY:
            return self._time(value, since)
        number = self._number
        if number is None or "/" in self._marks or "e" in self._marks:
            return general(value)
        share = "%" in self._marks
        amount = _amount(value * 100 if share else value, number)
        before, after = "".join(self._before), "".join(self._after)
        return " ".join(f"{before}{amount}{after}".split())

    @property
    def _is_of_time(self) -> bool:
        # Parts of seconds are the one number in a time.
        is_whole = self._number is None or self._number.startswith(".")
        return bool(self._elapsed) or (
            is_whole and any(mark in self._marks for mark in "dmyhs")
        )

    def _time(self, value: float, since: datetime) -> str:
        seconds = round(value * _DAY)
        if self._elapsed:
            return f"{seconds // 3600}:{seconds // 60 % 60:02}"
        if since.year == 1899 and seconds < _FEIGNED * _DAY:
            since += timedelta(days=1)
        at = since + timedelta(seconds=seconds)
        has_time = bool(set("hs") & set(self._marks))
        if has_time and not set("dy") & set(self._marks):
            return f"{at:%H:%M}"
        day = f"{at:%Y-%m-%d}" if "d" in self._marks else f"{at:%Y-%m}"
        return f"{day} {at:%H:%M}" if has_time else day


def general(value: float) -> str:
    """*value* as it is shown without a format."""
    return (
        str(int(value))
        if value == int(value) and abs(value) < 1e15
        else f"{value:.10g}"
    )


def _amount(value: float, pattern: str) -> str:
    if pattern.lower() == "general":
        return general(value)
    scaled = value / 1000 ** (len(pattern) - len(pattern.rstrip(",")))
    whole, _, part = pattern.rstrip(",").partition(".")
    text = f"{scaled:.{len(part)}f}"
    for _ in range(len(part) - part.count("0")):
        text = text.removesuffix("0")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    units, point, rest = digits.partition(".")
    return f"{sign}{units.zfill(whole.count('0'))}{point if rest else ''}{rest}"


def _first_section(code: str) -> str:
    """The code for numbers above zero; those below are shown with a minus."""
    found = _SECTION.match(code)
    return found[0] if found else ""
