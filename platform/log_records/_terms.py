"""How long and how much is kept, and where it goes on to."""

from pydantic import BaseModel, Field

DAY = 86_400.0


class Terms(BaseModel):
    """``most_mib`` of each tenant's lines are kept, for at most ``retention_days``.

    ``otlp_endpoint`` is a collector's base URL; ``otlp_headers`` are
    ``name=value,name=value``, as OTEL_EXPORTER_OTLP_HEADERS has them. ``agent_keys``
    are those of a cluster's log agents, divided by commas while one is replaced.
    """

    retention_days: float = Field(7.0, gt=0)
    most_mib: float = Field(64.0, gt=0)
    otlp_endpoint: str | None = None
    otlp_headers: str = ""
    agent_keys: str = ""

    @property
    def seconds(self) -> float:
        return self.retention_days * DAY

    @property
    def room(self) -> float:
        """Bytes."""
        return self.most_mib * 2**20
