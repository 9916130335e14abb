"""The operations that services offer, as contracts/openapi/<service>.json has them.

An operation's policy stands beside its route in code and arrives here by the generated
document, so that nothing but this file needs to know the names of the extensions.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch")
TIMEOUT = 5.0  # seconds, where a document states none


@dataclass(frozen=True, slots=True)
class Operation:
    """One route of a service.

    ``retry``: read, keyed or never. ``timeout`` in seconds. ``public``: reachable
    through the gateway, ``anonymous``: without a credential. ``action``: the name under
    which a plan may use it. ``bare``: asked for without any parameter. ``replays``: it
    gives a repeated key the first answer by itself.
    """

    service: str
    id: str
    method: str
    path: str
    retry: str = "never"
    timeout: float = TIMEOUT
    stream: bool = False
    public: bool = False
    anonymous: bool = False
    roles: tuple[str, ...] = ()
    action: str | None = None
    summary: str = ""
    bare: bool = False
    replays: bool = False

    @property
    def is_journalled(self) -> bool:
        """Whether its answers to keys are kept for it."""
        return self.retry == "keyed" and not self.replays


# What every service answers by itself; no document lists them.
BUILT_IN = {
    "live": "/health/live",
    "ready": "/health/ready",
    "health": "/api/v1/health",
    "metrics": "/metrics",
    "openapi": "/openapi.json",
}


def document(root: Path, service: str) -> Path:
    return root / "contracts" / "openapi" / f"{service}.json"


def built_in(service: str) -> dict[str, Operation]:
    """The probes, metrics and OpenAPI document of any service."""
    return {
        name: Operation(service, name, "GET", path, "read", 2.0)
        for name, path in BUILT_IN.items()
    }


def harmless(offered: Iterable[Operation]) -> str | None:
    """A path that reads something and needs nothing, where a service has one."""
    reads = (each for each in offered if each.method == "GET" and each.bare)
    return min((each.path for each in reads if not each.stream), default=None)


def load(root: Path) -> dict[str, dict[str, Operation]]:
    """By service and operation id; a service without a document is missing."""
    return {
        path.stem: parse(path.stem, json.loads(path.read_text("utf-8")))
        for path in sorted((root / "contracts" / "openapi").glob("*.json"))
    }


def parse(service: str, openapi: dict[str, Any]) -> dict[str, Operation]:
    """The operations of one OpenAPI document, by id."""
    return {
        spec["operationId"]: _operation(service, method, path, spec)
        for path, item in sorted(openapi.get("paths", {}).items())
        for method, spec in sorted(item.items())
        if method in METHODS
    }


def _operation(service: str, method: str, path: str, spec: dict[str, Any]) -> Operation:
    return Operation(
        service,
        spec["operationId"],
        method.upper(),
        path,
        spec.get("x-retry", "never"),
        float(spec.get("x-timeout", TIMEOUT)),
        spec.get("x-stream", False),
        spec.get("x-public", False),
        spec.get("x-anonymous", False),
        tuple(spec.get("x-roles", ())),
        spec.get("x-action"),
        spec.get("summary", ""),
        not any(each.get("required") for each in spec.get("parameters", ())),
        spec.get("x-replays", False),
    )
