"""What to type next: a ``filigree`` command as it works where one stands."""

import os
import shutil
import sys
from pathlib import Path


def command(words: str, offset: int = 0) -> str:
    """``filigree`` with these words, for the mesh at *offset*.

    By its path where the search path leads to no ``filigree``, or to another one.
    """
    beside = Path(sys.executable).parent / "filigree"
    found = shutil.which("filigree")
    is_found = found is not None and os.path.realpath(found) == os.path.realpath(beside)
    name = "filigree" if is_found or not beside.exists() else _spelt(beside)
    return f"{name} {words}" + (f" --port-offset {offset}" if offset else "")


def _spelt(path: Path) -> str:
    """Relative where that is shorter to type."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
