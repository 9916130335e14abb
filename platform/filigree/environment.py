"""The environment of a service's process: what the mesh tells it, and what you do.

Your own environment and ``.filigree/env`` pass through (OPENAI_API_KEY and the like);
what the mesh decides cannot be overridden.
"""

import os
from collections.abc import Mapping

from filigree import engines_nats, engines_postgres, weights
from filigree.declarations import Declaration
from filigree.edges import STORE
from filigree.state import State

# Read when a process or a library starts; forks inherit what was read.
# Time zones are of the package tzdata, as in an image.
FROM_THE_START = {
    "MALLOC_ARENA_MAX": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONTZPATH": "",
}
# A process of its own, as in an image: docstrings would be 3 MB of its 50. Nothing that
# a service says is made of them, for its OpenAPI document is the one in contracts/.
# Its modules are compiled, for compiling them takes more memory than running them.
ALONE = {
    **FROM_THE_START,
    "PYTHONOPTIMIZE": "2",
    "PYTHONDONTWRITEBYTECODE": "",
}


def environment(
    declaration: Declaration, held: State, outer: Mapping[str, str] = os.environ
) -> dict[str, str | None]:
    """The variables of one service; None removes what it would have inherited.

    *outer* is the environment of the mesh, whose DATABASE_URL and NATS_URL name engines
    that are not the mesh's own.
    """
    given = {name: v for name, v in held.overrides().items() if name not in outer}
    outside = said(held, outer)
    # As in a cluster a Secret of the service's own has; yours takes precedence.
    own = held.password(f"secret/{declaration.name}")
    return {
        **{name: outside.get(name) or own for name in declaration.secrets},
        **given,
        "FILIGREE_WEIGHTS": str(weights.folder(held.root, outside)),
        "FILIGREE_PUBLIC_URL": outside.get("FILIGREE_PUBLIC_URL") or held.gateway,
        "LOG_LEVEL": outside.get("LOG_LEVEL", "INFO"),
        "FILIGREE_SERVICE": declaration.name,
        "FILIGREE_EGRESS": str(held.egress(declaration.name)),
        "FILIGREE_INTERNAL_KEYS": internal_keys(held, outer),
        "DATABASE_URL": _database(declaration, held, outside),
        "NATS_URL": _bus(declaration, held, outside),
    }


def internal_keys(held: State, outer: Mapping[str, str] = os.environ) -> str:
    """The keys that sign a context, comma separated; the first signs."""
    return said(held, outer).get("FILIGREE_INTERNAL_KEYS") or held.secrets["internal"]


def said(held: State, outer: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What ``.filigree/env`` says, and the environment, which has the last word."""
    return {**held.overrides(), **outer}


def _database(
    declaration: Declaration, held: State, outside: Mapping[str, str]
) -> str | None:
    """Only one service has the database's address at all."""
    if declaration.name != STORE:
        return None
    return outside.get("DATABASE_URL") or engines_postgres.url(held)


def _bus(
    declaration: Declaration, held: State, outside: Mapping[str, str]
) -> str | None:
    """Each has its own user on the mesh's own bus; another bus has what it has."""
    if declaration.name != STORE and not declaration.consumes:
        return None
    return outside.get("NATS_URL") or engines_nats.url(held, declaration.name)
