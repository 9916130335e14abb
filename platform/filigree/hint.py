"""What to type next: a command as it works where one stands."""

import os
import shutil
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from filigree.mesh_error import MeshError


def command(words: str, offset: int = 0) -> str:
    """``filigree`` with these words, for the mesh at *offset*."""
    return f"{program('filigree')} {words}" + (
        f" --port-offset {offset}" if offset else ""
    )


def alike(name: str, names: Iterable[str], otherwise: str) -> str:
    """Those of *names* that *name* may have been meant for, or else what is said."""
    near = get_close_matches(name, list(names), 3)
    return f"Did you mean {' or '.join(near)}?" if near else otherwise


def absent(name: str, running: Iterable[str]) -> MeshError:
    """For a *name* that is none of what is *running*."""
    meant = alike(name, running, "filigree ps lists it.")
    return MeshError(f"{name} is not part of the running mesh", meant)


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
