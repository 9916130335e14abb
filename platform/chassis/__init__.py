"""Chassis: what is true of every service.

Probes, errors, context, deadlines, idempotency, tracing, calls through the mesh,
documents, events, providers. It knows no business noun, and no service inherits from
it: services compose these functions.
"""

# First, for it decides how much of the libraries that the others import is loaded.
from chassis import _lean as _lean
from chassis._actions import Action, actions
from chassis._alarmed import Alarmed
from chassis._app import VERSION, create_app
from chassis._background import background
from chassis._collection import (
    Collection,
    Page,
    Paged,
    Paging,
    Stored,
    collection,
    given,
    require_visible,
    visible,
)
from chassis._context import (
    PLATFORM,
    Caller,
    Context,
    Now,
    Tenant,
    current,
    identify,
    mint,
    now,
    utc,
)
from chassis._events import Consumer, Later, heard, on
from chassis._items import Written, items
from chassis._page import page
from chassis._policy import MANAGERS, STAFF, media, policy
from chassis._provider import Provider, provider
from chassis._relay import arrived, enter, relay
from chassis._remembered import LastGood, Remembered
from chassis._revised import Revised, revised
from chassis._route import (
    IfMatch,
    UntilSent,
    about_the_first,
    announce,
    router,
    tag,
)
from chassis._runtime import running
from chassis._serve import serve
from chassis._settings import settings
from chassis._stream import event_stream, wants_events
from chassis._unit import (
    acting_for,
    cancel,
    commit,
    detached,
    publish,
    publish_each,
)
from chassis._upload import Upload, Uploaded
from chassis._upstream import Upstream, contracts, services, upstream
from chassis.errors import (
    AIServiceFailed,
    Conflict,
    DatabaseFailed,
    Forbidden,
    Invalid,
    KeyInUse,
    Malformed,
    Misconfigured,
    NoRoom,
    NotFound,
    Problem,
    RateLimited,
    Stale,
    StorageFailed,
    Timeout,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unsupported,
    UpstreamFailed,
)

__all__ = [
    "MANAGERS",
    "PLATFORM",
    "STAFF",
    "VERSION",
    "AIServiceFailed",
    "Action",
    "Alarmed",
    "Caller",
    "Collection",
    "Conflict",
    "Consumer",
    "Context",
    "DatabaseFailed",
    "Forbidden",
    "IfMatch",
    "Invalid",
    "KeyInUse",
    "LastGood",
    "Later",
    "Malformed",
    "Misconfigured",
    "NoRoom",
    "NotFound",
    "Now",
    "Page",
    "Paged",
    "Paging",
    "Problem",
    "Provider",
    "RateLimited",
    "Remembered",
    "Revised",
    "Stale",
    "StorageFailed",
    "Stored",
    "Tenant",
    "Timeout",
    "TooLarge",
    "Unauthenticated",
    "Unavailable",
    "Unsupported",
    "UntilSent",
    "Upload",
    "Uploaded",
    "Upstream",
    "UpstreamFailed",
    "Written",
    "about_the_first",
    "acting_for",
    "actions",
    "announce",
    "arrived",
    "background",
    "cancel",
    "collection",
    "commit",
    "contracts",
    "create_app",
    "current",
    "detached",
    "enter",
    "event_stream",
    "given",
    "heard",
    "identify",
    "items",
    "media",
    "mint",
    "now",
    "on",
    "page",
    "policy",
    "provider",
    "publish",
    "publish_each",
    "relay",
    "require_visible",
    "revised",
    "router",
    "running",
    "serve",
    "services",
    "settings",
    "tag",
    "upstream",
    "utc",
    "visible",
    "wants_events",
]
