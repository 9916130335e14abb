"""What CLDR calls the currencies, as the one small file that is read.

python -m amounts_in_words.cldr        # renews cldr.json from the installed babel
"""

import json
from pathlib import Path

from babel import numbers

import money
from amounts_in_words import _numbers

FILE = Path(__file__).parent / "cldr.json"


def names(language: str) -> dict[str, list[str]]:
    """By code: of one unit, and of several."""
    return {
        code: [numbers.get_currency_name(code, count, language) for count in (1, 2)]
        for code in sorted(money.exponents())
    }


if __name__ == "__main__":
    found = {language: names(language) for language in _numbers.rules()}
    FILE.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
