"""Which services are made of a package: those whose imports reach it.

That rule decides what an image carries, and stands there: a script, for it runs where
nothing is installed.
"""

import importlib.util
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

RULE = "platform/images/gather.py"


def users(
    root: Path, services: Iterable[str], packages: Collection[Path]
) -> frozenset[str]:
    """Those of *services* that are made of one of *packages*, folders below *root*; all
    of them where that cannot be told, as in the middle of a change."""
    names = frozenset(services)
    try:
        gather = _loaded(root / RULE)
        return frozenset(n for n in names if gather.packages(n) & {*packages})
    except (OSError, SyntaxError, ValueError):
        return names


def _loaded(script: Path) -> Any:
    """The rule afresh: it remembers what the files that it has read import."""
    spec = importlib.util.spec_from_file_location(script.stem, script)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
