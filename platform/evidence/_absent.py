"""Opening hours that are asked of what no passage speaks of: another's museum."""

import re

from evidence import _things, _words
from evidence.types import Passage

_OPENS = re.compile(
    r"\b(?:is|are|does|do|will)\s+(?P<thing>(?:the|your|a|an|this|that)\s+[^,;:?.]+?)\s+"
    r"(?:open|close|shut)\w*\b|"
    r"\b(?:opening|closing|visiting)\s+(?:hours|times?)\s+(?:of|for|at|in)\s+"
    r"(?P<whose>(?:the|your|a|an|this|that)\s+[^,;:?.]+)",
    re.IGNORECASE,
)
# What follows the noun: where it is, when, and the rest of the verb.
_AFTER = re.compile(
    r"\s+(?:next|on|in|at|near|by|of|beside|across|opposite|behind|over|from|during|"
    r"stay|stays|be|been|usually|normally|still|also|already|now|today|tomorrow|going|"
    r"due|currently|always|actually|really|first|will)\b.*",
    re.IGNORECASE,
)
# What customers call a business, of which its own documents may say "we".
_ITSELF = frozenset(
    (
        "business company firm shop store organization organisation premises place "
        "clinic practice surgery hotel guesthouse office centre center site building "
        "location branch team reception desk counter door gate line phone hotline "
        "facility"
    ).split()
)
_ITS_STEMS = frozenset(stem for word in _ITSELF for stem in _words.stems_of(word))


def is_asked(question: str, passages: list[Passage]) -> bool:
    """Whether a question asks when something is open of which no passage has its noun
    or a synonym, so that any hours found are those of something else."""
    found = _OPENS.search(question)
    if not found:
        return False
    thing = _things.main(_AFTER.sub("", found["thing"] or found["whose"]))
    if thing is None:
        return False
    stems = frozenset(_words.stems_of(thing.words[-1]))
    if stems & _ITS_STEMS:
        return False
    others = frozenset().union(*map(_words.synonyms, stems))
    return not any(_speaks_of(passage, stems, others) for passage in passages)


def _speaks_of(passage: Passage, stems: frozenset[str], others: frozenset[str]) -> bool:
    """Whether a passage has one of the stems, or of the other words as it is written,
    or with an s."""
    text = f"{passage.title} {passage.section} {passage.text}"
    if stems & _words.meanings(text)[0]:
        return True
    return any({word, word.removesuffix("s")} & others for word in _words.words(text))
