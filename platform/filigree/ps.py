"""``filigree ps``: the processes of a running mesh as a table."""

from collections.abc import Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

COLOURS = {"ready": "green", "starting": "yellow", "crashed": "red", "broken": "red"}
MIB = 1024 * 1024
WORDS = ("service", "state", "breaker")
COLUMNS = (
    *("service", "port", "pid", "state", "start"),
    *("PSS", "RSS", "anon", "restarts", "breaker"),
)
WIDTH = 96  # characters that all columns take
BELOW = ["below"]  # whoever it is that left a service alone is told elsewhere
SPARED = ("start", "RSS")  # what is left out where there is less, as 80 are


def show(told: dict[str, Any], out: TextIO) -> None:
    """A row for each process, and the sum."""
    rows = told["rows"]
    console = Console(file=out, highlight=False)
    if not console.is_terminal:
        # A pipe has no width: let no column be cut there.
        console.width = 400
    if console.width >= WIDTH:
        console.print(_table(rows, COLUMNS))
    else:
        _show_narrow(rows, console)
    console.print(_summary(rows))


def _show_narrow(rows: list[dict[str, Any]], console: Console) -> None:
    """Fewer columns, and below them whose breakers are open, which may be long."""
    broken = [row for row in rows if row.get("breaker")]
    told = [row | {"breaker": BELOW} if row in broken else row for row in rows]
    console.print(_table(told, [it for it in COLUMNS if it not in SPARED]))
    for row in broken:
        console.print(f"{row['name']}: {_breaker(row)}")


def _table(rows: list[dict[str, Any]], columns: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        aligned = "left" if name in WORDS else "right"
        table.add_column(name, justify=aligned, no_wrap=name == "service")
    for row in rows:
        cells = dict(zip(COLUMNS, _cells(row), strict=True))
        table.add_row(*(cells[name] for name in columns))
    return table


def _summary(rows: list[dict[str, Any]]) -> str:
    services = [row["state"] for row in rows if row["kind"] == "service"]
    pss = sum(row["pss"] for row in rows) / MIB
    return (
        f"{services.count('ready')} of {len(services)} services ready; "
        f"{pss:.0f} MB in all, shared memory counted once"
    )


def _cells(row: dict[str, Any]) -> list[str]:
    state = row["state"]
    startup = row.get("startup")
    return [
        row["name"],
        str(row.get("port") or ""),
        str(row.get("pid") or ""),
        f"[{COLOURS.get(state, 'yellow')}]{state}[/]",
        f"{startup:.1f} s" if startup is not None else "",
        *(f"{row[name] / MIB:.0f} MB" for name in ("pss", "rss", "anonymous")),
        str(row.get("restarts") or ""),
        _breaker(row),
    ]


def _breaker(row: dict[str, Any]) -> str:
    """Whose breaker is open; a service is ejected for each caller by itself."""
    if row["kind"] != "service":
        return ""
    callers = row["breaker"]
    if callers == BELOW:
        return "[red]open[/]"
    return f"[red]open for {', '.join(callers)}[/]" if callers else "closed"
