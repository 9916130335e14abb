"""What every request body is: it has the members that it may have, and no others."""

from pydantic import BaseModel, ConfigDict


class Closed(BaseModel):
    """A body in which an unknown member is an error: a slip in typing, most often."""

    model_config = ConfigDict(extra="forbid")
