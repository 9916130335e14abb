"""Which language a text is in, by its most frequent small words."""

import re
from collections import Counter
from typing import cast

from extraction._document import Language

_SAMPLE = 20_000  # characters
_WORDS: dict[str, frozenset[str]] = {
    "english": frozenset(
        "the and of to is are that for with you your we our this be from or by not at"
        " have has will can it as was which their please how what".split()
    ),
    "german": frozenset(
        "der die das und ist sind nicht mit für von auf ein eine einen dem den des wir"
        " sie ihr ihre im zu bei oder wird werden auch nach aus zum zur bitte wie"
        " kann".split()
    ),
    "french": frozenset(
        "le les des et est sont une pour dans avec vous nous votre nos sur pas qui que"
        " du au aux ce cette par ou vos être plus il elle sans".split()
    ),
    "spanish": frozenset(
        "el los las y es son una para con usted nosotros su sus por que del al se lo"
        " como más está este esta sin pero nuestro nuestra muy hay puede".split()
    ),
}
_LETTERS = re.compile(r"[^\W\d_]+")


def guess(text: str) -> Language:
    """The likeliest language of *text*; ``simple`` when none of the four stands out."""
    words = Counter(_LETTERS.findall(text[:_SAMPLE].lower()))
    total = sum(words.values())
    scores = {
        name: sum(words[word] for word in known) for name, known in _WORDS.items()
    }
    best, second = sorted(scores, key=lambda name: scores[name], reverse=True)[:2]
    enough = scores[best] >= max(2, total * 0.06)
    return cast(
        Language, best if enough and scores[best] > scores[second] else "simple"
    )
