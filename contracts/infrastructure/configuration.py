"""Settings and flags: what they are, where they apply, and how they came to be so."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["setting", "flag"]
Scope = Annotated[
    Literal["platform", "tenant", "environment"],
    Field(description="a later one overrides an earlier one"),
]
SettingKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
LARGEST = 16_384  # characters of a value as JSON


class Setting(BaseModel):
    """A value as its latest revision, or an earlier one, left it.

    ``environment`` is the deployment that a value of scope environment is for.
    ``removed``: this revision took the value away. Revisions count from 1.
    """

    kind: Kind
    scope: Scope
    environment: str | None = None
    key: str
    value: Any = None
    removed: bool = False
    revision: int
    changed_at: datetime
    changed_by: str | None = None


class Rollback(BaseModel):
    """The revision whose value is to count again, as a revision of its own."""

    model_config = ConfigDict(extra="forbid")

    revision: Annotated[int, Field(ge=1)]
