"""Remove from a Python whatever installs packages: ``python stripped.py``.

pip cannot always remove itself: a distribution's own Python keeps no record of it.
"""

import shutil
import site
import sysconfig
from collections.abc import Iterator
from pathlib import Path

UNWANTED = ("pip", "pip-*", "setuptools*", "wheel*", "pkg_resources", "_distutils_hack")
STANDARD = ("ensurepip", "idlelib", "turtledemo", "lib2to3")
COMMANDS = ("pip*", "idle*", "wheel")


def unwanted() -> Iterator[Path]:
    """What installs, wherever this Python or its distribution keeps packages."""
    for folder in {sysconfig.get_path("purelib"), *site.getsitepackages()}:
        for pattern in UNWANTED:
            yield from Path(folder).glob(pattern)
    standard = Path(sysconfig.get_path("stdlib"))
    yield from (standard / name for name in STANDARD)
    for pattern in COMMANDS:
        yield from Path(sysconfig.get_path("scripts")).glob(pattern)
        yield from Path("/usr/bin").glob(pattern)


if __name__ == "__main__":
    for found in list(unwanted()):
        if found.is_dir():
            shutil.rmtree(found)
        else:
            found.unlink(missing_ok=True)
