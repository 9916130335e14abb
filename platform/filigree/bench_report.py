"""What was measured: tables on the screen, in docs/benchmarks.md, and for the gates.

Each part has a section of its own, which only a run of that part replaces; the chapters
on retrieval and answers are not touched.
"""

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filigree import bench_timing, state
from filigree.bench_bare import Bare
from filigree.state import State

DOCUMENT, MEASURED = Path("docs/benchmarks.md"), Path("docs/measured.json")
CHAPTER = "## Speed and memory"
ABOUT = """\
    filigree bench

Ratios are to a bare FastAPI application (stock httpx, loopback TCP, uvicorn) measured
in the same run. Each section says how busy the machine was: where the load is above
the number of cores, times are too long, and a missed target proves little. CPU times
are inflated less, but are inflated, too.
"""


@dataclass(frozen=True)
class Ground:
    """What every part measures on. ``say`` shows progress."""

    mesh: State
    bare: Bare
    say: Callable[[str], None]
    is_large: bool = False


@dataclass(frozen=True)
class Section:
    """One part's table. ``held``: whether its targets are; None where there is none.

    ``measured`` is for the gates: figures by service.
    """

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    held: bool | None = None
    notes: list[str] = field(default_factory=list)
    measured: dict[str, dict[str, float]] = field(default_factory=dict)
    load: str = field(default_factory=bench_timing.load)

    def __str__(self) -> str:
        lines = ["### " + self.title, "", *table(self.head, self.rows)]
        verdict = {None: "", True: "Targets held. ", False: "Targets not held. "}
        day = time.strftime("%Y-%m-%d", time.gmtime())
        lines += ["", f"{verdict[self.held]}{day}, {self.load}.", *self.notes]
        return "\n".join(lines) + "\n"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A Markdown table, a line each."""
    lines = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def merged(document: str, sections: list[Section]) -> str:
    """*document* with these sections in its chapter, in place of older ones."""
    before, chapter, after = _parted(document)
    known = dict(_sections(chapter))
    known |= {section.title: str(section) for section in sections}
    body = "\n".join([f"{CHAPTER}\n", ABOUT, *known.values()])
    return before.rstrip("\n") + "\n\n" + body + ("\n" + after if after else "")


def _parted(document: str) -> tuple[str, str, str]:
    """What is before the chapter, the chapter, and what is after it."""
    found = re.search(
        rf"^{CHAPTER}\n(.*?)(?=^## |\Z)", document, re.MULTILINE | re.DOTALL
    )
    if found is None:
        return document, "", ""
    return document[: found.start()], found[1], document[found.end() :]


def _sections(chapter: str) -> list[tuple[str, str]]:
    parts = re.split(r"^(?=### )", chapter, flags=re.MULTILINE)
    return [
        (part.split("\n", 1)[0].removeprefix("### "), part.rstrip("\n") + "\n")
        for part in parts
        if part.startswith("### ")
    ]


def write(root: Path, sections: list[Section]) -> None:
    """Keep what was measured, beside what an earlier run measured."""
    path = root / DOCUMENT
    document = path.read_text("utf-8") if path.is_file() else "# Benchmarks\n"
    state.write(path, merged(document, sections))
    known = state.read_json(root / MEASURED)
    for section in sections:
        for service, figures in section.measured.items():
            known[service] = known.get(service, {}) | figures
    if known:
        text = json.dumps(known, indent=2, sort_keys=True)
        state.write(root / MEASURED, text + "\n")
