"""What is said, by its name and language."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

import langid
from replies import _words

DEFAULT = "en"


def wished(text: str) -> str:
    """The language that all of the text asks for: "auf Deutsch bitte"; "" for none."""
    said = {*_words.words(text)}
    named = {one: said & {*names} for one, names in _words.table("languages").items()}
    found = [one for one, of in named.items() if of]
    if len(found) != 1 or said - named[found[0]] - {*_words.table("around_language")}:
        return ""
    return found[0]


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


class Replies:
    """Texts with ``{fields}``, by language (ISO 639-1) and name.

    ValueError for a reply that English has not, or that has other fields there.
    """

    def __init__(self, table: Mapping[str, Mapping[str, str]]) -> None:
        self._table, default = table, table[DEFAULT]
        for language, texts in table.items():
            for name, text in texts.items():
                if name not in default or _fields(text) != _fields(default[name]):
                    raise ValueError(f"{language}: {name!r} is not as in {DEFAULT}")

    def has(self, name: str) -> bool:
        return name in self._table[DEFAULT]

    def say(self, name: str, locale: str | None, /, **fields: Any) -> str:
        """The reply in the locale's language, or else in English."""
        texts = self._table[self.language(locale) or DEFAULT]
        return texts.get(name, self._table[DEFAULT][name]).format(**fields)

    def every(self, name: str) -> tuple[str, ...]:
        """The reply in each language that has it."""
        return tuple(texts[name] for texts in self._table.values() if name in texts)

    def variant(self, name: str, kind: str) -> str:
        """The reply's name for that kind of dialogue, where it has one of its own."""
        special = f"{name}_{kind}"
        return special if special in self._table[DEFAULT] else name

    def language(self, locale: str | None, text: str = "") -> str:
        """The locale's language where it is one of the table; else the one that most
        words of the text are common in, "" where none or several are."""
        given = (locale or "").replace("_", "-").partition("-")[0].lower()
        if given in self._table:
            return given
        told = langid.spoken(text)
        return told if told in self._table else ""
