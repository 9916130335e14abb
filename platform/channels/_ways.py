"""Ways to reach somebody: a sender for each channel that has the URL of one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from channels._apprise import Message, Refused, sender

Call = Callable[..., Awaitable[Any]]


class Urls(BaseModel):
    """The Apprise URL of each channel's sender; "" where there is none."""

    email: str = ""
    sms: str = ""
    push: str = ""


@dataclass(frozen=True)
class Ways:
    """*send* by channel: to an address, a message; both by what *failed* is raised."""

    send: Mapping[str, Callable[[str, Message], Awaitable[None]]]
    failed: type[Exception]

    def __contains__(self, channel: str) -> bool:
        return channel in self.send

    async def take(self, channel: str, to: str, message: Message) -> str | None:
        """Why the channel's sender did not take it; None if it did."""
        try:
            await self.send[channel](to, message)
        except (Refused, self.failed) as exc:
            return str(exc)
        return None


def ways(
    urls: Mapping[str, str],
    seconds: float,
    egress: Callable[..., Any],
    failed: type[Exception],
) -> Ways:
    """The channels that have a URL, each called through an *egress* of its own.

    ``egress(name, timeout=, retry_on=, per_tenant=)`` has
    ``call(operation, fn, *args, once=)``, which runs a blocking *fn* within a deadline
    and raises *failed* where it cannot.
    ValueError for a URL that Apprise does not know.
    """
    send = {
        name: _through(egress, name, sender(url, seconds), seconds)
        for name, url in urls.items()
        if url
    }
    return Ways(send, failed)


def _through(
    egress: Callable[..., Any],
    name: str,
    deliver: Callable[[str, Message], None],
    seconds: float,
) -> Callable[[str, Message], Awaitable[None]]:
    # A service refuses addresses, too: those of one tenant stop no other's messages.
    provider = egress(name, timeout=seconds, retry_on=(Refused,), per_tenant=True)

    async def send(to: str, message: Message) -> None:
        await provider.call("send", deliver, to, message, once=True)

    return send
