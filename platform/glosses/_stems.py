"""Words without their accents and endings: enough to tell forms of one word."""

import functools
import re

_LEAST = 4  # letters that an ending leaves
_ENDINGS = {
    "german": re.compile(r"(?:ern|em|en|er|es|et|e|n|s|t)\Z"),
    "french": re.compile(
        r"(?:aient|ement|ions|ont|ons|ent|ees|ez|er|ee|es|ait|e|s|x)\Z"
    ),
    "spanish": re.compile(
        r"(?:amos|emos|imos|ando|iendo|adas|ados|idas|idos|ada|ado|ida|ido|ais|eis|"
        r"an|en|ar|er|ir|as|os|es|is|a|o|e|s)\Z"
    ),
}


@functools.lru_cache(maxsize=4096)
def stem(word: str, language: str) -> str:
    """A plain word without its ending, of which at least four letters are left."""
    found = _ENDINGS[language].search(word)
    return word[: found.start()] if found and found.start() >= _LEAST else word
