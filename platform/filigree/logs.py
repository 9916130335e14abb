"""``filigree logs``: the services' lines, merged by time, for the eye."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from filigree import hint
from filigree.demo import waterfall
from filigree.log_tail import Tail
from filigree.mesh_error import MeshError
from filigree.state import State

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
COLOURS = {"warning": "yellow", "error": "red", "critical": "bold red", "debug": "dim"}
EVERY = 0.3  # seconds between looks when following
LATEST = 1e11  # seconds: what is later than the year 5000 is no time
ENGINES = ("envoy", "nats", "postgres", "nursery", "up")

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines, and how: no service means all of them."""

    services: tuple[str, ...] = ()
    level: str = "info"
    trace: str | None = None
    lines: int = 50
    as_json: bool = False

    def admits(self, line: Line) -> bool:
        severity = LEVELS.get(str(line.get("level", "info")), 20)
        if severity < LEVELS[self.level]:
            return False
        return not self.trace or _mentions(line, self.trace)


def _mentions(line: Line, trace: str) -> bool:
    ids = (line.get("trace_id"), line.get("request_id"))
    return any(str(each).startswith(trace) for each in ids if each)


def show(held: State, wanted: Wanted, *, follow: bool = False) -> int:
    """Print what there is; with *follow*, what comes, until interrupted."""
    console = Console(highlight=False)
    tails = {path: Tail(path) for path in _files(held, wanted.services)}
    found = sorted(
        (line for tail in tails.values() for line in _last(tail, wanted)), key=_moment
    )
    if wanted.trace and not follow:
        _trace(found, wanted, console)
    else:
        for line in _ending(found, wanted.lines):
            _print(line, wanted, console)
    if follow:
        _follow(held, wanted, console, tails)
    return 0


def _moment(line: Line) -> float:
    """Seconds since 1970; 0 where a line does not say when, or says no time."""
    said = line.get("time")
    return float(said) if isinstance(said, int | float) and 0 < said < LATEST else 0.0


def _ending(lines: list[Line], most: int) -> list[Line]:
    return lines[max(0, len(lines) - most) :]


def _follow(
    held: State, wanted: Wanted, console: Console, tails: dict[Path, Tail]
) -> None:
    while True:
        time.sleep(EVERY)
        for path in _files(held, wanted.services):
            said = tails.setdefault(path, Tail(path)).new()
            for line in filter(wanted.admits, _parsed(path.stem, said)):
                _print(line, wanted, console)


def _files(held: State, services: tuple[str, ...]) -> list[Path]:
    found = {path.stem: path for path in sorted(held.logs.glob("*.log"))}
    if not found:
        start = hint.command("up", held.offset)
        raise MeshError("there are no logs yet", f"Start the mesh: {start}")
    for name in services:
        if name not in found:
            raise MeshError(
                f"there is no log of {name}: nothing of that name has said anything",
                hint.alike(name, found, ", ".join(found)),
            )
    # An engine's own log is shown when it is asked for.
    return [
        path
        for name, path in found.items()
        if (name in services if services else name not in ENGINES)
    ]


def _last(tail: Tail, wanted: Wanted) -> list[Line]:
    """The last matching lines of a file and of the one before it."""
    found = list(filter(wanted.admits, _parsed(tail.path.stem, tail.last())))
    return found if wanted.trace else _ending(found, wanted.lines)


def _parsed(name: str, text: bytes) -> Iterator[Line]:
    for raw in text.splitlines():
        try:
            line = json.loads(raw)
        except ValueError:
            line = {"service": name, "message": raw.decode("utf-8", "replace")}
        if isinstance(line, dict):
            yield line


def _print(line: Line, wanted: Wanted, console: Console) -> None:
    if wanted.as_json:
        print(json.dumps(line), flush=True)
    else:
        console.print(rendered(line), soft_wrap=True)


def rendered(line: Line) -> Text:
    """``12:00:01.234 gateway  INFO  POST /api/v1/chat 200 31 ms  trace 4bf92f35``"""
    moment = _moment(line)
    shown = f"{datetime.fromtimestamp(moment):%H:%M:%S.%f}"[:-3] if moment else ""
    level = str(line.get("level", "info"))
    text = Text(f"{shown:12} ", style="dim")
    text.append(f"{line.get('service', '-'):24} ", style="cyan")
    text.append(f"{level.upper():8} ", style=COLOURS.get(level, ""))
    text.append(_said(line))
    for name in ("tenant", "trace_id"):
        if value := line.get(name):
            text.append(f"  {name.removesuffix('_id')} {str(value)[:16]}", style="dim")
    if exception := line.get("exception"):
        text.append(f"\n{_own_frames(str(exception))}", style="red")
    return text


def _own_frames(exception: str) -> str:
    """A traceback without the frames of installed packages."""
    kept, foreign = [], False
    for line in exception.splitlines():
        if line.startswith("  File "):
            foreign = "site-packages" in line
        if not (foreign and line.startswith("  ")):
            kept.append(line)
    return "\n".join(kept)


def _said(line: Line) -> str:
    if line.get("kind") != "span":
        return str(line.get("message", ""))
    asked = " ".join(str(line[name]) for name in ("method", "path") if line.get(name))
    asked = asked or str(line.get("operation", ""))
    by = f" for {line['caller']}" if line.get("caller") else ""
    return f"{asked} {line.get('status')} {line.get('duration_ms')} ms{by}"


def _trace(found: list[Line], wanted: Wanted, console: Console) -> None:
    """One request's spans as a waterfall, and whatever else was said about it."""
    if not found:
        raise MeshError(f"no line mentions {wanted.trace}")
    spans = [line for line in found if line.get("kind") == "span"]
    if spans and not wanted.as_json:
        drawn = waterfall.waterfall(spans, console.width)
        console.print(drawn, markup=False, soft_wrap=True)
    for line in found:
        if wanted.as_json or line.get("kind") != "span":
            _print(line, wanted, console)
