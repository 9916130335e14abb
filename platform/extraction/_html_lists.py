"""The numbers that a browser counts before the items of a list.

HTML Living Standard, 4.4.5 and 4.4.8. Where a list is in an item of another
one, its numbers are those of both ("2.1."), since no indentation tells them apart here.
"""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from extraction import _lists, _numbering

_KINDS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_NONE = re.compile(r"list-style(-type)?\s*:[^;]*\bnone\b", re.IGNORECASE)
_NUMBER = re.compile(r"\s*([+-]?\d{1,6})")


@dataclass(slots=True)
class Counted:
    """A list; ``above`` is the number of the item that it is in, as "2." of "2.1."."""

    kind: str
    next: int
    step: int
    above: str = ""
    now: str = ""


class Lists:
    """The lists that are open, and how far each is counted."""

    def __init__(self) -> None:
        self._open: list[Counted | None] = []
        self._waiting = ""  # for the first words of its item

    def enter(self, node: LexborNode, tag: str) -> None:
        if tag == "ol":
            above = self._open[-1] if self._open else None
            self._open.append(_begun(node, above.now if above else ""))
        elif tag == "ul":
            self._open.append(None)
        elif tag == "li":
            self._count(node)

    def leave(self, tag: str) -> None:
        if tag in ("ol", "ul") and self._open:
            self._open.pop()
        elif tag == "li":
            self._waiting = ""

    def numbered(self, text: str) -> str:
        """*text* with the number of the item that it begins, unless it says one."""
        number, words = self._waiting, text.strip()
        if not number or not words:
            return text
        self._waiting = ""
        return text if _lists.is_numbered(words) else f"{number} {words}"

    def _count(self, item: LexborNode) -> None:
        self._waiting = ""
        if not self._open or (own := self._open[-1]) is None:
            return
        number = _integer(item.attributes.get("value"), own.next)
        own.next = number + own.step
        told = f"{_numbering.written(number, own.kind)}."
        is_decimal = own.kind == "decimal"
        own.now = f"{own.above}{told}" if is_decimal else ""
        self._waiting = own.now or told


def _begun(node: LexborNode, above: str) -> Counted | None:
    given = node.attributes
    if _NONE.search(given.get("style") or ""):
        return None
    kind = _KINDS.get(given.get("type") or "", "decimal")
    if "reversed" not in given:
        return Counted(kind, _integer(given.get("start"), 1), 1, above)
    items = sum(child.tag == "li" for child in node.iter())
    return Counted(kind, _integer(given.get("start"), items), -1, above)


def _integer(said: str | None, otherwise: int) -> int:
    found = _NUMBER.match(said or "")
    return int(found[1]) if found else otherwise
