"""PostgreSQL's programs where another user reaches them.

It refuses to run as root, and what root has at home is closed to everybody else.
"""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path


def copied(programs: Path, folder: Path) -> Path:
    """A copy of the folder *programs* of its wheel below *folder*, made once; OSError.

    The whole of it or nothing is there. The programs find their libraries in a folder
    beside the package, by a relative path.
    """
    installed = programs.parent
    package = installed.parent
    copy = folder / f"{package.name}-{int(installed.stat().st_mtime)}"
    if not copy.exists():
        with _whole(copy) as part:
            shutil.copytree(installed, part / package.name / installed.name)
            for libraries in package.parent.glob(f"{package.name}.libs"):
                shutil.copytree(libraries, part / libraries.name)
    return copy / package.name / installed.name / programs.name


@contextlib.contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A folder that becomes *folder* after the block, and is gone where that fails."""
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        yield part
        part.rename(folder)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        raise
