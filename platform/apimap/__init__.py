"""Apimap: many services' OpenAPI documents as one route table and one document.

A path is matched by method and template, literal segments before parameters, in one
regular expression a method; ``merged`` is the OpenAPI document of the operations that
are chosen, with every schema under its service's name.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

Document = Mapping[str, Any]
Choice = Callable[[Mapping[str, Any]], bool]
PARAMETER = re.compile(r"\{([^}:]+)(?::path)?\}")


class Place(NamedTuple):
    """An operation of a service, as its document describes it."""

    service: str
    method: str
    path: str
    described: Mapping[str, Any]


class Table:
    """The chosen operations of all documents, by method and path."""

    def __init__(self, documents: Mapping[str, Document], chosen: Choice) -> None:
        self._documents, self._chosen = documents, chosen
        self.places = sorted(self._places(), key=_precedence)
        self._patterns = {
            method: _pattern(self.places, method)
            for method in {place.method for place in self.places}
        }

    def _places(self) -> Iterable[Place]:
        for service, document in self._documents.items():
            for path, methods in document["paths"].items():
                for method, described in methods.items():
                    if self._chosen(described):
                        yield Place(service, method.upper(), path, described)

    def match(self, method: str, path: str) -> Place | None:
        """The operation that *method* and *path* mean, None where there is none."""
        pattern = self._patterns.get(method)
        found = pattern.fullmatch(path) if pattern else None
        return self.places[int(found.lastgroup[1:])] if found else None

    def methods(self, path: str) -> list[str]:
        """The methods that *path* has an operation for."""
        return sorted(m for m in self._patterns if self.match(m, path))

    def merged(self, title: str, version: str) -> dict[str, Any]:
        """One OpenAPI 3.1 document of the table."""
        paths: dict[str, Any] = {}
        schemas: dict[str, Any] = {}
        for place in self.places:
            prefix = place.service.title().replace("-", "")
            described = _renamed(place.described, prefix)
            described["operationId"] = f"{place.service}.{described['operationId']}"
            paths.setdefault(place.path, {})[place.method.lower()] = described
        for service, document in self._documents.items():
            prefix = service.title().replace("-", "")
            known = document.get("components", {}).get("schemas", {})
            schemas |= {prefix + k: _renamed(v, prefix) for k, v in known.items()}
        kept = {k: v for k, v in schemas.items() if k in _reachable(paths, schemas)}
        return {
            "openapi": "3.1.0",
            "info": {"title": title, "version": version},
            "paths": paths,
            "components": {"schemas": kept},
        }


def _precedence(place: Place) -> tuple[Any, ...]:
    """Literal segments before parameters, so that /faqs/export is not an id."""
    parts = place.path.split("/")
    return (place.method, [(part.startswith("{"), part) for part in parts])


def _pattern(places: list[Place], method: str) -> re.Pattern[str]:
    """One alternation of every template; the group's name is the place's number."""
    wanted = ((n, place) for n, place in enumerate(places) if place.method == method)
    return re.compile("|".join(f"(?P<p{n}>{_regex(p.path)})" for n, p in wanted))


def _regex(template: str) -> str:
    parts = re.split(r"(\{[^}]+\})", template)
    return "".join(
        (".+" if part.endswith(":path}") else "[^/]+")
        if part.startswith("{")
        else re.escape(part)
        for part in parts
    )


def _renamed(described: Any, prefix: str) -> Any:
    """A copy whose references lead to the schemas of that prefix."""
    text = json.dumps(described)
    return json.loads(
        text.replace("#/components/schemas/", f"#/components/schemas/{prefix}")
    )


def _reachable(paths: Any, schemas: Mapping[str, Any]) -> set[str]:
    """The schemas that the paths name, and those that these name in turn."""
    reference = re.compile(r'"#/components/schemas/([^"]+)"')
    seen: set[str] = set()
    queue = set(reference.findall(json.dumps(paths)))
    while queue:
        name = queue.pop()
        if name not in seen and name in schemas:
            seen.add(name)
            queue |= set(reference.findall(json.dumps(schemas[name])))
    return seen
