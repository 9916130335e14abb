"""The thing that a question is about, as it stands there: "a single room"."""

import dataclasses
import re

from evidence import _days, _words

_ARTICLES = {
    "a": "a an one",
    "the": "the",
    "my": "my our your his her their",
    "any": "any some this that these those",
}
_KIND = {word: kind for kind, row in _ARTICLES.items() for word in row.split()}
_OTHERS = frozenset(
    (
        "who whom whose what when where which why how much many long often old far "
        "late early soon is are was were be been am do does did done can could may "
        "might must will would shall should has have had need needs i me you we us he "
        "she it they them him hers one ones there here and or but so then also too "
        "either not no yes please for on at in during over with without from to before "
        "after by per as of off until till since about under above near if than into "
        "cost costs take takes last lasts open opens close closes closed start starts "
        "begin begins end ends allowed free included include includes possible "
        "available permitted tell show give get go come work works want like know "
        "pay offer offers accept bring use expensive cheap suitable served now today "
        "tomorrow tonight time times hello hi hey thanks"
    ).split()
)
_DOERS = frozenset("i you we to who".split())
_HAVING = frozenset("have has include includes bring accept serve offer".split())
_TOKEN = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_DOING = re.compile(
    r"^(?P<asked>.*\b(?:can|may|could|must|should)\s+(?:i|we|you|one)\s+)(?P<doing>.+)$",
    re.IGNORECASE,
)
_THERE = re.compile(r"([^\W\d_]+)\s+(?:in|on|at|inside|outside|near)\s", re.IGNORECASE)
# What stands before a noun that may be left out: "and a double?".
QUALITIES = frozenset(
    (
        "single double triple twin small smaller big bigger large larger medium full "
        "half short shorter long longer new old used yearly annual monthly weekly "
        "daily cheap cheaper cheapest other first second third next last white black "
        "standard basic premium normal simple private electric"
    ).split()
)


@dataclasses.dataclass(frozen=True)
class Thing:
    """``text[start:end]``; ``words`` in lower case without the article."""

    start: int
    end: int
    article: str
    words: tuple[str, ...]

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def _plain(found: re.Match[str]) -> str:
    return _words.plain(found[0])


def _is_other(word: str, before: str) -> bool:
    """Whether a word can be no part of a thing's name: "bring" in "can I bring"."""
    return word in _OTHERS or before in _DOERS or bool(_days.days(word))


def is_small(word: str) -> bool:
    """Whether a word, in lower case, names no thing."""
    return word in _OTHERS or word in _KIND


def things(text: str) -> list[Thing]:
    """The things that a text names, in their order."""
    found: list[Thing] = []
    run: list[re.Match[str]] = []
    before, ended = "", 0
    for token in _TOKEN.finditer(text):
        word = _plain(token)
        parted = text[ended : token.start()].strip()
        if parted or word in _KIND or _is_other(word, before):
            found += _thing(run)
            run = []
        if word in _KIND or not _is_other(word, before):
            run.append(token)
        before, ended = word, token.end()
    return found + _thing(run)


def _thing(run: list[re.Match[str]]) -> list[Thing]:
    article = _KIND.get(_plain(run[0]), "") if run else ""
    named = tuple(_plain(token) for token in run[1 if article else 0 :])
    if not any(_words.is_subject(word) for word in named):
        return []
    return [Thing(run[0].start(), run[-1].end(), article, named)]


def main(text: str, article: str | None = None) -> Thing | None:
    """What a text is about: what is had or brought, or the first thing.

    Of several, one that is named with the article *article* where that is given.
    """
    found = things(text)
    since = _had_from(text)
    found = [thing for thing in found if thing.start > since] or found
    alike = [thing for thing in found if thing.article == article]
    return next(iter(alike or found), None)


def _had_from(text: str) -> int:
    """Where its first "have", "bring" or the like is; -1 without one."""
    having = (t.start() for t in _TOKEN.finditer(text) if _plain(t) in _HAVING)
    return next(having, -1)


def doing(text: str) -> str:
    """What is to be done: "cancel" of "When can I cancel?"; empty without it."""
    found = _DOING.match(text.rstrip(" ?.!"))
    return found["doing"] if found else ""


def topic(text: str) -> str:
    """What a question is about, as it names it: a thing, or what is to be done.

    "Can I smoke in the room?" is about smoking.
    """
    done = _THERE.match(doing(text))
    if done:
        return done[1]
    thing = main(text)
    return thing.of(text) if thing else doing(text)


def swapped(before: str, piece: str) -> tuple[str, Thing | None] | None:
    """The question before with the piece in the place of its thing, and that thing."""
    new = main(piece)
    old = main(before, new.article if new else None)
    if old:
        named = _completed(piece, new, old)
        return f"{before[: old.start]}{named}{before[old.end :]}", old
    found = _DOING.match(before.rstrip(" ?.!"))
    return (f"{found['asked']}{piece}?", None) if found else None


def _completed(piece: str, new: Thing | None, old: Thing) -> str:
    """The piece with the noun that it leaves out: "a double room" of "a double"."""
    bare = re.sub(r"\s+ones?$", "", piece)
    words = new.words if new else ()
    is_part = bare != piece or (len(words) == 1 and words[0] in QUALITIES)
    return f"{bare} {old.words[-1]}" if is_part and len(old.words) else piece
