"""The footnotes of a DOCX, which its paragraphs refer to by number."""

from extraction._docx_styles import attribute, local
from extraction._parts import Handler

_SKIPPED = frozenset(["del", "moveFrom", "instrText", "delText"])


class Notes(Handler):
    """A handler for ``word/footnotes.xml`` or ``word/endnotes.xml``."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._number: str | None = None
        self._pieces: list[str] = []
        self._in_text = False
        self._skipped = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        own = local(name)
        if self._skipped or own in _SKIPPED:
            self._skipped += 1
        elif own in ("footnote", "endnote"):
            # The line above the notes is one of a type.
            is_note = not attribute(attributes, "type")
            self._number = attribute(attributes, "id") if is_note else None
            self._pieces = []
        elif own in ("p", "tab", "br"):
            self._pieces.append(" ")
        self._in_text = own == "t"

    def end(self, name: str) -> None:
        self._in_text = False
        if self._skipped:
            self._skipped -= 1
        elif local(name) in ("footnote", "endnote") and self._number:
            self.texts[self._number] = "".join(self._pieces)

    def characters(self, text: str) -> None:
        if self._in_text and not self._skipped:
            self._pieces.append(text)
