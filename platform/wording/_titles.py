"""Titles: where a text names one of a few things."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

import edit_distance

WORD = re.compile(r"[^\W_]+")
# What a title says beside what it is called by: "Massage (60 min)", "Cut – ladies".
BESIDES = re.compile(
    r"\s*\(.*?\)|\s+[-–—/|]\s.*$|:\s.*$"
    r"|,?\s*\d+\s*(?:min\w*|minutos|h|hrs?|hours?|std|stunden?|heures?|horas?)\b\.?$",
    re.IGNORECASE,
)
ENDINGS = frozenset({"", "s", "es", "e", "n", "en", "x"})  # one, or several of it
SHORTEST = 3  # letters of what is looked for
LONG, SURE = 6, 9  # letters in which a slip is seen through
MOST = 2  # letters of an ending
# Words that stand between those that say what it is.
JOINING = frozenset(
    "a an and at by con d'une de del der des die du e en et for from für het in la las "
    "le les los met mit of on one or ou para per por pour the to und van voor with y "
    "your you our zum zur".split()
)
# Words that say how, when or for whom: none of them alone is what it is called.
SAYING_HOW = frozenset(
    "adult advanced adults anual basic beginner beginners child children classic daily "
    "deep double early erste erwachsene evening express extra family first free friday "
    "full general grand große groups home initial junior kids kinder klein kleine "
    "kurze kurz langes late long lunch medium mens mini monday monthly morning neue "
    "neuer newcomer normal online open patient petit private quick regular saturday "
    "second senior seniors short simple single small special standard student sunday "
    "third thursday tuesday urgent virtual wednesday weekend weekly women womens "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi "
    "jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado "
    "domingo maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split()
)
HALF = 4  # letters of a word that alone names a thing


class Titles:
    """What a few things are called.

    They are found in any case, in the plural, joined otherwise ("check up", "Checkup"),
    and with a slip in six letters. A letter that is another one counts as a slip in
    long words alone: a massage is no message. Figures count as they are. With *halves*
    a part of a title names it as well: "a cleaning" for "Dental cleaning and polish".
    """

    def __init__(self, titles: Iterable[str], *, halves: bool = False) -> None:
        called = {joint(each) for title in titles for each in _called(title, halves)}
        self._known: dict[str, list[str]] = {}
        for each in sorted(called, key=len, reverse=True):
            if len(each) >= SHORTEST:
                self._known.setdefault(each[0], []).append(each)

    def named(self, text: str) -> list[str]:
        """The pieces of *text* that name one, in their order."""
        return [text[start:end] for start, end in self._spans(text)]

    def without(self, text: str, instead: str = " ") -> str:
        """The text with *instead* in the place of each piece that names one."""
        for start, end in reversed([*self._spans(text)]):
            text = f"{text[:start]}{instead}{text[end:]}"
        return text

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        words, at = [*WORD.finditer(text)], 0
        while at < len(words):
            many = self._length([each[0].casefold() for each in words[at:]])
            if many:
                yield words[at].start(), words[at + many - 1].end()
            at += many or 1

    def _length(self, words: list[str]) -> int:
        """How many of the *words*, from the first on, name one of these best: with the
        fewest slips, and then the most of them."""
        known = self._known.get(words[0][0], [])
        longest = len(known[0]) + MOST if known else 0
        said, found = "", list[tuple[int, int]]()
        for many, word in enumerate(words, 1):
            said += word
            if len(said) > longest:
                break
            told = (_wrong(said, each) for each in known)
            found += ((wrong, -many) for wrong in told if wrong is not None)
        return -min(found)[1] if found else 0


def joint(text: str) -> str:
    """Its letters and figures alone."""
    return "".join(WORD.findall(text.casefold()))


def _called(title: str, halves: bool) -> Iterator[str]:
    yield title
    yield (short := BESIDES.sub("", title))
    if halves:
        yield from _halves(short)


def _halves(title: str) -> Iterator[str]:
    """What is said of it for short: from any of its words on to the last of those that
    belong together, or up to any from the first."""
    said = [word if word.casefold() not in JOINING else "" for word in title.split()]
    for joined, group in groupby(said, bool):
        words = [*group] if joined else []
        tails = (words[at:] for at in range(len(words)))
        heads = (words[:at] for at in range(1, len(words)))
        yield from (" ".join(each) for each in (*tails, *heads) if _is_thing(each))


def _is_thing(words: list[str]) -> bool:
    """Whether these words alone may name a thing."""
    letters = "".join(filter(str.isalpha, "".join(words)))
    return len(letters) >= HALF and not {joint(each) for each in words} <= SAYING_HOW


def _wrong(said: str, title: str) -> int | None:
    """How many slips it is from what the title is called; None where it is not that."""
    if said.startswith(title) and said[len(title) :] in ENDINGS:
        return 0
    allowed = len(title) // LONG
    if abs(len(said) - len(title)) > allowed or not _may_be(said, title, allowed):
        return None
    wrong = edit_distance.distance(said, title, allowed)
    return wrong if wrong <= allowed else None


def _may_be(said: str, title: str, allowed: int) -> bool:
    """Whether their letters are nearly the same: counting slips takes longer."""
    others = {*said} ^ {*title}
    if len(others) > 2 * allowed or any(map(str.isdigit, others)):
        return False
    is_other = len(said) == len(title) < SURE and sorted(said) != sorted(title)
    return not is_other and _figures(said) == _figures(title)


def _figures(text: str) -> str:
    return "".join(filter(str.isdigit, text))
