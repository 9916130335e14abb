"""Replies: what a customer answers in a few words, and what is said back.

A message is ``yes`` only where nothing else is said; see the README for the others. It
names no business noun.
"""

from replies._answers import Answer, answer
from replies._table import DEFAULT, Replies, wished
from replies._wording import is_bare, is_change, is_courtesy, is_plea, is_question

__all__ = [
    "DEFAULT",
    "Answer",
    "Replies",
    "answer",
    "is_bare",
    "is_change",
    "is_courtesy",
    "is_plea",
    "is_question",
    "wished",
]
