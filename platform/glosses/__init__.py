"""Glosses: texts of other languages word by word in English, and which language it is.

What knows English alone (kinds of answer, synonyms, word vectors) can so weigh texts of
other languages: a gloss is no translation, but has the words and numbers of the text in
their order, and knows where in it each of them stands. Pure functions of text; tables
are read when a text of their language first comes.
"""

from glosses._asking import asking
from glosses._gloss import Gloss, gloss
from glosses._language import language
from glosses._table import LANGUAGES

__all__ = ["LANGUAGES", "Gloss", "asking", "gloss", "language"]
