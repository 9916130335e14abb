"""The file of CLDR's knowledge is what CLDR says."""

import json
from datetime import date

from amounts import cldr


def test_the_file_is_what_the_installed_cldr_says_of_its_day():
    kept = json.loads(cldr.FILE.read_text())
    assert cldr.gathered(date.fromisoformat(kept["at"])) == kept
