"""Which of the languages that are glossed a text is in, or whether in English."""

import langid
from glosses._table import LANGUAGES

_KNOWN = (langid.ENGLISH, *LANGUAGES)


def language(text: str, otherwise: str = langid.ENGLISH) -> str:
    """The language of a text, one of ``LANGUAGES`` or English; *otherwise* where its
    words do not tell, or tell another."""
    found = langid.language(text, otherwise)
    return found if found in _KNOWN else otherwise
