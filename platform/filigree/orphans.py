"""Nothing outlives the mesh: processes that die when the one that started them does.

On Linux the kernel does it (PR_SET_PDEATHSIG, prctl(2)). Elsewhere a guardian process
waits for the end of a pipe that only the starter holds, and kills what it was told of.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

PR_SET_PDEATHSIG = 1
ENDING = (signal.SIGTERM, signal.SIGHUP)
LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None) if LINUX else None


def die_with(parent: int, sent: signal.Signals) -> Callable[[], None]:
    """For a child to call once it exists: *sent* comes to it when *parent* ends.

    Must be called after the user was changed, because that clears the setting.
    """

    def bind() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(sent))
        # The parent may have ended before the setting was made.
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return bind


@contextmanager
def interruptible() -> Iterator[None]:
    """Whoever ends this process inside the block interrupts it, as Ctrl-C does: what it
    started is stopped on the way out, which is not interrupted so again."""
    before = {each: signal.getsignal(each) for each in ENDING}

    def interrupt(*_: object) -> None:
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each, handler in before.items():
        if handler != signal.SIG_IGN:  # as of `nohup`
            signal.signal(each, interrupt)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class Guardian:
    """Kills the processes it was told of, each with its group, once we are gone."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    @property
    def _pipe(self) -> IO[str]:
        assert self._process.stdin is not None
        return self._process.stdin

    def watch(self, begun: Iterable[int], *, forget: Iterable[int] = ()) -> None:
        """Kill the groups of *begun* when this process is gone; *forget* have ended."""
        numbers = [*begun, *(-pid for pid in forget)]
        with suppress(BrokenPipeError):
            self._pipe.write("".join(f"{number}\n" for number in numbers))
            self._pipe.flush()

    def dismiss(self) -> None:
        """End the guardian; whatever it still watches is killed."""
        self._pipe.close()
        self._process.wait()


def guard(told: IO[str]) -> None:
    """The guardian's whole life: listen until the end, then kill what is left."""
    watched: set[int] = set()
    for line in told:
        pid = int(line)
        if pid > 0:
            watched.add(pid)
        else:
            watched.discard(-pid)
    for pid in watched:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    guard(sys.stdin)
