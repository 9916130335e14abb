"""Names of things that the caller tells of: none is longer than what can be stored."""

from typing import Annotated

from pydantic import Field

Id = Annotated[str, Field(max_length=200)]
