"""Error groups: how often, since when, and whether it is back."""

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.operations.logs import ErrorGroup, ErrorState, Line

Known = tuple[ErrorGroup | None, int]
NONE: Known = (None, 0)


def among(ids: Iterable[str | None]) -> dict[str, Any]:
    """A filter for the documents of these ids."""
    return {"id": {"in": sorted({id for id in ids if id})}}


def tally(
    wrong: Iterable[Line], stored: Iterable[Line], known: Mapping[str, Known]
) -> list[tuple[ErrorGroup, int]]:
    """The groups of *wrong* lines as they are now, and the versions that they replace.

    What is *stored* was counted before. *known* are their groups and versions so far; a
    new one replaces version 0, which is none.
    """
    seen = {line.id for line in stored}
    groups: dict[str, ErrorGroup] = {}
    for line in wrong:
        if line.fingerprint and line.id not in seen:
            before, _ = known.get(line.fingerprint, NONE)
            now = groups.get(line.fingerprint, before)
            groups[line.fingerprint] = counted(now, line)
    return [(group, known.get(id, NONE)[1]) for id, group in groups.items()]


def counted(group: ErrorGroup | None, line: Line) -> ErrorGroup:
    """*group* with one more error; a resolved one is open again, as regressed."""
    if group is None:
        return ErrorGroup(
            id=line.fingerprint or "",
            service=line.service,
            message=line.message[:500],
            count=1,
            first_seen=line.time,
            last_seen=line.time,
            sample=line,
        )
    is_back = group.state == "resolved"
    is_latest = line.time >= group.last_seen
    return group.model_copy(
        update={
            "count": group.count + 1,
            "first_seen": min(group.first_seen, line.time),
            "last_seen": max(group.last_seen, line.time),
            "sample": line if is_latest else group.sample,
            "state": "open" if is_back else group.state,
            "regressed": group.regressed or is_back,
        }
    )


def changed(group: ErrorGroup, state: ErrorState) -> ErrorGroup:
    """*group* as staff want it; what they looked at has not come back since."""
    return group.model_copy(update={"state": state, "regressed": False})
