"""Templates filled with variables."""

from collections.abc import Awaitable, Callable, Mapping
from string import Template
from typing import Any


class BadTemplate(ValueError):
    """A template names a variable that was not given, or is no template."""


def filled(template: str, variables: Mapping[str, object]) -> str:
    """*template* with each ``${name}`` replaced; BadTemplate."""
    try:
        return Template(template).substitute(variables)
    except KeyError as exc:
        raise BadTemplate(f"the template wants the variable {exc.args[0]}") from exc
    except ValueError as exc:
        raise BadTemplate(f"the template is not one: {exc}") from exc


async def worded(
    asked: Any, template_of: Callable[[str], Awaitable[Any]]
) -> dict[str, str]:
    """``subject`` and ``text`` of what *asked* has, or of the template that it names.

    *asked* has ``subject``, ``text``, ``template`` and ``variables``, a template
    ``subject`` and ``text``; a subject of one's own counts. BadTemplate.
    """
    if (asked.template is None) == (asked.text is None):
        raise BadTemplate("give a text, or the name of a template")
    if asked.template is None:
        return {"subject": asked.subject, "text": asked.text}
    chosen = await template_of(asked.template)
    parts = {"subject": asked.subject or chosen.subject, "text": chosen.text}
    return {name: filled(part, asked.variables) for name, part in parts.items()}
