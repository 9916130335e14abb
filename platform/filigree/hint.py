"""What to type next: a command as it works where one stands."""

import os
import shutil
import sys
from pathlib import Path


def command(words: str, offset: int = 0) -> str:
    """``filigree`` with these words, for the mesh at *offset*."""
    return f"{program('filigree')} {words}" + (
        f" --port-offset {offset}" if offset else ""
    )


def program(name: str) -> str:
    """A program of this installation, to be typed.

    By its path where the search path leads to no such program, or to another one.
    """
    beside = Path(sys.executable).parent / name
    found = shutil.which(name)
    # Of the folders: a virtual environment's python is a link to the one outside.
    is_found = found is not None and _folder(found) == _folder(beside)
    return name if is_found or not beside.exists() else _spelt(beside)


def _folder(path: str | Path) -> str:
    return os.path.realpath(os.path.dirname(path))


def _spelt(path: Path) -> str:
    """Relative where that is shorter to type."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
