"""What a template's change does to a cluster can be read in the change's diff.

After a change that is wanted: ``REWRITE_GOLDEN=1 pytest tests/charts/test_golden.py``.
"""

import os
from pathlib import Path

import pytest
import yaml

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("chart", ["domain", "mesh"])
def test_a_release_is_what_was_reviewed(chart, release):
    text = yaml.safe_dump_all(release(chart), sort_keys=True)
    kept = GOLDEN / f"{chart}.yaml"
    if os.environ.get("REWRITE_GOLDEN"):
        kept.write_text(text)
    assert text.splitlines() == kept.read_text().splitlines()
