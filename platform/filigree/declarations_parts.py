"""What a declaration is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """An upstream, by its operations; ``timeout`` in seconds, None for each its own."""

    service: str
    operations: tuple[str, ...]
    timeout: float | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """A collection of database-operations; ``platform``: the tenant _platform too."""

    name: str
    access: str
    platform: bool = False


@dataclass(frozen=True, slots=True)
class Breaker:
    """Failures in a row until a caller ejects the service, and for how many seconds."""

    consecutive5xx: int = 5
    ejection: float = 60.0


@dataclass(frozen=True, slots=True)
class Resilience:
    """``attempts`` are retries after the first try, of retryable operations only.

    ``balance``: a request goes to the replica with the least ``load``, or that of a
    ``tenant`` to the one that remembers something of the tenant.
    """

    attempts: int = 2
    breaker: Breaker = Breaker()
    balance: str = "load"


@dataclass(frozen=True, slots=True)
class Slo:
    """``availability`` in per cent, ``p95_ms`` in milliseconds."""

    availability: float = 99.9
    p95_ms: float = 250.0


@dataclass(frozen=True, slots=True)
class Resources:
    """Requests, in Kubernetes' notation.

    ``besides``: memory that it takes at times only, such as a provider's SDK, which is
    loaded where that provider is chosen, or a process that reads one file.
    """

    cpu: str = "50m"
    memory: str = "64Mi"
    besides: str = "0Mi"


@dataclass(frozen=True, slots=True)
class BudgetException:
    """A budget that the service cannot keep, why, and what was measured."""

    budget: str
    reason: str
    measured: str


@dataclass(frozen=True, slots=True)
class InCluster:
    """What runs in a cluster beside Filigree, such as Prometheus: a Service there.

    Its base URL is in the variable *setting*. Where there is no cluster, nothing is,
    unless somebody sets it.
    """

    setting: str
    service: str
    namespace: str
    port: int


@dataclass(frozen=True, slots=True)
class Setting:
    """An environment variable that the service reads; no default is an empty one."""

    name: str
    about: str
    default: str | float = ""
