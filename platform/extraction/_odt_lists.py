"""The numbers of an ODT's lists and headings, which readers see: OpenDocument 1.3, part
3, 5.3 and 19.880."""

from extraction._numbering import Scheme
from extraction._odt_styles import OUTLINE, Styles


class Lists:
    """The lists that are open, and how far each scheme is counted."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._open: list[str] = []  # their styles
        self._waiting = ""  # for the first words of its item

    def begin(self, given: dict[str, str]) -> None:
        """A list; one that is in none begins anew, unless it says that it goes on."""
        outer = self._open[-1] if self._open else ""
        style = given.get("text:style-name") or outer
        goes_on = given.get("text:continue-numbering") == "true"
        begins = not (self._open or goes_on or "text:continue-list" in given)
        if begins and (scheme := self._styles.scheme(style)):
            scheme.counts.clear()
        self._open.append(style)

    def end(self) -> None:
        if self._open:
            self._open.pop()

    def count(self, given: dict[str, str]) -> None:
        """An item of the list that is open."""
        self._waiting = ""
        scheme = self._styles.scheme(self._open[-1]) if self._open else None
        if scheme is None:
            return
        depth = len(self._open) - 1
        start = given.get("text:start-value", "")
        if start.isdecimal() and len(start) < 7:
            scheme.counts[depth] = int(start) - 1
        self._waiting = scheme.next(depth)

    def count_heading(self, level: int) -> None:
        scheme: Scheme | None = self._styles.scheme(OUTLINE)
        self._waiting = scheme.next(level - 1) if scheme else ""

    def forget(self) -> None:
        """The end of an item."""
        self._waiting = ""

    def number(self) -> str:
        """That of the item that begins, with a gap behind it; "" for what goes on."""
        number, self._waiting = self._waiting, ""
        return number
