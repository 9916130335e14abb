"""Breaking changes of an OpenAPI document, compared with a base revision of git.

A caller of the base must still be served: nothing it used may be gone, nothing it does
not send may be required. What the base already marked ``deprecated`` may go.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filigree.graph_finding import Finding
from filigree.operations import METHODS

FOLDER = "contracts/openapi/"
Document = dict[str, Any]


def base_documents(root: Path, base: str) -> dict[str, Document] | None:
    """The documents by service as *base* has them; None without such a revision."""
    listed = _git(root, "ls-tree", "--name-only", base, FOLDER)
    if listed is None:
        return None
    return {
        Path(path).stem: json.loads(_git(root, "show", f"{base}:{path}") or "{}")
        for path in listed.splitlines()
        if path.endswith(".json")
    }


def _git(root: Path, *arguments: str) -> str | None:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.stdout if done.returncode == 0 else None


def breaking(
    before: dict[str, Document], after: dict[str, Document]
) -> Iterator[Finding]:
    """What callers of *before* would miss in *after*."""
    for service, old in before.items():
        place = f"{FOLDER}{service}.json"
        if service not in after:
            yield Finding(place, "the service is gone; its callers are not")
            continue
        for text in _document(old, after[service]):
            yield Finding(place, text)


def _by_id(document: Document) -> dict[str, tuple[str, Document]]:
    return {
        spec["operationId"]: (f"{method.upper()} {path}", spec)
        for path, item in document.get("paths", {}).items()
        for method, spec in item.items()
        if method in METHODS
    }


def _document(old: Document, new: Document) -> Iterator[str]:
    now = _by_id(new)
    for operation, (where, spec) in _by_id(old).items():
        if operation not in now:
            if not spec.get("deprecated"):
                yield f"{operation} was removed; deprecate it first"
            continue
        there, known = now[operation]
        if there != where:
            yield f"{operation} moved from {where} to {there}"
        if spec.get("x-public") and not known.get("x-public"):
            yield f"{operation} is no longer public"
        for text in [
            *_parameters(spec, known),
            *_request(old, new, spec, known),
            *_responses(old, new, spec, known),
        ]:
            yield f"{operation}: {text}"


def _parameters(old: Document, new: Document) -> Iterator[str]:
    before = {(p["in"], p["name"]): p for p in old.get("parameters", ())}
    after = {(p["in"], p["name"]): p for p in new.get("parameters", ())}
    for key, parameter in after.items():
        was_required = before.get(key, {}).get("required", False)
        if parameter.get("required") and not was_required:
            yield f"the {key[0]} parameter {key[1]} is required now"
    for key in before.keys() - after.keys():
        yield f"the {key[0]} parameter {key[1]} was removed"


def _json_schema(holder: Document) -> Document:
    return holder.get("content", {}).get("application/json", {}).get("schema", {})


def _request(
    old: Document, new: Document, before: Document, after: Document
) -> Iterator[str]:
    was, now = before.get("requestBody", {}), after.get("requestBody", {})
    if now.get("required") and not was.get("required"):
        yield "a body is required now"
    schemas = _Schemas(old, new, asked=True)
    yield from schemas.compare(_json_schema(was), _json_schema(now), "the request")


def _responses(
    old: Document, new: Document, before: Document, after: Document
) -> Iterator[str]:
    for status, response in before.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        if status not in after.get("responses", {}):
            yield f"the answer {status} was removed"
            continue
        now = after["responses"][status]
        schemas = _Schemas(old, new, asked=False)
        yield from schemas.compare(
            _json_schema(response), _json_schema(now), "the answer"
        )


class _Schemas:
    """Compares two schemas; ``asked``: whether callers send them, or read them."""

    def __init__(self, old: Document, new: Document, *, asked: bool) -> None:
        self._old, self._new, self._asked = old, new, asked
        self._seen: set[tuple[str, str]] = set()

    def compare(self, old: Document, new: Document, at: str) -> Iterator[str]:
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in self._seen:
                return
            self._seen.add(pair)
        was, now = _resolved(self._old, old), _resolved(self._new, new)
        if _kinds(was) != _kinds(now):
            if not self._is_wider(_kinds(was), _kinds(now)):
                yield f"{at} changed its type"
            return
        yield from self._members(was, now, at)
        if "items" in was and "items" in now:
            yield from self.compare(was["items"], now["items"], f"{at}[]")

    def _is_wider(self, was: set[str], now: set[str]) -> bool:
        """What is sent may become wider, what is read narrower."""
        return was <= now if self._asked else was >= now

    def _members(self, was: Document, now: Document, at: str) -> Iterator[str]:
        before, after = was.get("properties", {}), now.get("properties", {})
        required = set(was.get("required", ())), set(now.get("required", ()))
        for name, schema in before.items():
            if name in after:
                yield from self.compare(schema, after[name], f"{at}.{name}")
            elif not schema.get("deprecated"):
                yield f"{at}.{name} was removed"
        if self._asked:
            for name in sorted(required[1] - required[0]):
                yield f"{at}.{name} is required now"
        for name in sorted(required[0] - required[1] if not self._asked else ()):
            if name in after:
                yield f"{at}.{name} may be missing now"


def _resolved(document: Document, schema: Document) -> Document:
    for _ in range(10):
        if "$ref" not in schema:
            break
        name = schema["$ref"].rpartition("/")[2]
        schema = document.get("components", {}).get("schemas", {}).get(name, {})
    return schema


def _kinds(schema: Document) -> set[str]:
    """The JSON types that a schema admits; a reference by the name it points at."""
    if "anyOf" in schema:
        return {kind for part in schema["anyOf"] for kind in _kinds(part)}
    kind = schema.get("type", schema.get("$ref", "any"))
    return set(kind) if isinstance(kind, list) else {str(kind)}
