"""Lines count as ruff formats them, so the code must be formatted by ruff."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from gates.sources import COLUMNS

FOLDERS = ("services", "contracts", "platform")
COMMAND = ("-m", "ruff", "format", "--check", "--isolated", "--no-cache", "--quiet")


def unformatted(root: Path) -> Iterator[str]:
    """The files that ruff would lay out otherwise, whatever its configuration says."""
    width = f"--line-length={COLUMNS}"
    done = subprocess.run(
        [sys.executable, *COMMAND, width, "--output-format=concise", *FOLDERS],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        yield from (done.stdout or done.stderr).splitlines()
