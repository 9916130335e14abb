"""What may stand in a request, checked before any handler sees it.

Neither UTF-8 nor PostgreSQL holds half of a surrogate pair or U+0000, JSON can spell
both, and Python's parser takes numbers that JSON does not have. Each is its sender's
fault and said to be one, with its place; further in it would look like a failure of
ours.
"""

import itertools
import json
import math
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from fastapi import Request
from starlette.types import Message, Receive

from chassis import _fields, errors

SEGMENT = 1_000  # characters between two slashes of a path
QUERY = 16_000  # bytes
DEPTH = 100  # levels of lists and objects in each other
HOLDS = (dict, list)  # what holds other values
DIGITS = 300  # of a whole number; a double has 309
UNFIT = re.compile("[\0\ud800-\udfff]")
JSON = re.compile(r"application/([\w.+-]+\+)?json\s*(;|$)", re.ASCII | re.IGNORECASE)


class Arriving:
    """What comes of a request, and for how many ``seconds`` its sender was waited for.

    Who sends a body piece by piece takes the time of whoever is to answer it.
    """

    def __init__(
        self, receive: Receive, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._receive, self._clock, self._waited = receive, clock, 0.0
        self._since: float | None = None
        self._is_here = False

    async def __call__(self) -> Message:
        # After all of it nothing comes but the end of the connection.
        if self._is_here:
            return await self._receive()
        self._since = self._clock()
        message = await self._receive()
        self._waited, self._since = self.seconds, None
        self._is_here = not message.get("more_body")
        return message

    @property
    def seconds(self) -> float:
        """Until now, where it is still waited for."""
        waiting = 0.0 if self._since is None else self._clock() - self._since
        return self._waited + waiting


class Asked(Request):
    """A request whose JSON is one that can be stored; Malformed otherwise."""

    _read: Any = None

    async def json(self) -> Any:
        if self._read is None:
            self._read = [read(await self.body())]
        return self._read[0]


async def require_readable(request: Asked, *, takes_json: bool) -> None:
    """Invalid for a faulty path, query or header; Malformed for a body that is no JSON
    where one is taken, Unsupported where it does not say that it is."""
    _require_target(request)
    if any("\0" in value for value in request.headers.values()):
        raise errors.Invalid("a header holds U+0000")
    if not takes_json or not await request.body():
        return
    require_plain(request)
    if not JSON.match(request.headers.get("content-type", "")):
        raise errors.Unsupported("send the body as application/json")
    await request.json()


def require_plain(request: Request) -> None:
    """Unsupported for a body that is compressed: nobody here would unpack it."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise errors.Unsupported("send the body without a Content-Encoding")


def require_known(request: Request, known: frozenset[str]) -> None:
    """Invalid for a parameter of the query that is none of these, unless there are
    none: a filter that is misspelt would let everything through."""
    for name in request.query_params if known else ():
        if name not in known and not _fields.is_for_caches(name):
            message = f"there is only {', '.join(sorted(known))}"
            _refuse(errors.Invalid, f"query/{_shown(name)}", message)


def _require_target(request: Request) -> None:
    path = request.scope["path"]
    if max(map(len, path.split("/"))) > SEGMENT:
        raise errors.Invalid(f"a part of a path has at most {SEGMENT} characters")
    if UNFIT.search(path):
        raise errors.Invalid("the path is not UTF-8 text, or holds U+0000")
    query = request.scope["query_string"]
    if len(query) > QUERY:
        raise errors.Invalid(f"a query has at most {QUERY} bytes")
    for pair in query.split(b"&") if query else ():
        if b"\0" in unquote_to_bytes(pair):
            name = unquote_to_bytes(pair.partition(b"=")[0]).decode(errors="replace")
            _refuse(errors.Invalid, f"query/{_shown(name)}", "text holds U+0000")


def read(body: bytes) -> Any:
    """The value of a JSON text in UTF-8; Malformed, with the place where it can be."""
    try:
        text = body.decode("utf-8-sig")
        value = DECODER.decode(text)
    except json.JSONDecodeError as exc:
        _refuse(errors.Malformed, f"body/{exc.pos}", f"this is no JSON: {exc.msg}")
    except UnicodeDecodeError as exc:
        _refuse(errors.Malformed, f"body/{exc.start}", "this is not UTF-8")
    except (RecursionError, OverflowError) as exc:
        message = "a number is too large"
        if isinstance(exc, RecursionError):
            message = f"lists and objects are in each other more than {DEPTH} times"
        _refuse(errors.Malformed, "body", message)
    if "\\u" in text or _is_deep(value):
        _require_fit(value)
    return value


def _is_deep(value: Any) -> bool:
    """Whether lists and objects may be in each other too far. Asked of every request,
    and so without the places that an error tells."""
    level: list[Any] = [[value]]
    for _ in range(DEPTH):
        held = (each.values() if isinstance(each, dict) else each for each in level)
        parts = itertools.chain.from_iterable(held)
        level = [each for each in parts if isinstance(each, HOLDS)]
        if not level:
            return False
    return True


def _no_number(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"{name} is no number", "", 0)


def _float(text: str) -> float:
    if math.isinf(number := float(text)):
        raise OverflowError
    return number


def _int(text: str) -> int:
    if len(text) > DIGITS:
        raise OverflowError
    return int(text)


DECODER = json.JSONDecoder(
    parse_constant=_no_number, parse_float=_float, parse_int=_int
)


def _require_fit(value: Any) -> None:
    for place, each, depth in _parts(value):
        if isinstance(each, str) and UNFIT.search(each):
            message = "text holds U+0000 or half of a surrogate pair"
            _refuse(errors.Malformed, "/".join(("body", *place)), message)
        if depth > DEPTH:
            message = f"lists and objects are in each other more than {DEPTH} times"
            _refuse(errors.Malformed, "/".join(("body", *place[:3])), message)


def _parts(value: Any) -> Iterator[tuple[tuple[str, ...], Any, int]]:
    """Each text in a JSON value and each list and object, with its place and depth;
    the names of members are at their object's place."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    while waiting:
        place, each = waiting.pop()
        yield place, each, len(place)
        if isinstance(each, dict):
            yield from ((place, name, len(place)) for name in each)
            waiting += [((*place, _shown(k)), v) for k, v in each.items()]
        elif isinstance(each, list):
            waiting += [((*place, str(index)), v) for index, v in enumerate(each)]


def _shown(name: str) -> str:
    """A name as an error may tell it."""
    return UNFIT.sub("\ufffd", name[:100])


def _refuse(kind: type[errors.Problem], place: str, message: str) -> NoReturn:
    fault = {"place": place, "message": message}
    raise kind(f"the request is malformed: {place}: {message}", errors=[fault])
