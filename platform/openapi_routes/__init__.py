"""Many services' OpenAPI documents as one route table and one document.

A path means one template, literal segments before parameters (OpenAPI 3.1, 4.8.8), and
has the methods of that one alone: /faqs/export is no id that can be deleted. It is
matched in one regular expression, as its service will read it, and against all that the
service has: no way of writing it leads to an operation without the mark.
``merged`` is the OpenAPI document of the operations that carry a mark, with every
schema under its service's name, but for those that all services have alike.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

Document = Mapping[str, Any]
BAD_ESCAPE = re.compile(r"%(2f|5c|00|(?![0-9a-f]{2}))", re.IGNORECASE)
REFERENCE = re.compile(r'"#/components/(\w+)/([^"]+)"')
UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]")


class Place(NamedTuple):
    """An operation of a service, as its document describes it."""

    service: str
    method: str
    path: str
    described: Mapping[str, Any]


class Table:
    """The operations of all documents that carry a *mark*, by method and path.

    A template that takes slashes (``{id:path}``) is not among them. Of what is
    described there is the name and what is no OpenAPI's: ``x-…``.
    """

    def __init__(self, documents: Mapping[str, Document], mark: str) -> None:
        every = {name: _places(name, documents[name]) for name in documents}
        own = {name: [*map(_slim, places)] for name, places in every.items()}
        self._own = {name: _Matcher(places) for name, places in own.items()}
        open = (p for places in own.values() for p in places if _is_open(p, mark))
        self._matcher = _Matcher(open)
        self.places = self._matcher.places

    def match(self, method: str, path: str) -> Place | None:
        """The operation that *method* and the raw *path* mean, if there is one."""
        plain = _plain(path)
        found = self._matcher.match(method, plain) if plain else None
        if found is None or plain is None:
            return None
        # What its service would make of it may be another operation, not for here.
        meant = self._own[found.service].match(method, plain)
        return found if meant == found else None

    def methods(self, path: str) -> list[str]:
        """The methods that *path* has an operation for."""
        return sorted(m for m in self._matcher.methods if self.match(m, path))


class _Matcher:
    """Places by their templates, whatever those call their parameters."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = sorted(places, key=_precedence)
        self.methods = {place.method for place in self.places}
        known: dict[str, dict[str, Place]] = {}
        for place in self.places:
            known.setdefault(_regex(place.path), {})[place.method] = place
        self._known = [*known.values()]
        # A group's number is its template's, from one on.
        self._pattern = re.compile("|".join(f"({regex})" for regex in known) or r"(?!)")

    def match(self, method: str, path: str) -> Place | None:
        found = self._pattern.fullmatch(path)
        group = found.lastindex if found else None
        return self._known[group - 1].get(method) if group else None


def opened(
    documents: Mapping[str, Document],
    mark: str,
    title: str,
    version: str,
    schemes: Mapping[str, Any],
) -> tuple[Table, bytes]:
    """The table, and the merged document as JSON; it takes megabytes to make."""
    made = merged(documents, mark, title, version, schemes)
    return Table(documents, mark), json.dumps(made).encode()


def merged(
    documents: Mapping[str, Document],
    mark: str,
    title: str,
    version: str,
    schemes: Mapping[str, Any],
) -> dict[str, Any]:
    """One OpenAPI 3.1 document of the operations that carry the *mark*.

    Where an operation does not say otherwise, each of the security *schemes* will do.
    """
    paths: dict[str, Any] = {}
    known: dict[str, Any] = {}
    common = _common(documents.values())
    for service, document in documents.items():
        names = _Names(service.title().replace("-", ""), common)
        known |= {names.of(n): names.named(n, v) for n, v in _components(document)}
        for place in filter(lambda p: _is_open(p, mark), _places(service, document)):
            described = names.within(place.described)
            described["operationId"] = f"{service}.{described['operationId']}"
            paths.setdefault(place.path, {})[place.method.lower()] = described
    kept: dict[str, Any] = {"schemas": {}, "securitySchemes": dict(schemes)}
    for name in sorted(_reachable(paths, known)):
        kind, _, own = name.partition("/")
        kept.setdefault(kind, {})[own] = known[name]
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "security": [{name: []} for name in schemes],
        "paths": paths,
        "components": kept,
    }


def _places(service: str, document: Document) -> Iterable[Place]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield Place(service, method.upper(), path, described)


def _slim(place: Place) -> Place:
    kept = {k: v for k, v in place.described.items() if k[:2] == "x-"}
    return place._replace(
        described=kept | {"operationId": place.described["operationId"]}
    )


def _is_open(place: Place, mark: str) -> bool:
    return mark in place.described and ":path}" not in place.path


def _plain(path: str) -> str | None:
    """The path as a service decodes it; None where others might read it otherwise.

    Encoded slashes, empty and dot segments, backslashes, control characters, and what
    is no UTF-8 (RFC 3986 §3.3, §5.2.4).
    """
    if BAD_ESCAPE.search(path):
        return None
    try:
        plain = unquote(path, errors="strict")
    except UnicodeDecodeError:
        return None
    segments = plain.removeprefix("/").split("/")
    return None if UNSAFE.search(plain) or {"", ".", ".."} & set(segments) else plain


def _precedence(place: Place) -> tuple[Any, ...]:
    """Literal segments before parameters, and these before what takes slashes."""
    parts = place.path.split("/")
    ranks = [part.startswith("{") + part.endswith(":path}") for part in parts]
    return ([*zip(ranks, parts, strict=True)], place.method)


def _regex(template: str) -> str:
    parts = re.split(r"(\{[^}]+\})", template)
    return "".join(
        (".+" if part.endswith(":path}") else "[^/]+")
        if part.startswith("{")
        else re.escape(part)
        for part in parts
    )


class _Names(NamedTuple):
    """What a service's components, by ``kind/name``, are called among all services'."""

    prefix: str
    common: set[str]

    def of(self, name: str) -> str:
        kind, _, own = name.partition("/")
        return name if name in self.common else f"{kind}/{self.prefix}{own}"

    def named(self, name: str, described: Any) -> Any:
        """The component under its name, which is its title, too: programs that make
        clients call its class by that."""
        title = (
            {"title": self.of(name).partition("/")[2]} if "title" in described else {}
        )
        return self.within(described) | title

    def within(self, described: Any) -> Any:
        """A copy whose references lead to the components by these names."""
        return json.loads(REFERENCE.sub(self._reference, json.dumps(described)))

    def _reference(self, found: re.Match[str]) -> str:
        return f'"#/components/{self.of(f"{found[1]}/{found[2]}")}"'


def _components(document: Document) -> Iterable[tuple[str, Any]]:
    for kind, parts in document.get("components", {}).items():
        for name, described in parts.items():
            yield f"{kind}/{name}", described


def _common(documents: Iterable[Document]) -> set[str]:
    """The components that every document has, alike: one of them will do."""
    first, *others = [dict(_components(document)) for document in documents]
    alike = {n for n, v in first.items() if all(o.get(n) == v for o in others)}
    while apart := {n for n in alike if not _named(first[n]) <= alike}:
        alike -= apart
    return alike


def _reachable(paths: Any, known: Mapping[str, Any]) -> set[str]:
    """The components that the paths name, and those that these name in turn."""
    seen: set[str] = set()
    queue = _named(paths)
    while queue:
        name = queue.pop()
        if name not in seen and name in known:
            seen.add(name)
            queue |= _named(known[name])
    return seen


def _named(described: Any) -> set[str]:
    found = REFERENCE.findall(json.dumps(described))
    return {f"{kind}/{name}" for kind, name in found}
