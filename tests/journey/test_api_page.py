"""Every command of docs/api.md does what it is there for."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs/api.md"
# As the page has it, but that a refusal fails the script.
BEFORE = """\
set -eo pipefail
curl() { command curl --fail-with-body "$@"; }
"""


@pytest.mark.skipif(not shutil.which("curl"), reason="the page's commands need curl")
def test_every_command_succeeds(demo: dict[str, str]) -> None:
    _, *blocks = re.findall(r"```\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    done = subprocess.run(
        ["bash", "-c", BEFORE + "\n".join(blocks)],
        cwd=PAGE.parents[1],
        env={
            "PATH": "/usr/bin:/bin",
            "B": demo["base_url"],
            "A": f"X-API-Key: {demo['api_key']}",
            "J": "Content-Type: application/json",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert '"url":"http' in done.stdout
    assert "event: answer" in done.stdout
