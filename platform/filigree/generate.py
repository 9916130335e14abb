"""``filigree generate``: every file that is derived from declarations and contracts.

First the OpenAPI documents, from the services themselves; then all that follows from
them. A generator is a function from ``Source`` to texts by path, registered in
GENERATORS with the patterns of the files it owns: a file that matches one and is no
longer written is removed, unless people write files beside it and it is one of those.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filigree import (
    cluster_alerts,
    cluster_bus,
    cluster_dashboards,
    cluster_readmes,
    cluster_skaffold,
    cluster_values,
    contracts_read,
    declarations,
    edges,
    generate_contracts,
    generate_docs,
    operations,
)
from filigree.generate_source import NOTICE, Source, as_json
from filigree.publish import publish

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Generator:
    """``write`` makes the files; ``owns`` are glob patterns below the root."""

    write: Callable[[Source], Texts]
    owns: tuple[str, ...]


VALUES = "charts/values/*.yaml"
GENERATORS = (
    Generator(generate_contracts.grants, ("contracts/grants.json",)),
    Generator(generate_contracts.edges, ("contracts/edges/*.yaml",)),
    Generator(generate_contracts.schemas, ("contracts/events/*.schema.json",)),
    Generator(generate_contracts.asyncapi, ("contracts/asyncapi.yaml",)),
    Generator(generate_docs.codeowners, (".github/CODEOWNERS",)),
    Generator(cluster_values.domains, (VALUES,)),
    Generator(cluster_values.mesh, (VALUES,)),
    Generator(cluster_values.logs, (VALUES,)),
    Generator(cluster_bus.nats, (VALUES,)),
    Generator(cluster_alerts.values, (VALUES,)),
    Generator(cluster_alerts.rules, ("charts/observability/rules/*.yaml",)),
    Generator(
        cluster_dashboards.dashboards, ("charts/observability/dashboards/*.json",)
    ),
    Generator(cluster_skaffold.skaffold, ("skaffold.yaml",)),
    Generator(cluster_readmes.readmes, ("services/*/README.md",)),
    Generator(generate_docs.services, ("docs/services.md",)),
    Generator(generate_docs.settings, ("docs/settings.md",)),
)
OPENAPI = "contracts/openapi/*.json"
# Where everything is that derived files are made of, and they themselves.
PLACES = {"services", "contracts"} | {
    pattern.split("/")[0] for each in GENERATORS for pattern in each.owns
}


class GenerateError(Exception):
    """Some modules could not be read; everything else was generated."""


@dataclass(frozen=True, slots=True)
class Derived:
    """The texts that should be, by path; the paths that should not; what failed."""

    texts: Texts
    obsolete: tuple[str, ...]
    wrong: tuple[str, ...]


def generate(root: Path) -> list[Path]:
    """Write every derived file; the paths that changed, relative to *root*.

    GenerateError names the services and events that could not be imported, whose files
    stay as they are.
    """
    wanted = derive(root)
    changed = stale(root, wanted)
    publish(root, {str(path): wanted.texts.get(str(path)) for path in changed})
    if wanted.wrong:
        raise GenerateError("\n".join(wanted.wrong))
    return changed


def stale(root: Path, wanted: Derived) -> list[Path]:
    """The files that differ from what is wanted, are missing, or should not be."""
    differing = [
        Path(path)
        for path, text in wanted.texts.items()
        if not (root / path).is_file() or (root / path).read_text("utf-8") != text
    ]
    return sorted([*differing, *map(Path, wanted.obsolete)])


def derive(root: Path) -> Derived:
    """What the declarations, services and event models lead to. Writes nothing."""
    declared = declarations.load(root)
    documents, wrong = contracts_read.openapi(root, declared.values())
    events, wrong_events = contracts_read.events(root)
    texts: Texts = {
        f"contracts/openapi/{service}.json": as_json(document)
        for service, document in documents.items()
    }
    offered = {
        service: known
        for service, known in operations.load(root).items()
        if service in declared
    }
    offered |= {
        service: operations.parse(service, document)
        for service, document in documents.items()
    }
    source = Source(root, edges.join(declared, offered), events)
    for generator in GENERATORS:
        texts |= generator.write(source)
    kept = {*texts, *(f"contracts/openapi/{service}.json" for service in declared)}
    return Derived(texts, _obsolete(root, kept), (*wrong, *wrong_events))


def _obsolete(root: Path, kept: set[str]) -> tuple[str, ...]:
    patterns = [OPENAPI, *(each for one in GENERATORS for each in one.owns)]
    present = [
        path.relative_to(root).as_posix()
        for pattern in patterns
        for path in root.glob(pattern)
        if pattern != VALUES or NOTICE in path.read_text("utf-8")
    ]
    return tuple(sorted(set(present) - kept))
