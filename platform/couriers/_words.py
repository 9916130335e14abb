"""Templates filled with variables."""

from collections.abc import Mapping
from string import Template


class MissingVariable(ValueError):
    """A template names a variable that was not given, or is no template."""


def filled(template: str, variables: Mapping[str, object]) -> str:
    """*template* with each ``${name}`` replaced; MissingVariable."""
    try:
        return Template(template).substitute(variables)
    except KeyError as exc:
        raise MissingVariable(f"the template wants the variable {exc.args[0]}") from exc
    except ValueError as exc:
        raise MissingVariable(f"the template is not one: {exc}") from exc
