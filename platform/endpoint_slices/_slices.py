"""EndpointSlices (discovery.k8s.io/v1): several make up one service."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

SERVICE = "kubernetes.io/service-name"  # the label that names a slice's service


class Endpoint(NamedTuple):
    """A ready endpoint; ``id`` is the pod's name where there is one.

    ``metadata``: its ``zone`` and ``node``, as far as they are known.
    """

    id: str
    address: str
    port: int | None
    metadata: dict[str, str]


class Slices:
    """The slices by namespace and name, as the API's JSON has them."""

    def __init__(self, slices: Iterable[Mapping[str, Any]] = ()) -> None:
        self._held = {_id(each): each for each in slices}

    def apply(self, kind: str, changed: Mapping[str, Any]) -> None:
        """Take in an event of a watch: ADDED, MODIFIED or DELETED."""
        if kind == "DELETED":
            self._held.pop(_id(changed), None)
        elif kind in ("ADDED", "MODIFIED"):
            self._held[_id(changed)] = changed

    def services(self) -> dict[str, tuple[Endpoint, ...]]:
        """The ready endpoints of every service, each once, by id."""
        found: dict[str, dict[str, Endpoint]] = {}
        for each in self._held.values():
            if name := _labels(each).get(SERVICE):
                known = found.setdefault(name, {})
                known |= {endpoint.id: endpoint for endpoint in _ready(each)}
        return {
            name: tuple(known[id] for id in sorted(known))
            for name, known in sorted(found.items())
        }


def _id(held: Mapping[str, Any]) -> tuple[str, str]:
    metadata = held["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def _labels(held: Mapping[str, Any]) -> Mapping[str, str]:
    return held["metadata"].get("labels") or {}


def _ready(held: Mapping[str, Any]) -> Iterator[Endpoint]:
    ports = [port.get("port") for port in held.get("ports") or ()]
    for each in filter(_takes_traffic, held.get("endpoints") or ()):
        # All addresses of an endpoint are the same; clients use the first.
        address = each["addresses"][0]
        name = (each.get("targetRef") or {}).get("name", address)
        port = ports[0] if ports else None
        where = {"zone": each.get("zone"), "node": each.get("nodeName")}
        yield Endpoint(name, address, port, {k: v for k, v in where.items() if v})


def _takes_traffic(endpoint: Mapping[str, Any]) -> bool:
    """An absent condition counts as ready (API reference, EndpointConditions)."""
    conditions = endpoint.get("conditions") or {}
    return conditions.get("ready") is not False and not conditions.get("terminating")
