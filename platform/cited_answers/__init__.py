"""Cited answers: answers whose every sentence is proven by a quote, and how they read.

From what actions found (``gathered``), as the evidence engine takes it (``weighable``),
to an answer of quotes (``quoted``) or of a model's proven claims (``claimed``), laid
out for a channel. A quote stands word for word in the passage that it cites. Who leads
a dialogue has the word before all of them (``led``, ``reminding``).
"""

from cited_answers._answers import claimed, quoted
from cited_answers._claims import CLAIMS, messages, proven
from cited_answers._found import gathered, subject, weighable
from cited_answers._led import led, reminding
from cited_answers._prose import enhanced, events, formatted, sources

__all__ = [
    "CLAIMS",
    "claimed",
    "enhanced",
    "events",
    "formatted",
    "gathered",
    "led",
    "messages",
    "proven",
    "quoted",
    "reminding",
    "sources",
    "subject",
    "weighable",
]
