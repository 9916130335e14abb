"""Grants: what each source may change and publish, and where it may meet all tenants.

One tenant may be shared: it holds the little that has to be known before a tenant is.
Only sources to which a collection of it was granted may read or change it there.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from contracts.infrastructure.database import Transaction
from docstore.errors import Undeclared


@dataclass(frozen=True, slots=True)
class Grants:
    """By source: the collections it may ``write``, the event types it ``publishes``,
    and the collections it may touch in the *shared* tenant (``platform``)."""

    by_source: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    shared: str = ""

    def require_place(self, source: str, tenant: str, collection: str) -> None:
        """Undeclared when *collection* is out of reach there."""
        if tenant == self.shared:
            self._require(source, {collection}, "platform")

    def require_all(self, source: str, tenant: str, asked: Transaction) -> None:
        """Undeclared when *asked* goes beyond what *source* was granted."""
        collections = {change.collection for change in asked.changes}
        self._require(source, collections, "write")
        self._require(source, {event.type for event in asked.events}, "publishes")
        if tenant == self.shared:
            self._require(source, collections, "platform")

    def _require(self, source: str, wanted: Iterable[str], kind: str) -> None:
        beyond = set(wanted) - set(self.by_source.get(source, {}).get(kind, ()))
        if beyond:
            named = ", ".join(sorted(beyond))
            raise Undeclared(f"{source or 'nobody'} was not granted {kind}: {named}")


def granted(text: str, shared: str) -> Grants:
    """What *text*, JSON by source, grants where *shared* is the shared tenant."""
    return Grants(json.loads(text), shared)
