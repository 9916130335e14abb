"""Settings and flags: what they are, where they apply, and how they came to be so."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

Kind = Literal["setting", "flag"]
Scope = Literal["platform", "tenant", "environment"]
ORDER = ("platform", "tenant", "environment")  # a later one overrides an earlier one
SettingKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]


class Place(BaseModel):
    """Where a value is. ``environment`` is empty except in the scope of that name."""

    id: str
    kind: Kind
    scope: Scope
    environment: str = ""
    key: str


class Setting(Place):
    """A value as its latest revision, or an earlier one, left it.

    ``removed``: this revision took the value away. Revisions count from 1.
    """

    value: Any = None
    removed: bool = False
    revision: int
    changed_at: datetime
    changed_by: str | None = None
