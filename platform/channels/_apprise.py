"""Messages through Apprise: e-mail, SMS, push and a hundred others, by a URL each.

The URL holds the service and its credentials, and ``{to}`` where the address belongs:
``mailtos://user:secret@smtp.example?from=desk@business.example&to={to}``.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import quote

MOST = 300  # characters of a service's reason


class Refused(Exception):
    """The service did not take the message, and says why."""


class Attached(Protocol):
    """A file beside a message; ``content`` is its text."""

    name: str
    media_type: str
    content: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: plain text, and files in their order."""

    subject: str
    text: str
    attached: Sequence[Attached] = ()


def sender(url: str, seconds: float) -> Callable[[str, Message], None]:
    """Sends a message to an address by the service at *url*; blocks; Refused.

    *seconds* bound one try. A URL that Apprise does not know is a ValueError, at once.
    """
    if "{to}" not in url:
        raise ValueError("the URL of a channel has {to} where the address belongs")
    if _apprise().Apprise.instantiate(_addressed(url, "nobody@example.org")) is None:
        raise ValueError("Apprise knows no such service")

    def send(to: str, message: Message) -> None:
        said: list[str] = []
        sender = _apprise().Apprise()
        sender.add(_addressed(url, to))
        is_taken = sender.notify(
            body=message.text,
            title=message.subject,
            body_format="text",
            attach=[_attachment(each) for each in message.attached],
            timeout=seconds,
            log_callback=lambda entry, _: said.append(entry.message),
            log_level=logging.WARNING,
        )
        if not is_taken:
            raise Refused("; ".join(said)[:MOST] or "it was not taken")

    return send


def _addressed(url: str, to: str) -> str:
    return url.replace("{to}", quote(to, safe=""))


def _attachment(attached: Attached) -> Any:
    kept = import_module("apprise.attachment.memory").AttachMemory
    about = {"name": attached.name, "mimetype": attached.media_type}
    return kept(content=attached.content, **about)


def _apprise() -> Any:
    """Loaded when it is needed: it takes longer, and more memory, than a service."""
    return import_module("apprise")
