"""The one way in which reading a file ends badly."""

from typing import Literal, get_args

Code = Literal[
    "empty",  # no bytes
    "unsupported",  # neither a supported type nor text
    "encrypted",  # needs a password
    "broken",  # damaged, or not what it starts as
    "no_text",  # nothing to read in it, such as a scan without recognised text
    "too_large",  # more bytes than allowed
    "too_many_pages",
    "too_long",  # more characters or blocks than allowed
    "too_deep",  # nested beyond reason
    "expands",  # compressed or repeated far beyond its size
    "killed",  # ended from outside: time, memory, or a crash in a decoder
]
CODES: tuple[str, ...] = get_args(Code)


class Refused(Exception):
    """A file that is not taken: *code* for programs, *reason* for its sender."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(code, reason)
        self.code: Code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"
