"""Two wishes in one message: "book a check-up on Friday and pay 55 euros for it"."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import wording

JOINTS = re.compile(
    r"\s*[,;.]?\s+(?:and|und|et|y|en|then|dann|puis|luego|plus|also|sowie)"
    r"(?:\s+(?:then|also|to|dann|auch|puis|aussi|luego|también|dan|ook))*\s+"
    r"|[;.!]\s+|,\s+",
    re.IGNORECASE,
)
# Where a sentence ends, or another begins that asks for something by itself.
ENDS = re.compile(
    r"(?<=[.!?;])\s+|\n+"
    r"|,?\s+(?:and|und|et|y|en)\s+(?=(?:can|could|may|kann|könnte|puis-je|puedo|podría"
    r"|how (?:do|does|can|much|long|should)|(?:what|where|when) (?:is|are|do|does)"
    r"|wie (?:kann|viel|lange)|was (?:kostet|ist|sind)|wann (?:haben|seid|sind|hat)"
    r"|comment|combien|cómo|cuánto|hoe"
    r"|tell me|let me know|is there|are there|do you|do i|sagen sie|gibt es|muss ich"
    r"|dites-moi|y a-t-il|dígame|hay|kan ik|is er)\b)",
    re.IGNORECASE,
)
TELLS = re.compile(
    r"^\W*(?:(?:and|please|und|bitte|et|y|en)\W+)*(?:(?:tell me|let me know"
    r"|sagen sie mir|dites-moi|dígame|dime|zeg me)\b|if there(?:'s| is)\b)",
    re.IGNORECASE,
)
ON = re.compile(
    r"^\W*(?:if|or|else|then|otherwise|(?:how|what) about|oder|sonst|wenn|falls|dann"
    r"|ou|sinon|si|o|of|anders)\b",
    re.IGNORECASE,
)
# What the first part of a sentence says for its second, too.
WISHES = ("", "i want to ", "ich möchte ", "je voudrais ", "quiero ", "ik wil ")
LONGEST = 300  # characters of a wish


class Wish(NamedTuple):
    """What is wished for, and in which words."""

    intent: str
    said: str


def sentences(text: str) -> list[str]:
    """The sentences of a text that has several, each of which may say what it wants."""
    found = [each.strip() for each in ENDS.split(text)]
    return [each for each in found if each] if found[1:] else []


def is_own_question(sentence: str) -> bool:
    """Whether it asks something ("tell me if there is a shower" does, too), and not
    only for what the one before it does, such as "or else on Monday?" """
    is_asking = wording.is_question(sentence) or TELLS.search(sentence)
    return bool(is_asking) and not ON.search(sentence)


def parted(text: str, told: Callable[[str], str | None]) -> Iterator[tuple[Wish, Wish]]:
    """The ways to part *text* in two, each of which says what it wants by itself."""
    for joint in JOINTS.finditer(text):
        one, other = text[: joint.start()].strip(), text[joint.end() :].strip()
        first = told(one) if one and other else None
        then = first and next(filter(None, (told(w + other) for w in WISHES)), None)
        if first and then:
            yield Wish(first, one[:LONGEST]), Wish(then, other[:LONGEST])
