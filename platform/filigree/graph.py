"""``filigree check``: what must hold of all the declarations together.

The views of the graph must agree: declared, found in code, generated; a fourth,
observed in traces, is compared by the tests that make them (``graph_observed``).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filigree import (
    edges,
    generate,
    graph_agree,
    graph_breaking,
    graph_calls,
    graph_events,
    graph_time,
)
from filigree.declarations import DeclarationError
from filigree.edges import Mesh
from filigree.graph_finding import Finding
from filigree.graph_observed import observed

__all__ = ["Finding", "Report", "check", "observed"]

RULES = (
    graph_calls.ports,
    graph_calls.upstreams,
    graph_calls.unknown,
    graph_calls.collections,
    graph_calls.public_paths,
    graph_calls.spellings,
    graph_time.deadlines,
)


@dataclass(frozen=True, slots=True)
class Report:
    """``findings`` fail the check; ``notes`` are for the reader."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def check(root: Path, base: str | None = None) -> Report:
    """All that is wrong, at once. *base* is the git revision callers were built for."""
    try:
        mesh = edges.resolve(root)
    except DeclarationError as exc:
        findings = [Finding(*_split(line)) for line in str(exc).splitlines()]
        return Report(tuple(findings), ())
    compared, note = _breaking(root, base)
    found = [*_rules(root, mesh), *_derived(root), *compared]
    cycles = list(graph_calls.cycles(mesh))
    notes = [note]
    if not cycles:
        found += graph_time.tries(mesh)
        times, path = graph_time.worst(mesh)
        notes.append(f"most tries: {times}, down {' → '.join(path)}")
    return Report(tuple(sorted({*found, *cycles})), tuple(notes))


def _rules(root: Path, mesh: Mesh) -> Iterator[Finding]:
    for rule in RULES:
        yield from rule(mesh)
    models = graph_events.models(root)
    yield from graph_events.events(mesh, set(models.values()))
    yield from graph_agree.agree(root, mesh, models)


def _derived(root: Path) -> Iterator[Finding]:
    wanted = generate.derive(root)
    for path in generate.stale(root, wanted):
        yield Finding(str(path), "stale; run `filigree generate`")
    for problem in wanted.wrong:
        yield Finding("services", f"could not be read: {problem}")


def _breaking(root: Path, base: str | None) -> tuple[list[Finding], str]:
    before = graph_breaking.base_documents(root, base) if base else None
    if before is None:
        given = f"git knows no {base}" if base else "no base was given"
        return [], f"SKIPPED: breaking changes were not looked for, as {given}"
    after = {
        path.stem: json.loads(path.read_text("utf-8"))
        for path in (root / "contracts" / "openapi").glob("*.json")
    }
    found = list(graph_breaking.breaking(before, after))
    return found, f"breaking changes: {len(before)} documents compared with {base}"


def _split(line: str) -> tuple[str, str]:
    place, _, says = line.partition(": ")
    return place, says
