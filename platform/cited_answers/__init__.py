"""Cited answers: answers whose every sentence is proven by a quote, and how they read.

From what actions found (``gathered``), weighed by the evidence engine (``weighed``), to
an answer of quotes (``quoted``) or of a model's proven claims (``claimed``), laid
out for a channel. A quote stands word for word in the passage that it cites. Who leads
a dialogue has the word before all of them (``led``, ``reminding``).
"""

from cited_answers._answers import claimed, quoted
from cited_answers._claims import CLAIMS, messages, proven
from cited_answers._found import gathered
from cited_answers._led import led, reminding
from cited_answers._pieces import pieces, weighed
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
    "pieces",
    "proven",
    "quoted",
    "reminding",
    "sources",
    "weighed",
]
