"""The demo business: a dental clinic's documents, and questions about them."""

from filigree.demo import journey
from filigree.demo import seed as _seed
from filigree.state import State


def seed(held: State) -> None:
    """Make the demo tenant; its credentials are in ``.filigree/demo.json``."""
    _seed.seed(held.gateway, held.demo)


def run(held: State, ask: str | None) -> int:
    """Walk through the demo on a running mesh; the exit code."""
    return journey.run(held.gateway, held.demo, ask)
