"""The one exception of the local mesh: what went wrong, and what to do about it.

The command line prints it without a traceback. Anything else that escapes is a defect.
"""


class MeshError(Exception):
    """*message* says what is wrong; ``remedy`` what to do, one line for each way."""

    def __init__(self, message: str, *remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy

    def __str__(self) -> str:
        return "\n".join([str(self.args[0]), *(f"  {line}" for line in self.remedy)])
