"""What every request is: it has the members that it may have, of the kinds that its
OpenAPI document tells, and no others."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A JSON body, read as it is: ``"5"`` is no number, 1 no truth value."""

    model_config = ConfigDict(strict=True)


class Closed(Body):
    """A body in which an unknown member is an error: a slip in typing, most often."""

    model_config = ConfigDict(extra="forbid")
