"""What happened in the infrastructure domain."""

from typing import Literal

from pydantic import BaseModel


class ConfigChanged(BaseModel):
    """A setting or a flag has another value, or none."""

    type: Literal["config.changed"] = "config.changed"
    kind: Literal["setting", "flag"] = "setting"
    scope: str
    key: str
    revision: int


class BusinessRegistered(BaseModel):
    """There is a new tenant, whose name that is; ``email`` is its owner's."""

    type: Literal["business.registered"] = "business.registered"
    business: str
    email: str = ""
