"""Arranging: a time that two agree on in words, turn by turn, before it is taken.

Whoever uses it tells what is free, and takes what was agreed on.
"""

from arranging._arranger import Arranger
from arranging._hearing import Heard, Offer, Words, hear
from arranging._looking import Look
from arranging._ordering import Order, appointments, offer, orders
from arranging._saying import in_full
from arranging._steps import Form, Step

__all__ = [
    "Arranger",
    "Form",
    "Heard",
    "Look",
    "Offer",
    "Order",
    "Step",
    "Words",
    "appointments",
    "hear",
    "in_full",
    "offer",
    "orders",
]
