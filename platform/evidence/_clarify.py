"""The one question to ask back when a question does not say what it is about."""

import re

from evidence import _asked, _incomplete
from evidence.types import Passage, Unclear

_KINDS = ("money", "frequency", "clock", "duration", "place", "person")
_ROW = re.compile(r"^[^:;\n]{1,40}:\s*([^;\n]{2,60});", re.MULTILINE)
# What a document without a title of its own is called by: nothing for a customer.
_FILE = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
_SHOWN = 3


def examples(passages: list[Passage]) -> list[str]:
    """What the question could be about: rows of tables, else titles, best first."""
    rows = [name for p in passages[:3] for name in _ROW.findall(p.text)[:2]]
    titles = [passage.section or passage.title for passage in passages]
    named = (name.strip() for name in rows + titles)
    found = dict.fromkeys(name for name in named if name and not _FILE.search(name))
    return list(found)[:_SHOWN]


def clarifying(question: str, passages: list[Passage]) -> Unclear:
    """What to ask back, with up to three examples from the passages.

    Without examples where nothing was asked at all, as by "Yes".
    """
    if _incomplete.is_nod(question):
        return Unclear("nod")
    kinds = _asked.expected(question)
    asking = next((f"which_{kind}" for kind in _KINDS if kind in kinds), "which")
    return Unclear(asking, tuple(examples(passages)))
