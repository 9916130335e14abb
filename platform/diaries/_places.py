"""Places: the kinds of calendars elsewhere that are set up."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, Field

from diaries._caldav import CalDav, Call
from diaries._changes import Place


class Settings(BaseModel):
    """What keeping calendars needs to know; times in seconds."""

    secret: Annotated[str, Field(min_length=16)]  # seals what opens calendars
    fresh: float = 15.0  # that a copy is believed
    sync: float = 300.0  # between two syncs that nobody asked for
    apple_hosts: str = ".icloud.com"  # with ports, divided by blanks


def places(given: Settings, provider: Callable[..., Any]) -> dict[str, Place]:
    """The places that are set up, by kind. *provider* makes one of its name."""

    def calls(name: str) -> Call:
        # A sync of many events is one call to it.
        return provider(name, timeout=30.0, max_retries=2, wait=0.2).call

    return {"apple": CalDav(given.apple_hosts.split(), calls)}
