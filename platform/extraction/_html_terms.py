"""Lists of terms with what is said of each: rows that can be understood alone."""

from extraction import _clean, _tables
from extraction._builder import Builder


class Terms:
    """The terms of one list, as they come."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._named: list[str] = []
        self._said = True  # something was said of those

    def name(self, text: str) -> None:
        """A term; it stands beside the one before, if nothing was said of that."""
        if term := _clean.one_line(text):
            self._named = [term] if self._said else [*self._named, term]
            self._said = False

    def say(self, text: str) -> None:
        """What the terms mean, or more of it."""
        if said := _clean.one_line(text):
            self._builder.table_row(_tables.row([", ".join(self._named)], [said]))
            self._said = True

    def end(self) -> None:
        if not self._said:
            self._builder.paragraph(", ".join(self._named))
        self._named, self._said = [], True
