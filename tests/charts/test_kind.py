"""`make kind`, with programs that only write down how they were called."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "platform/kind/up.sh"
PROGRAMS = ("docker", "kind", "kubectl", "helm", "skaffold")
RECORD = """#!/bin/sh
exec >> "$CALLS"
echo "$(basename "$0") $*${BUILDX_NO_DEFAULT_ATTESTATIONS:+ (no attestations)}"
"""


@pytest.fixture
def checkout(tmp_path):
    """With two domains, and what Python and others leave beside them."""
    for domain in ("payment", "knowledge"):
        home = tmp_path / "services" / domain / "something"
        home.mkdir(parents=True)
        (home / "service.yaml").write_text("")
    (tmp_path / "services" / "__pycache__").mkdir()
    (tmp_path / "platform" / "kind").mkdir(parents=True)
    shutil.copy(SCRIPT, tmp_path / "platform" / "kind")
    for place, names in (("bin", PROGRAMS), (".venv/bin", ["filigree"])):
        (tmp_path / place).mkdir(parents=True)
        for name in names:
            (tmp_path / place / name).write_text(RECORD)
            (tmp_path / place / name).chmod(0o755)
    return tmp_path


@pytest.fixture
def called(checkout):
    """``called()``: each call of a program, in order, once the script succeeded."""

    def run():
        record = checkout / "calls"
        subprocess.run(
            [checkout / "platform" / "kind" / "up.sh"],
            env={"PATH": f"{checkout}/bin:{os.environ['PATH']}", "CALLS": str(record)},
            check=True,
            timeout=60,
        )
        return record.read_text().splitlines()

    return run


def test_what_the_domains_need_is_there_before_them(called):
    lines = called()
    order = ("skaffold run --module mesh", "filigree secrets", "skaffold run --profile")
    places = [[line.startswith(each) for line in lines].index(True) for each in order]
    assert places == sorted(places)


def test_every_domain_is_there_before_any_is_waited_for(called):
    [line] = [line for line in called() if line.startswith("skaffold run --profile")]
    assert "--iterative-status-check=false" in line
    assert "--module knowledge,payment" in line


def test_each_domain_is_tested_and_nothing_else(called):
    assert [line.split()[2] for line in called() if line.startswith("helm test")] == [
        "filigree-knowledge",
        "filigree-payment",
    ]


def test_images_are_built_as_kind_can_load_them(called):
    assert all(
        line.endswith("(no attestations)")
        for line in called()
        if line.startswith("skaffold")
    )
