"""The configuration of NATS: a user for each service, with what it declared alone.

Subjects: ``events.<type>`` in the stream EVENTS, ``dead.<service>.<type>`` in the
stream DEAD. Only the outbox relay of database-operations publishes events and makes
streams. A consumer may make and read its own durable consumers, each bound to its
event's subject, and put what it gave up on among its own dead letters.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from filigree.declarations import Declaration
from filigree.edges import STORE

OPERATOR = "operator"
JETSTREAM = "$JS.API"
RELAY = (
    "events.>",
    f"{JETSTREAM}.INFO",
    *(
        f"{JETSTREAM}.STREAM.{what}.{stream}"
        for what in ("CREATE", "UPDATE", "INFO")
        for stream in ("EVENTS", "DEAD")
    ),
    # To let go what everybody has read, where the stream is full.
    f"{JETSTREAM}.CONSUMER.LIST.EVENTS",
    *(f"{JETSTREAM}.STREAM.{what}.EVENTS" for what in ("MSG.GET", "PURGE")),
)


def durable(service: str, event: str) -> str:
    """The name of the one durable consumer of a service for an event type."""
    return f"{service}-{event.replace('.', '_')}"


def users(declarations: Iterable[Declaration]) -> list[Declaration]:
    """The services that speak to the bus; every other has no user there."""
    return [each for each in declarations if each.consumes or each.name == STORE]


def may_publish(declaration: Declaration) -> tuple[str, ...]:
    """The subjects that a service may send to, JetStream's own requests included."""
    subjects = [
        subject
        for event in declaration.consumes
        for subject in _consuming(declaration.name, event)
    ]
    if declaration.consumes:
        subjects.append(f"dead.{declaration.name}.>")
    if declaration.name == STORE:
        subjects += RELAY
    return tuple(subjects)


def _consuming(service: str, event: str) -> Iterable[str]:
    name = durable(service, event)
    yield f"{JETSTREAM}.CONSUMER.INFO.EVENTS.{name}"
    yield f"{JETSTREAM}.CONSUMER.CREATE.EVENTS.{name}.events.{event}"
    yield f"{JETSTREAM}.CONSUMER.MSG.NEXT.EVENTS.{name}"
    yield f"$JS.ACK.EVENTS.{name}.>"


def may_subscribe(declaration: Declaration) -> tuple[str, ...]:
    """A service hears the events that it consumes, and answers to its own requests."""
    heard = (f"events.{event}" for event in declaration.consumes)
    return (f"_INBOX_{declaration.name}.>", *heard)


def render(
    declarations: Iterable[Declaration],
    port: int,
    store: Path,
    password: Callable[[str], str],
    health: int | None = None,
) -> str:
    """The configuration file. *password* gives the password of a user by its name.

    *health* is the port that tells how the server is.
    """
    known = [
        _user(each.name, password(each.name), may_publish(each), may_subscribe(each))
        for each in users(declarations)
    ]
    known.append(_user(OPERATOR, password(OPERATOR), (">",), (">",)))
    return "\n".join(
        [
            f'listen: "127.0.0.1:{port}"',
            *([f'http: "127.0.0.1:{health}"'] if health else []),
            "server_name: filigree",
            "max_payload: 1MB",
            "jetstream {",
            # It knows none of the escapes that stand for letters.
            f"  store_dir: {json.dumps(str(store), ensure_ascii=False)}",
            "  max_memory_store: 16MB",
            "  max_file_store: 4GB",
            # An event that was acknowledged is on the disk.
            "  sync_interval: always",
            "}",
            "authorization {",
            "  users: [",
            *known,
            "  ]",
            "}",
            "",
        ]
    )


def _user(
    name: str, password: str, publish: tuple[str, ...], subscribe: tuple[str, ...]
) -> str:
    permissions = (
        f"{{publish: {json.dumps(list(publish))}, "
        f"subscribe: {json.dumps(list(subscribe))}}}"
    )
    return (
        f"    {{user: {json.dumps(name)}, password: {json.dumps(password)}, "
        f"permissions: {permissions}}}"
    )
