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
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
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
