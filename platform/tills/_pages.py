"""The hosted page: HTML without anything from elsewhere."""

from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

# No address of its own is asked for anything but the form's answer.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def page(part: str, said: Mapping[str, str]) -> str:
    """A page with one of the parts ``card``, ``confirm`` or ``done``.

    *said* has ``payee``, ``amount``, ``purpose`` and ``message``, each shown as text.
    """
    texts = {name: escape(text) for name, text in said.items()}
    inside = _template(part).substitute(texts)
    return _template("page").substitute(texts, inside=inside)


@cache
def _template(name: str) -> Template:
    return Template(files(__package__).joinpath(f"{name}.html").read_text("utf-8"))
