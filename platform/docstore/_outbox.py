"""The outbox: events wait in a table until their transaction is in force.

They are stored as CloudEvents 1.0 (JSON format) with the extension attributes
``tenant`` and ``traceparent``, ready to be sent by the relay.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from contracts.infrastructure.database import Event
from docstore._store import Session, encoded
from docstore.errors import Unusable

CHANNEL = "outbox"
LARGEST = 200_000  # characters of JSON; NATS takes a megabyte, headers included
TAKE_BACK = "DELETE FROM outbox WHERE source = $1 AND cancel_key = ANY ($2)"
LEAVE = """
WITH waiting AS (
  INSERT INTO outbox (source, cancel_key, deliver_at, id, type, event)
  SELECT $1, c, coalesce(d, '-infinity'), i, t, e FROM unnest($2::text[],
    $3::timestamptz[], $4::text[], $5::text[], $6::jsonb[]) w(c, d, i, t, e))
SELECT pg_notify($7, '')
"""


async def announce(
    session: Session, events: Sequence[Event], cancel: Sequence[str], source: str
) -> None:
    """Take back what waits under the *cancel* keys of *source*, then leave *events*.

    They go out once the session commits, not before their time. Unusable when an event
    claims to come from someone else.
    """
    if cancel:
        await session.db.execute(TAKE_BACK, source, list(cancel))
    if not events:
        return
    _require_publishable(events, source)
    now = datetime.now(UTC)
    rows = [_row(event, session.tenant, now) for event in events]
    cells = ([row[column] for row in rows] for column in range(5))
    await session.db.execute(LEAVE, source, *cells, CHANNEL)


def _require_publishable(events: Sequence[Event], source: str) -> None:
    for event in events:
        if event.source != source:
            raise Unusable(f"{source} cannot publish as {event.source}")
        if len(encoded(event.data)) > LARGEST:
            raise Unusable(f"an event has at most {LARGEST} characters of data")


def _row(event: Event, tenant: str, now: datetime) -> tuple[Any, ...]:
    due = event.deliver_at
    if due is not None and due.tzinfo is None:
        due = due.replace(tzinfo=UTC)
    # What is not delayed is due whatever PostgreSQL's clock says: it may be set back.
    body = envelope(event, tenant, due or now)
    return event.cancel_key, due, event.id, event.type, body


def envelope(event: Event, tenant: str, due: datetime) -> dict[str, Any]:
    """The CloudEvent of *event*; its format wants absent attributes left out."""
    attributes = {
        "specversion": "1.0",
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": f"{due.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "datacontenttype": "application/json",
        "tenant": tenant,
        "traceparent": event.traceparent,
    }
    present = {name: value for name, value in attributes.items() if value is not None}
    return present | {"data": event.data}
