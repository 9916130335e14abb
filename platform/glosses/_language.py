"""Which language a text is in: by its small words, and the letters of some."""

import functools
import re

from glosses._stems import plain

ENGLISH = "english"
# What several have counts for each of them.
_SMALL = {
    ENGLISH: (
        "the is are am and you do does did was were how what when where who why which "
        "my for your of to in at it i we can could may must have has had there this "
        "that with if or not any be will would should a an on from by as our us much "
        "many long open close closed price cost free they their them his her please "
        "take need get want after before about no yes but all out up me"
    ),
    "german": (
        "am an in so "
        "der die das den dem des und ist sind bin ich wie ein eine einen einem einer "
        "nicht kein keine wann wo wer wen was warum welche welcher welches wir ihr sie "
        "euch ihnen ihre ihrem ihren ihrer euer eure mein meine meinen meinem unser "
        "unsere habt haben hat habe hast fur mit auf zu zum zur bei beim kann kannst "
        "konnen darf muss gibt es bitte auch noch wieviel viel vom von im um kostet "
        "kosten offen uber oder aber wenn man sich wird werden nach aus vor bis ab pro "
        "nur unter an uns mir mich er wurde mussen durfen dir du seid"
    ),
    "french": (
        "on me "
        "le la les un une des du de et est sont vous je tu il elle nous on quel quels "
        "quelle quelles ce cette ces que qui quoi ou quand comment combien pourquoi ca "
        "etes avez avons ont ai au aux pour pas dans avec sur votre vos notre nos mon "
        "ma mes peut puis peux faut chez jusqu sans plus par en y a se qu coute cest"
    ),
    "spanish": (
        "el la los las un una unos y es son esta estan estais usted ustedes como que "
        "cual cuales donde cuando cuanto cuanta cuantos cuantas quien quienes por para "
        "con sin hay mi mis su sus tu me se le lo tiene tienen tengo puedo puede "
        "pueden quiero de en del al o a no ya si nos hasta desde sobre muy mas cuesta "
        "vuestro vuestra teneis podeis aceptan hacen abren cierran"
    ),
}
_WORDS = {name: frozenset(words.split()) for name, words in _SMALL.items()}
_SIGNS = {
    "german": re.compile("[ßäöü]", re.IGNORECASE),
    "french": re.compile(
        r"[çœèàêâîôûëïù]|(?<!\w)(?:[ldjnmtsc]|qu)['’]\w", re.IGNORECASE
    ),
    "spanish": re.compile("[ñáíóú¿¡]", re.IGNORECASE),
}
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 2000  # characters, of which so many words tell enough


@functools.lru_cache(maxsize=512)
def language(text: str, otherwise: str = ENGLISH) -> str:
    """The language of a text, one of ``LANGUAGES`` or English; *otherwise* where its
    words do not tell."""
    sample = text[:_SAMPLE]
    said = [plain(word) for word in _WORD.findall(sample)]
    scores = {
        name: sum(word in known for word in said)
        + (name in _SIGNS and bool(_SIGNS[name].search(sample)))
        for name, known in _WORDS.items()
    }
    best = max(scores.values())
    likely = [name for name, score in scores.items() if score == best > 0]
    return likely[0] if len(likely) == 1 else otherwise
