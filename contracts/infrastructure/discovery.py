"""Services and where they can be reached."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from contracts.closed import Closed

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")]
Origin = Literal["registered", "declared", "kubernetes"]


class Registration(Closed):
    """An instance that can be reached for ``ttl`` more seconds, unless it is renewed.

    ``healthy`` false keeps its place, but it is not served.
    """

    address: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,253}$")]
    port: Annotated[int, Field(ge=1, le=65535)]
    ttl: Annotated[float, Field(ge=5, le=3600)] = 30.0
    healthy: bool = True
    metadata: Annotated[dict[str, str], Field(max_length=20)] = {}


class Instance(BaseModel):
    """``expires_at`` is only told to whoever registers: others need not know."""

    id: str
    service: str
    address: str
    port: int | None = None
    origin: Origin
    healthy: bool = True
    expires_at: datetime | None = None
    metadata: dict[str, str] = {}


class Service(BaseModel):
    """A service and those of its instances that can be reached now."""

    name: str
    instances: list[Instance]
