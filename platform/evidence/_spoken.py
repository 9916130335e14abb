"""Which sentences speak of what the talk is about."""

from evidence import _things, _words
from evidence._readings import Meaning, Reading
from evidence.types import Subject


def of(readings: list[Reading], subject: Subject | None) -> list[Reading]:
    """The sentences that can be about the subject; all of them without one.

    Of those, the ones that speak of the people it is asked for, if there are any.
    """
    if subject is None or not subject.words:
        return readings
    found = [reading for reading in readings if _speaks(reading, subject)]
    return _theirs(found, subject.whom, 0) or _theirs(found, subject.whom, 1) or found


def _theirs(found: list[Reading], whom: tuple[str, ...], by: int) -> list[Reading]:
    """Those that name the people, by their very words (0) or by synonyms (1): "guests"
    are no "visitors" where both are named."""
    named = _words.meanings(" ".join(whom))[by]
    return [r for r in found if not named.isdisjoint(r.digest.own[by])]


def _speaks(reading: Reading, subject: Subject) -> bool:
    """Whether a sentence, its heading, or what it goes on from names the subject.

    Where it has the last word of the name itself ("service"), it is about another one
    unless it or its heading has the others too ("small"); nor is it about the subject
    where it names what that took the place of.
    """
    digest, head = reading.digest, subject.words[-1]
    own = _both(digest.own, digest.before) if digest.span.refers else digest.own
    if _is_of_other(own, subject):
        return False
    if _held(own, head):
        return all(_is_said(reading, own, word) for word in subject.words)
    led = digest.around if digest.span.refers else digest.before
    around = _both(digest.heading, _both(own, led))
    return all(_held(around, word) for word in subject.words)


def _is_of_other(own: Meaning, subject: Subject) -> bool:
    """Whether it names what the subject took the place of, and not the subject.

    By the very words: the thesaurus has siblings as synonyms, cats and dogs as pets.
    """
    named, other = (
        _words.meanings(" ".join(w)) for w in (subject.words, subject.instead)
    )
    return bool(other[0] & own[0] - named[0]) and not named[0] <= own[0]


def _is_said(reading: Reading, own: Meaning, word: str) -> bool:
    if word in _things.QUALITIES:
        return word in reading.digest.vocabulary
    return _held(_both(own, reading.digest.heading), word)


def _both(one: Meaning, other: Meaning) -> Meaning:
    return one[0] | other[0], one[1] | other[1]


def _held(found: Meaning, word: str) -> bool:
    stems, groups = _words.meanings(word)
    return not (stems.isdisjoint(found[0]) and groups.isdisjoint(found[1]))
