"""What the tests of answers share: a small business, and search over it."""

import numpy as np
import pytest

import embeddings
from evidence import Answer, Passage, answer, corpus

TEXTS = {
    "Opening hours": "Monday to Friday from 9:00 to 18:00. "
    "Saturday from 10:00 to 14:00. We are closed on Sundays and public holidays.",
    "Prices": "Service: Haircut, women; Price: €48; Duration: 60 minutes\n"
    "Service: Haircut, men; Price: €32; Duration: 30 minutes\n"
    "Service: Haircut, children; Price: €20; Duration: 30 minutes\n"
    "Service: Highlights; Price: €85; Duration: 2 hours",
    "Cancellation": "Please cancel at least 24 hours before your appointment. "
    "For later cancellations we charge half of the price.",
    "Payment": "You can pay in cash or by card. We do not accept cheques.",
    "Pets": "Assistance dogs are welcome. Other animals must stay outside.",
    "Team": "Lena Ortiz owns the salon. Marco Bianchi specialises in colouring.",
    "Getting here": "The salon is at 5 Orchard Street, next to the library. "
    "Bus 12 stops outside. There is no parking.",
    "Allergies": "Before the first colouring we do a skin test, free of charge, "
    "48 hours ahead.",
    "Vouchers": "Q: How long are gift vouchers valid?\n"
    "A: They are valid for two years.",
}


@pytest.fixture(scope="session")
def embed():
    return embeddings.load().encode


def alike(embed, chance):
    """As a model whose vectors all have a direction in common, as those of many do."""

    def rows(texts):
        own = np.sqrt(1 - chance) * embed(texts)
        return np.hstack([np.full((len(texts), 1), np.sqrt(chance)), own])

    return rows


@pytest.fixture(scope="session")
def ask(embed):
    """Ask the salon a question; more documents may be added to it."""

    def asked(
        question: str,
        more: dict[str, str] | None = None,
        vectors: bool = True,
        common: float = 0.0,
        **options: object,
    ) -> tuple[Answer, dict[str, Passage]]:
        texts = TEXTS | (more or {})
        passages = tuple(
            Passage(f"p{at}", title, title, "", text)
            for at, (title, text) in enumerate(texts.items())
        )
        made = alike(embed, common) if common else embed
        index = corpus.Index(passages, made)
        found, facts = index.search(str(options.get("resolved") or question))
        given = answer(
            question, found, facts, embed=made if vectors else None, **options
        )
        return given, {passage.id: passage for passage in found}

    return asked
