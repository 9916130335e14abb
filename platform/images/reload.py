"""Serve a service again whenever its code changes: ``python reload.py``.

For development alone. An image's root is read-only, so the code is copied to /code,
where a development tool puts the files that change.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

MADE, CODE = Path("/app"), Path("/code")
PAUSE = 0.5  # seconds between two looks


def seen(folder: Path) -> dict[Path, float]:
    """When each source file was changed."""
    return {file: file.stat().st_mtime for file in folder.rglob("*.py")}


def serve(folder: Path) -> subprocess.Popen:
    module = (folder / "module").read_text("utf-8")
    paths = os.pathsep.join([str(folder), "/own", "/packages"])
    environment = os.environ | {"PYTHONPATH": paths}
    return subprocess.Popen(
        [sys.executable, "-m", "chassis", module], cwd=folder, env=environment
    )


def main() -> None:
    """Until it is told to stop; a service that died starts with the next change."""
    shutil.copytree(
        MADE, CODE, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
    )
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
