"""A cursor over a text: what the parsers of paths and of intrinsics are made of."""

import re

NESTING = 10  # calls or parentheses within each other
LENGTH = 2_000  # characters of a path or an intrinsic
SPACE = re.compile(r"\s*")
QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""", re.DOTALL)
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(\.\d{1,17})?(?:[eE][+-]?\d{1,2})?")
WORDS = {"true": True, "false": False, "null": None}
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class SyntaxFault(ValueError):
    """The text is not what it should be; the message says where."""


class Scan:
    """*at* is the offset of the next character."""

    def __init__(self, text: str) -> None:
        if len(text) > LENGTH:
            raise SyntaxFault(f"longer than {LENGTH} characters")
        self.text, self.at, self._depth = text, 0, 0

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Step over *pattern* where it stands here."""
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def take(self, *tokens: str) -> str | None:
        """Step over white space and the first of the *tokens* that stands there."""
        start = self.at
        self.match(SPACE)
        for token in tokens:
            if self.text.startswith(token, self.at):
                self.at += len(token)
                return token
        self.at = start
        return None

    def need(self, token: str) -> None:
        if self.take(token) is None:
            raise self.fault(f"expected {token}")

    def end(self) -> None:
        self.match(SPACE)
        if self.at < len(self.text):
            raise self.fault("did not expect")

    def fault(self, message: str) -> SyntaxFault:
        rest = self.text[self.at : self.at + 20]
        return SyntaxFault(f"{message} at offset {self.at} ({rest!r})")

    def deeper(self) -> None:
        self._depth += 1
        if self._depth > NESTING:
            raise SyntaxFault(f"nested deeper than {NESTING}")

    def shallower(self) -> None:
        self._depth -= 1

    def quoted(self) -> str | None:
        """A string in quotes; a backslash takes the next character as it is."""
        if not (found := self.match(QUOTED)):
            return None
        single, double = found.groups()
        return ESCAPED.sub(r"\1", double if single is None else single)

    def number(self) -> int | float | None:
        if not (found := self.match(NUMBER)):
            return None
        whole = found[0].lstrip("-").isdigit()
        return int(found[0]) if whole else float(found[0])

    def word(self) -> str | None:
        """``true``, ``false`` or ``null``: a key of ``WORDS``."""
        return self.take(*WORDS)
