"""How a start looks: a progress bar on a terminal, plain lines anywhere else."""

import sys
import time
from collections.abc import Iterable
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


class Report:
    """Tells of the start until ``finish``, and of what happens after it.

    ``tell(kind, text)``: of the kinds "ready" and "unready", text is a process's name.
    """

    def __init__(self, names: Iterable[str], out: TextIO | None = None) -> None:
        self._waiting = list(names)
        self._total = len(self._waiting)
        self._began = time.monotonic()
        self._console = Console(file=out or sys.stdout, highlight=False)
        self._bar: Progress | None = None
        self._task = None
        self._done = False
        if self._console.is_terminal:
            self._bar = Progress(
                TextColumn("starting"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("[dim]{task.description}"),
                console=self._console,
                transient=True,
            )
            self._task = self._bar.add_task(self._next(), total=self._total)
            self._bar.start()

    def _next(self) -> str:
        # One name: the bar itself has to fit into 80 columns as well.
        more = len(self._waiting) - 1
        return f"waiting for {self._waiting[0]}" + (f" and {more} more" if more else "")

    def tell(self, kind: str, text: str) -> None:
        if kind == "ready":
            self._arrived(text)
        elif kind == "unready":
            self.say(f"{text} says that it is not ready")
        else:
            self.say(text)

    def _arrived(self, name: str) -> None:
        if name not in self._waiting:
            if self._done:
                self.say(f"{name} is ready again")
            return
        self._waiting.remove(name)
        arrived = self._total - len(self._waiting)
        if self._bar and self._task is not None:
            description = self._next() if self._waiting else ""
            self._bar.update(self._task, completed=arrived, description=description)
        else:
            seconds = time.monotonic() - self._began
            self.say(f"{seconds:5.1f} s  {name} is ready ({arrived} of {self._total})")

    def say(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)

    def finish(self) -> None:
        """The start is over, well or not."""
        self._done = True
        if self._bar:
            self._bar.stop()
            self._bar = None
