"""German words that are made of others: "Terminabsage" is "appointment cancel"."""

import functools

from glosses._stems import stem
from glosses._table import table

_LANGUAGE = "german"
_FRONT, _BACK = 3, 3  # letters of a part, at least
_JOINTS = ("", "s", "n", "en", "er", "e", "es")
_LONGEST = 40
# Too small, or the ending of too many words, to be told from chance.
_NO_PART = frozenset(
    "der die das den dem des ein eine und ist von vor mit aus bei auf ohne als sie ihr "
    "uns ich man was wer wie oder wenn dann dort hier sein war alt art ten tun tue uhr "
    "ende enden end eins noch nur hat hab kein mal erst gen last".split()
)


@functools.lru_cache(maxsize=2048)
def english(word: str) -> str | None:
    """What the parts of a plain word mean, None where they are not known."""
    if not 7 <= len(word) <= _LONGEST:
        return None
    # The longest last part first: that is what the whole is.
    for at in range(_FRONT, len(word) - _BACK + 1):
        last = _part(word[at:]) or (english(word[at:]) if at > _FRONT else None)
        first = last and _front(word[:at])
        if first:
            return f"{first} {last}"
    return None


def _front(front: str) -> str | None:
    for joint in _JOINTS:
        part = front.removesuffix(joint) if joint else front
        if front.endswith(joint) and len(part) >= _FRONT and (found := _part(part)):
            return found
    return None


def _part(part: str) -> str | None:
    """The English of a word that can be a part."""
    if part in _NO_PART:
        return None
    known = table(_LANGUAGE)
    return known.words.get(part) or known.stems.get(stem(part, _LANGUAGE))
