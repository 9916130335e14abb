"""Places: the kinds of calendars elsewhere that are set up."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, Field

from calendar_sync._caldav import CalDav, Call
from calendar_sync._changes import Source
from calendar_sync._google import Google
from calendar_sync._oauth import OAuth
from calendar_sync._outlook import Outlook
from calendar_sync._subscribed import Subscriptions

SAID = ("client", "auth_url", "token_url", "revoke_url")
GOOGLE_SCOPE = "https://www.googleapis.com/auth/calendar.events"
OUTLOOK_SCOPE = "offline_access Calendars.ReadWrite"
MICROSOFT = "https://login.microsoftonline.com/common/oauth2/v2.0"


class Settings(BaseModel):
    """What keeping calendars needs to know; times in seconds."""

    secret: Annotated[str, Field(min_length=16)]  # several, by commas; the first seals
    fresh: float = 15.0  # that a copy is believed
    sync: float = 300.0  # between two syncs that nobody asked for
    google_client: str = ""  # id and secret of the OAuth client, divided by a colon
    google_url: str = "https://www.googleapis.com/calendar/v3/"
    google_auth_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_token_url: str = "https://oauth2.googleapis.com/token"
    google_revoke_url: str = "https://oauth2.googleapis.com/revoke"
    outlook_client: str = ""
    outlook_url: str = "https://graph.microsoft.com/v1.0"
    outlook_auth_url: str = f"{MICROSOFT}/authorize"
    outlook_token_url: str = f"{MICROSOFT}/token"
    outlook_revoke_url: str = ""  # Microsoft has none for one program's grant
    redirect_url: str = ""  # of the page to which a provider sends its user back
    apple_hosts: str = ".icloud.com"  # with ports, divided by blanks
    ics_hosts: str = ""  # that may be private, or http; with ports, divided by blanks
    ics_bytes: int = 1_000_000  # of one published calendar


def sources(given: Settings, provider: Callable[..., Any]) -> dict[str, Source]:
    """The sources that are set up, by kind. *provider* makes one of its name."""

    def calls(name: str) -> Call:
        # A sync of many events is one call to it; limits are its users' own.
        terms = {"timeout": 30.0, "max_retries": 2, "wait": 0.2, "per_tenant": True}
        return provider(name, **terms).call

    def oauth(kind: str, scope: str) -> OAuth:
        said = {name: getattr(given, f"{kind}_{name}") for name in SAID}
        terms = {"scope": scope, "redirect_url": given.redirect_url}
        return OAuth(**said, **terms, call=calls(kind.capitalize()))

    hosts, call = given.ics_hosts.split(), calls("Published calendar")
    found: dict[str, Source] = {"ics": Subscriptions(hosts, call, given.ics_bytes)}
    found["apple"] = CalDav(given.apple_hosts.split(), calls)
    if given.google_client:
        found["google"] = Google(given.google_url, oauth("google", GOOGLE_SCOPE))
    if given.outlook_client:
        found["outlook"] = Outlook(given.outlook_url, oauth("outlook", OUTLOOK_SCOPE))
    return found
