"""Leave in a folder of packages only what another lacks: ``apart.py OWN SHARED``.

pip installs a service's own packages with all that they need, much of which every
service has; an image carries it once. A package of another version stays, and is found
first.
"""

import shutil
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path


def versions(folder: str) -> dict[str, Distribution]:
    """The distributions of a folder, by name and version."""
    return {f"{d.name}=={d.version}": d for d in distributions(path=[folder])}


def apart(own: str, shared: str) -> None:
    """Remove from *own* every file of a distribution that *shared* has as well."""
    known = versions(shared)
    for name, package in versions(own).items():
        if name in known:
            for file in package.files or ():
                Path(package.locate_file(file)).unlink(missing_ok=True)
    shutil.rmtree(Path(own, "bin"), ignore_errors=True)
    for folder in sorted(Path(own).rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


if __name__ == "__main__":
    apart(*sys.argv[1:])
