"""Finding the calendar of an account, where a server alone is named.

The principal of whoever signs in (RFC 5397), that one's calendar-home-set and the
calendars in it (RFC 4791 §6.2), asked for at the address and, where that says nothing,
at its ``/.well-known/caldav`` (RFC 6764 §5).
"""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urljoin

from calendar_sync._changes import Refused

CALENDAR = "{urn:ietf:params:xml:ns:caldav}calendar"
WELL_KNOWN = "/.well-known/caldav"
ANY = "primary"  # the one that there is


class Found(NamedTuple):
    """A calendar there: its address, and the name that people see."""

    url: str
    name: str


async def calendar_at(
    client: Any, url: str, wanted: str, require: Callable[[str], Any]
) -> str:
    """The address of the calendar at *url*: itself, or the *wanted* one of the account.

    *require* raises Refused for addresses that are not to be asked. Refused where none
    or several may be meant; it says their names.
    """
    if await _is_calendar(client, url):
        return url
    found = [each async for each in _calendars(client, url, require)]
    named = [each for each in found if wanted in (ANY, each.name, each.url)]
    if len(named) == 1:
        return named[0].url
    names = ", ".join(each.name for each in found) or "none"
    raise Refused(f"which calendar is meant has to be said; there are: {names}"[:300])


async def _is_calendar(client: Any, url: str) -> bool:
    from caldav.elements import dav
    from caldav.lib import error

    with suppress(error.NotFoundError, error.PropfindError):
        there = client.calendar(url=url)
        kind = await there.get_property(dav.ResourceType(), parse_props=False)
        return kind is not None and any(each.tag == CALENDAR for each in kind)
    return False


async def _calendars(
    client: Any, url: str, require: Callable[[str], Any]
) -> AsyncIterator[Found]:
    """Those of the account that hold events."""
    from caldav.elements import cdav

    principal = await _principal(client, url)
    home = await principal.get_property(cdav.CalendarHomeSet()) or str(principal.url)
    require(urljoin(str(principal.url), home))
    # Told as a path with a bare "@", as ownCloud does, it is asked for escaped.
    principal.calendar_home_set = home if "://" in home else home.replace("@", "%40")
    for each in await principal.calendar_home_set.get_calendars():
        require(str(each.url))
        if "VEVENT" in (await each.get_supported_components() or ["VEVENT"]):
            name = await each.get_display_name()
            yield Found(str(each.url), name or str(each.url))


async def _principal(client: Any, url: str) -> Any:
    from caldav import Principal
    from caldav.elements import dav
    from caldav.lib import error

    for at in (url, urljoin(url, WELL_KNOWN)):
        with suppress(error.NotFoundError, error.PropfindError):
            there = client.calendar(url=at)
            if found := await there.get_property(dav.CurrentUserPrincipal()):
                return Principal(client, url=urljoin(at, found))
    raise Refused("no calendars are found at this address")
