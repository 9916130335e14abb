"""How a language says how long something takes: an hour and a half, 90 Min., 1h30."""

import re
from collections.abc import Mapping
from typing import Any

from arranging._shifting import any_of

HOUR = 60  # minutes
LONGEST = 24 * HOUR


class Lengths:
    """How a language says them: ``whole`` are lengths that have a name, in minutes;
    ``counts`` of ``hours`` and ``minutes``, with perhaps a ``half`` of one after it.

    What stands after ``before`` or before ``after`` says another thing: "in an hour",
    "an hour later"; ``for`` and ``one`` belong to a length. Of those there are,
    ``shortest``, ``longest`` and ``usual`` ones are said, too.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._counts: dict[str, int] = table["counts"]
        whole = "|".join(
            f"(?P<m{each}>{said})" for each, said in table["whole"].items()
        )
        count = rf"(?:{'|'.join(self._counts)}|\d{{1,3}}(?:[.,]\d{{1,2}})?)"
        hours, minutes, half = (
            "|".join(table[n]) for n in ("hours", "minutes", "half")
        )
        said = (
            rf"(?P<hours>{count})[\s-]*(?:{hours})\b\.?(?:(?P<half>\s+(?:{half}))|"
            rf"[\s,]*(?:{table['and']}\s+)?(?P<more>\d\d)(?:\s*(?:{minutes})\b\.?)?)?"
            rf"|(?P<minutes>{count})[\s-]*(?:{minutes})\b\.?"
        )
        self._said = any_of([rf"(?<![\w:.,])(?:{whole}|{said})(?!\w)"])
        self._before = any_of([rf"\b(?:{each})\W*$" for each in table["before"]])
        self._after = any_of([rf"^\W*(?:{each})\b" for each in table["after"]])
        self._one = any_of([rf"^\W*(?:{each})\b" for each in table["one"]])
        self._for = any_of([rf"\b(?:{each})\W*$" for each in table["for"]])
        self.shortest, self.longest = (
            any_of(table["shortest"]),
            any_of(table["longest"]),
        )
        self.usual = any_of(table["usual"])

    def told(self, text: str) -> tuple[int | None, str]:
        """The minutes that the text says, and the rest of it; None for none."""
        for said in self._said.finditer(text):
            before, after = text[: said.start()], text[said.end() :]
            if self._before.search(before) or self._after.search(after):
                continue
            if minutes := self._minutes(said):
                before, after = self._for.sub(" ", before), self._one.sub(" ", after)
                return minutes, f"{before} {after}"
        return None, text

    def _minutes(self, said: re.Match[str]) -> int:
        """So many; 0 where it is no length of anything here."""
        known = said.groupdict()
        if named := [each for each in known if each[1:].isdigit() and known[each]]:
            return int(named[0][1:])
        minutes = self._counted(known)
        return int(minutes) if minutes.is_integer() and 0 < minutes < LONGEST else 0

    def _counted(self, known: Mapping[str, str | None]) -> float:
        if said := known["minutes"]:
            return self._count(said)
        more = HOUR / 2 if known["half"] else float(known["more"] or 0)
        return self._count(known["hours"] or "") * HOUR + more

    def _count(self, said: str) -> float:
        known = self._counts.get(said.casefold())
        return float(said.replace(",", ".")) if known is None else float(known)
