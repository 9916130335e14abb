"""Templates filled with variables: ``$name``, ``${name}``, and ``$$`` for a dollar."""

import re
from collections.abc import Awaitable, Callable, Mapping
from string import Template
from typing import Any

# As other systems write a variable: {name}, {{ name }}.
FOREIGN = re.compile(r"(?<!\$)\{{1,2}\s*([^\W\d]\w*)\s*\}{1,2}")

BREAKS = re.compile(r"[\x00-\x1f\x7f]+")


class BadTemplate(ValueError):
    """A template names a variable that was not given, or is no template."""


def require_template(given: Any) -> None:
    """BadTemplate unless ``subject`` and ``text`` can be filled with some variables."""
    for part in (given.subject, given.text):
        require_placeholders(part)


def require_placeholders(template: str) -> None:
    """BadTemplate where something looks like a variable and is none."""
    if foreign := FOREIGN.search(template):
        raise BadTemplate(f"write ${{{foreign[1]}}} for {foreign[0]}")
    try:
        Template(template).substitute(_Anything())
    except ValueError as exc:
        raise BadTemplate(f"{exc}; write ${{name}}, or $$ for a dollar sign") from exc


class _Anything(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return ""


def filled(template: str, variables: Mapping[str, object]) -> str:
    """*template* with each variable replaced; BadTemplate."""
    require_placeholders(template)
    try:
        return Template(template).substitute(variables)
    except KeyError as exc:
        given = ", ".join(sorted(variables)) or "none"
        why = f"the template wants the variable {exc.args[0]}; given: {given}"
        raise BadTemplate(why) from exc


async def worded(
    asked: Any, template_of: Callable[[str], Awaitable[Any]]
) -> dict[str, str]:
    """``subject`` and ``text`` of what *asked* has, or of the template that it names.

    *asked* has ``subject``, ``text``, ``template`` and ``variables``, a template
    ``subject`` and ``text``; a subject of one's own counts. A text goes out as it is,
    a subject as one line, whatever a variable brings into it: after a line break an
    e-mail's head would go on. BadTemplate.
    """
    if (asked.template is None) == (asked.text is None):
        raise BadTemplate("give a text, or the name of a template")
    if asked.template is None:
        if asked.variables:
            raise BadTemplate("variables are filled into templates, not into a text")
        return {"subject": asked.subject, "text": asked.text}
    chosen = await template_of(asked.template)
    parts = {"subject": asked.subject or chosen.subject, "text": chosen.text}
    made = {name: filled(part, asked.variables) for name, part in parts.items()}
    return made | {"subject": BREAKS.sub(" ", made["subject"])}
