"""Texts of people, as every form takes them."""

from typing import Annotated

from pydantic import Field

# What is said or asked: white space alone is not. How long it may be, each form tells.
Said = Annotated[str, Field(min_length=1, pattern=r"\S")]
