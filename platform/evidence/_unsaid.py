"""What a question asks beyond what a text speaks of."""

from evidence import _words
from evidence._question import analyse
from evidence.types import Statistics

UNKNOWN = Statistics(documents=0, terms={}, ideal=0.0)


def unsaid(question: str, text: str, *, literally: bool = False) -> list[str]:
    """The words of *question*, the small ones aside, that *text* has neither as they
    are nor, unless *literally*, by a synonym. English alone is understood."""
    stems, groups = _words.meanings(text)
    like = frozenset() if literally else groups
    terms = analyse(question, UNKNOWN).terms
    return [t.word for t in terms if not (t.stems & stems or t.groups & like)]
