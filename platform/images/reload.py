"""Serve a service again whenever its code changes: ``python reload.py``.

For development alone. An image's root is read-only, so the code is copied to /code,
where a development tool puts the files that change.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

MADE, CODE = Path("/app"), Path("/code")
LAST = "module"  # is copied when everything else is there
PAUSE = 0.5  # seconds between two looks


def lay(made: Path, code: Path) -> None:
    """Copy what the image has, unless it is there: what was changed since outlasts a
    restart of the container, as the volume does.

    The folder itself is the kubelet's: nobody else may set its mode or its times.
    """
    if (code / LAST).is_file():
        return
    for each in made.iterdir():
        if each.is_dir():
            unwanted = shutil.ignore_patterns("__pycache__")
            place = code / each.name
            shutil.copytree(each, place, ignore=unwanted, dirs_exist_ok=True)
        elif each.name != LAST:
            shutil.copy(each, code)
    shutil.copy(made / LAST, code)


def seen(folder: Path) -> dict[Path, float]:
    """When each source file was changed. One that is being replaced may be away."""
    found = {}
    for file in folder.rglob("*.py"):
        with contextlib.suppress(FileNotFoundError):
            found[file] = file.stat().st_mtime
    return found


def serve(folder: Path) -> subprocess.Popen:
    module = (folder / LAST).read_text("utf-8")
    paths = os.pathsep.join([str(folder), "/own", "/packages"])
    environment = os.environ | {"PYTHONPATH": paths}
    return subprocess.Popen(
        [sys.executable, "-m", "chassis", module], cwd=folder, env=environment
    )


def main() -> None:
    """Until it is told to stop; a service that died starts with the next change."""
    lay(MADE, CODE)
    running, before = serve(CODE), seen(CODE)

    def stop(*_: object) -> None:
        running.terminate()
        sys.exit(running.wait())

    signal.signal(signal.SIGTERM, stop)
    while True:
        time.sleep(PAUSE)
        now = seen(CODE)
        if now != before:
            print("changed: the service starts again", flush=True)
            running.terminate()
            running.wait()
            running, before = serve(CODE), now


if __name__ == "__main__":
    main()
