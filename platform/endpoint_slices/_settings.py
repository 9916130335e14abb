"""Settings: where endpoints come from."""

from typing import Literal

from pydantic import BaseModel


class Settings(BaseModel):
    """``selector`` picks EndpointSlices by their labels; every namespace by default."""

    provider: Literal["local", "kubernetes"] = "local"
    selector: str = ""
    namespace: str | None = None
