"""What the kernel holds the reading process to.

Set by the process itself before it looks at the first hostile byte. The parent's
deadline ends it too; these hold when the parent is gone or busy.
"""

import contextlib
import ctypes
import math
import os
import resource
import signal
import sys
from pathlib import Path

from extraction import _group
from extraction._limits import Limits

_FIRST = "1000"  # of all processes; proc_pid_oom_score_adj(5)
_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, linux/prctl.h
_FILES = 32
# In statm: pages that were allocated and are nobody else's; proc_pid_statm(5).
_DATA = 5
# Bytes that others of the group take meanwhile: the service goes on, and the kernel
# charges for page tables and keeps pages in advance for each processor.
_OTHERS = 2 * 2**20
NO_ROOM = 75  # how the process ends where the disk is full: EX_TEMPFAIL, sysexits.h


def apply(limits: Limits, output: int, parent: int) -> int:
    """Bound time, memory and *output* bytes, and die with the process *parent*.

    The bytes of memory that there are for reading: a pod's limit may be the lower one.
    """
    seconds = max(1, math.ceil(limits.seconds))
    # The default actions kill, even inside a decoder written in C.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds + 1)
    _limit(resource.RLIMIT_CPU, seconds, seconds + 1)
    _limit(resource.RLIMIT_AS, limits.memory, limits.memory)
    _limit(resource.RLIMIT_FSIZE, output, output)
    _limit(resource.RLIMIT_CORE, 0, 0)
    _limit(resource.RLIMIT_NOFILE, _FILES, _FILES)
    _die_first()
    _die_with(parent)
    return min(limits.memory, _within_group())


def _within_group() -> int:
    """Bound what is allocated to what the pod has left, so that a file that takes more
    fails by itself, before the kernel ends a process of the pod's choice; how much."""
    room = _group.room()
    if room is None:
        return sys.maxsize
    room = max(0, room - _OTHERS)
    held = int(Path("/proc/self/statm").read_text().split()[_DATA])
    most = room + held * resource.getpagesize()
    _limit(resource.RLIMIT_DATA, most, most)
    return room


def _limit(what: int, soft: int, hard: int) -> None:
    # macOS refuses some of them; the deadline and the alarm hold there.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (soft, hard))


def _die_first() -> None:
    """Where memory runs out, the kernel would end the larger one: the service."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST)


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        # It may have died before the line above, and then no signal comes.
        if os.getppid() != parent:
            os._exit(1)
