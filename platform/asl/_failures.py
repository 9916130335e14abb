"""What can stop a state: the errors of the States Language, and a pause.

A failure has a name to match on. Two names are wildcards in ``ErrorEquals``, and two
errors are out of their reach; ``covers`` is the whole rule.
"""

from collections.abc import Sequence
from datetime import datetime

ALL = "States.ALL"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"
RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"
PARAMETER_PATH = "States.ParameterPathFailure"
RESULT_PATH = "States.ResultPathMatchFailure"
INTRINSIC = "States.IntrinsicFailure"
NO_CHOICE = "States.NoChoiceMatched"
QUERY = "States.QueryEvaluationError"
THRESHOLD = "States.ExceedToleratedFailureThreshold"

RESERVED = frozenset(
    {
        ALL,
        TASK_FAILED,
        TIMEOUT,
        RUNTIME,
        DATA_LIMIT,
        PARAMETER_PATH,
        RESULT_PATH,
        INTRINSIC,
        NO_CHOICE,
        QUERY,
        THRESHOLD,
        "States.BranchFailed",
        "States.HeartbeatTimeout",
        "States.ItemReaderFailed",
        "States.Permissions",
        "States.ResultWriterFailed",
    }
)


NAME, CAUSE = 256, 32_768  # characters that are kept, as Step Functions keeps them


class Failed(Exception):
    """A States Language error: *error* is the name to match, *cause* what happened."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause = error[:NAME], cause[:CAUSE]


class TimedOut(Failed):
    """The whole execution outlived its TimeoutSeconds; no state can catch that."""

    def __init__(self, cause: str) -> None:
        super().__init__(TIMEOUT, cause)


class Expired(Exception):
    """A pause reached the deadline of the whole execution."""


class Suspended(Exception):
    """Nothing can go on before *until*; run the same execution again then.

    A durable host's clock raises it rather than sleep, and so may a task that waits
    for somebody. Branches beside the one that waits are finished first.
    """

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until.isoformat()}")
        self.until = until


def covers(names: Sequence[str], error: str) -> bool:
    """Whether ``ErrorEquals`` *names* the error, itself or by a wildcard.

    States.Runtime is never covered: nothing that follows could be trusted.
    States.DataLimitExceeded is covered by its own name alone.
    """
    if error == RUNTIME:
        return False
    if error in names:
        return True
    if error == DATA_LIMIT:
        return False
    return ALL in names or (TASK_FAILED in names and error != TIMEOUT)
