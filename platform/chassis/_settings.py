"""Settings: the environment, typed, read once."""

import os
import sys
from typing import TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)


def settings(model: type[M], prefix: str) -> M:
    """*model* filled from ``{prefix}{FIELD}`` variables.

    A missing or ill-typed one ends the process with a message that names it.
    """
    given = {
        name: os.environ[prefix + name.upper()]
        for name in model.model_fields
        if prefix + name.upper() in os.environ
    }
    try:
        return model.model_validate(given)
    except ValidationError as exc:
        wrong = [
            f"  {prefix}{str(error['loc'][0]).upper()}: {error['msg']}"
            for error in exc.errors()
        ]
        sys.exit(
            "\n".join(["a setting is missing or wrong (docs/settings.md):", *wrong])
        )
