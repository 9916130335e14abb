"""What people are called and where they are reached, as every form takes it.

A name or a subject is one line, for it becomes a header of a letter.
"""

from typing import Annotated

from pydantic import StringConstraints

Line = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
]
Name = Annotated[Line, StringConstraints(min_length=1, max_length=200)]
# RFC 5322's dot-atom at a host name (RFC 1123), in any script: neither quotes nor
# numbers in brackets, which no business's people have.
WORD = r"[^@\s.,:;()<>\[\]\\\"]+"
LABEL = r"[^\x00-,./:-@\[-`{-\x7f\s-]+(?:-+[^\x00-,./:-@\[-`{-\x7f\s-]+)*"
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=rf"^{WORD}(?:\.{WORD})*@{LABEL}(?:\.{LABEL})+$",
    ),
]
MaybeEmail = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=254,
        pattern=r"^(?:[^@\s]+@[^@\s]+\.[^@\s]+)?$",
    ),
]
MaybePhone = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=40,
        pattern=r"^(?:\+?[\d ().\-/]*\d[\d ().\-/]*)?$",
    ),
]
