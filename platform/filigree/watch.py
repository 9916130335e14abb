"""Watching files: what a change means, and bringing the running mesh up to it.

A service's own code renews that service, an engine's those that import it; a
declaration or a contract changes who may call whom, at once; what all services share
renews them all. Nothing stops serving
meanwhile, and code that does not start leaves the old process in place. Whatever is
wrong with some of it is told, and keeps nothing else from being followed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from filigree import reach, sources
from filigree.declarations import Declaration
from filigree.edges import STORE, Mesh
from filigree.mesh_error import MeshError
from filigree.supervisor import Supervisor

EVERY = 0.7  # seconds between looks


@dataclass(frozen=True, slots=True)
class Meaning:
    """What has to be done: renew these services, or all; resolve the mesh anew."""

    renewed: frozenset[str] = frozenset()
    everything: bool = False
    mesh: bool = False
    ourselves: bool = False


def meaning(
    changed: Iterable[Path],
    declarations: Mapping[str, Declaration],
    users: Callable[[Collection[Path]], frozenset[str]],
) -> Meaning:
    """What it means that these files, relative to the root, are not as they were.

    *users* tells which services are made of some packages.
    """
    paths = list(changed)
    packages = {found for each in paths if (found := sources.package(each))}
    using = users(packages) if packages else frozenset()
    everything = bool(packages & sources.INHERITED)
    return Meaning(
        _renewed(paths, declarations) | (frozenset() if everything else using),
        everything=everything,
        mesh=any(map(_is_of_the_mesh, paths)),
        ourselves=any(sources.OURSELVES in path.parents for path in paths),
    )


def _renewed(
    paths: list[Path], declarations: Mapping[str, Declaration]
) -> frozenset[str]:
    owners = {each.folder: name for name, each in declarations.items()}
    files = [path for path in paths if path.name != sources.DECLARATION]
    folders = {folder for path in files for folder in path.parents}
    found = {owners[folder] for folder in folders & owners.keys()}
    return frozenset(found | ({STORE} if Path(sources.GRANTS) in files else set()))


def _is_of_the_mesh(path: Path) -> bool:
    """Whether a file says who may call whom."""
    return path.name == sources.DECLARATION or path.match(sources.CONTRACT)


async def watch(
    supervisor: Supervisor, resolve: Callable[[], Mesh], known: Mapping[Path, int]
) -> None:
    """Follow the files until cancelled.

    *resolve* makes the mesh of the repository; *known* is the files' snapshot from
    before the mesh started, so that no change since then is missed.
    """
    root = supervisor.held.root
    while True:
        await asyncio.sleep(EVERY)
        try:
            current = await asyncio.to_thread(sources.snapshot, root)
        except OSError:
            # Folders come and go while another revision is checked out.
            continue
        changed = {path for path, _ in known.items() ^ current.items()}
        known = current
        if changed:
            await _follow(supervisor, changed, resolve)


async def _follow(
    supervisor: Supervisor, changed: set[Path], resolve: Callable[[], Mesh]
) -> None:
    declared, root = supervisor.mesh.declarations, supervisor.held.root
    users = partial(reach.users, root, declared)
    means = await asyncio.to_thread(meaning, changed, declared, users)
    if means.ourselves:
        supervisor.tell("watch", "filigree itself changed: restart it to use that")

    async def adopt() -> None:
        await supervisor.adopt(await asyncio.to_thread(resolve))

    if means.mesh:
        await _done(
            supervisor, adopt(), "the declarations changed: who may call whom, too"
        )
    if means.everything:
        done = "what all services share changed: all are renewed"
        return await _done(supervisor, supervisor.renew_all(), done)
    for name in sorted(means.renewed & supervisor.services.keys()):
        await _done(supervisor, supervisor.renew(name), f"{name} is renewed")


async def _done(supervisor: Supervisor, doing: Awaitable[None], done: str) -> None:
    """Tell *done*, or what kept it from that.

    Whatever that is: the next change may mend it, and must be followed.
    """
    try:
        await doing
    except Exception as exc:
        is_told = isinstance(exc, MeshError)
        supervisor.tell(
            "watch", str(exc) if is_told else f"{type(exc).__name__}: {exc}"
        )
    else:
        supervisor.tell("watch", done)
