"""Arranging: a time that two agree on in words, turn by turn, before it is taken.

Whoever uses it tells what is free, and takes what was agreed on.
"""

from arranging._arranger import Arranger
from arranging._hearing import Heard, hear
from arranging._looking import Look
from arranging._offers import Offer
from arranging._ordering import Order, appointments, offer, orders
from arranging._saying import in_full
from arranging._scene import Scene
from arranging._steps import Form, Step
from arranging._words import Words

__all__ = [
    "Arranger",
    "Form",
    "Heard",
    "Look",
    "Offer",
    "Order",
    "Scene",
    "Step",
    "Words",
    "appointments",
    "hear",
    "in_full",
    "offer",
    "orders",
]
