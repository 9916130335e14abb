"""The edge to database-operations: its paths narrowed to what a caller was granted.

On that edge a path template is not admitted as such but once for each granted
collection, so that the mesh itself refuses another service's data. What a transaction
changes stands in its body, where database-operations checks it against the same grants.
"""

import re

from filigree.declarations import Declaration, Grant
from filigree.operations import Operation

STORE = "database-operations"
PARAMETER = re.compile(r"\{[^}]+\}")
COLLECTION = re.compile(r"(?<=/collections/)\{[^}]+\}")
OWNER = re.compile(r"(?<=/transactions/)\{[^}]+\}")


def grants(
    declaration: Declaration, operations: dict[str, Operation]
) -> tuple[Grant, ...]:
    """What a service may touch: the declared collections, and its journal.

    A service that answers keyed operations or handles events keeps the answers and the
    handled events' ids in the collection ``journal-<service>``.
    """
    if not declaration.call(STORE):
        return declaration.collections
    journalled = declaration.consumes or any(
        operation.is_journalled for operation in operations.values()
    )
    journal = Grant(f"journal-{declaration.name}", "write")
    return (*declaration.collections, *([journal] if journalled else []))


def admits(grant: Grant, operation: Operation) -> bool:
    """Read access admits what only reads; write access admits everything."""
    return grant.access == "write" or operation.retry == "read"


def paths(
    caller: str, granted: tuple[Grant, ...], operation: Operation
) -> tuple[str, ...]:
    """The paths of one operation that *caller* may use; none without a grant."""
    if COLLECTION.search(operation.path):
        names = sorted(grant.name for grant in granted if admits(grant, operation))
        return tuple(COLLECTION.sub(name, operation.path) for name in names)
    return (OWNER.sub(caller, operation.path),)
