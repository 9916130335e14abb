"""Where an execution stands: lanes, and visits of states in them.

A lane is a sequence of states: the machine itself, a branch of a Parallel, an item of a
Map. Its time is that of the last effect that ended in it, not the clock's: a replay
sees the same times. Positions are numbers joined by dots, in turn: the visit in its
lane, the attempt, the branch.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asl import _failures, _paths, _templates
from asl._failures import Failed
from asl._hosting import Execution
from asl._paths import PathFault
from asl._scan import SyntaxFault
from asl._templates import Scope


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as the context object shows times."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


@dataclass(slots=True)
class Lane:
    """*prefix* begins the positions in it; *item* is a Map's index and value.
    *bounded* is the value that was found small enough last."""

    prefix: str
    now: datetime
    item: dict[str, Any] | None = None
    bounded: Any = None


@dataclass(slots=True)
class Visit:
    """One visit of one state."""

    execution: Execution
    lane: Lane
    key: str
    name: str
    state: dict[str, Any]
    entered: datetime
    attempt: int = 0

    @property
    def context(self) -> dict[str, Any]:
        """The context object, ``$$``."""
        run = self.execution
        found = {
            **run.context,
            "Execution": {
                "Id": run.id,
                "Input": run.input,
                "Name": run.name,
                "StartTime": stamp(run.started),
            },
            "State": {
                "EnteredTime": stamp(self.entered),
                "Name": self.name,
                "RetryCount": self.attempt,
            },
            "StateMachine": {"Id": run.machine, "Name": run.machine},
        }
        if self.lane.item is not None:
            found["Map"] = {"Item": self.lane.item}
        return found

    def scope(self, data: Any, salt: str) -> Scope:
        """What expressions see; the draws of each *salt* are its own."""
        return Scope(data, self.context, f"{self.execution.id}/{self.key}/{salt}")

    def read(self, field: str, data: Any, default: Any = "$") -> Any:
        """What the state's path *field* names in the data."""
        try:
            return _paths.read(self.state.get(field, default), data, self.context)
        except PathFault as fault:
            cause = f"{self.name}: {field}: {fault}"
            raise Failed(_failures.RUNTIME, cause) from None

    def either(self, field: str, data: Any, default: Any) -> Any:
        """The state's *field*, or what its *field* + Path names, or the default."""
        if f"{field}Path" in self.state:
            return self.read(f"{field}Path", data)
        return self.state.get(field, default)

    def text(self, field: str, data: Any) -> str:
        """A Fail state's Error or Cause; its Path may be an intrinsic function too."""
        path = self.state.get(f"{field}Path")
        if path is None:
            return str(self.state.get(field, ""))
        try:
            parsed = _templates.parse(path)
        except SyntaxFault as fault:
            raise Failed(_failures.RUNTIME, str(fault)) from None
        found = _templates.evaluate(parsed, self.scope(data, field))
        if not isinstance(found, str):
            raise Failed(_failures.RUNTIME, f"{self.name}: {field}Path names no string")
        return found

    def render(self, field: str, data: Any) -> Any:
        """The state's payload template *field*, filled; the data when it has none."""
        if field not in self.state:
            return data
        return _templates.render(self.state[field], self.scope(data, field))

    def write(self, place: str | None, raw: Any, value: Any) -> Any:
        """*raw* with the value at the reference path *place*."""
        try:
            return _paths.write(place, raw, value)
        except PathFault as fault:
            cause = f"{self.name}: ResultPath: {fault}"
            raise Failed(_failures.RESULT_PATH, cause) from None
