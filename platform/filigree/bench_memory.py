"""The memory of each service alone, under load, inside a hard limit of 50 MiB.

Anonymous memory is what the service itself has; resident memory counts libraries, too;
the working set is what the kernel charges and would not simply drop.
"""

import platform
from collections import Counter
from dataclasses import dataclass

from filigree import bench_alone, bench_cgroup, bench_load, bench_mesh, edges, memory
from filigree.bench_load import Subject
from filigree.bench_report import Ground, Section
from filigree.declarations import Declaration
from filigree.mesh_error import MeshError

MIB = 1024 * 1024

FILES = ("opening-hours.md", "fees.html", "price-list.csv", "implants.pdf")
NO_LIMIT = (
    "**No control group can be made here: nothing was limited, and no working set is"
    " told. These figures do not prove that 50 MiB suffice.**"
)


@dataclass(frozen=True, slots=True)
class Found:
    """What one service took; ``survived`` the limit, None when there was none."""

    taken: memory.Memory
    working_set: int | None
    survived: bool | None
    answers: Counter[str]


def measure(ground: Ground) -> Section:
    """Every service, one after the other; without the limit if it does not survive."""
    subject = _subject(ground)
    found: dict[str, Found] = {}
    failed: dict[str, str] = {}
    for name, declaration in edges.resolve(ground.mesh.root).declarations.items():
        ground.say(f"memory of {name}")
        try:
            found[name] = of(declaration, subject)
        except MeshError as exc:
            failed[name] = str(exc)
    return _section(ground, found, failed)


def _section(
    ground: Ground, found: dict[str, Found], failed: dict[str, str]
) -> Section:
    fates = {each.survived for each in found.values()}
    limited = bool(fates - {None})
    rows = [_bare(ground.bare.taken), *(_row(n, each) for n, each in found.items())]
    notes = [f"In MiB, on Python {platform.python_version()}." if limited else NO_LIMIT]
    notes += [f"\n{name} could not be measured: {why}" for name, why in failed.items()]
    anonymous = {n: round(each.taken.anonymous / MIB, 1) for n, each in found.items()}
    head = ("service", "anonymous", "RSS", "PSS", "working set", "in 50 MiB", "answers")
    figures = {name: {"memory": mib} for name, mib in anonymous.items()}
    held = not failed and fates == {True}
    return Section("Memory", head, rows, held, notes, figures)


def _subject(ground: Ground) -> Subject:
    api, tenant, key = bench_mesh.business(ground.mesh, "memory")
    folder = ground.mesh.root / "platform/filigree/demo/documents"
    for id in [api.upload(folder / name, {})["id"] for name in FILES]:
        api.settled(id)
    evidence = api.call("POST", "/api/v1/search", json=bench_load.QUERY)
    return Subject(ground.mesh, tenant, key, evidence)


def of(
    declaration: Declaration, subject: Subject, most: int = bench_load.MOST
) -> Found:
    """What a service alone takes to answer at most *most* requests in the limit."""
    with bench_alone.running(declaration, subject.mesh):
        pass  # Its modules are compiled now, as they are in an image.
    with bench_cgroup.limited(declaration.name) as group:
        if group is None:
            return _worked(declaration, subject, most, None)
        try:
            found = _worked(declaration, subject, most, group)
        except MeshError:
            found = None
        if found and found.survived:
            return found
    # The figures of one that was killed are those that it would have needed.
    needed = _worked(declaration, subject, most, None)
    return Found(needed.taken, None, False, needed.answers)


def _worked(
    declaration: Declaration,
    subject: Subject,
    most: int,
    group: bench_cgroup.Group | None,
) -> Found:
    with bench_alone.running(declaration, subject.mesh, group) as alone:
        answers = bench_load.work(alone.socket, declaration.name, subject, most)
        taken = memory.of(alone.process.pid)
        working_set = group.working_set() if group else None
        is_alive = alone.process.poll() is None
    survived = is_alive and not group.kills() if group else None
    return Found(taken, working_set, survived, answers)


def _bare(taken: memory.Memory) -> tuple[str, ...]:
    return ("bare application", *_sizes(taken), "", "", "")


def _sizes(taken: memory.Memory) -> tuple[str, str, str]:
    return (
        f"{taken.anonymous / MIB:.1f}",
        f"{taken.rss / MIB:.1f}",
        f"{taken.pss / MIB:.1f}",
    )


def _row(name: str, found: Found) -> tuple[str, ...]:
    held = {None: "not limited", True: "yes", False: "**killed**"}[found.survived]
    charged = "" if found.working_set is None else f"{found.working_set / MIB:.1f}"
    told = ", ".join(f"{n} {what}" for what, n in sorted(found.answers.items()))
    return (name, *_sizes(found.taken), charged, held, told)
