"""Markdown: text that is shown as it stands, whatever it would otherwise do."""

import re

_ACTIVE = re.compile(r"([\\`*_\[\]<>|~])")
_LEADING = re.compile(r"^(\s*)(#|=|-{3,}|\d+(?=[.)]\s))", re.MULTILINE)


def escaped(text: str) -> str:
    """*text* with no link, picture, markup or heading in it; list items stay.

    A document's "[Pay](https://evil.example)" would be a link that the customer clicks,
    and its "![](https://evil.example)" would be fetched without a click.
    """
    inert = _ACTIVE.sub(r"\\\1", text)
    return _LEADING.sub(_inert, inert)


def _inert(found: re.Match[str]) -> str:
    space, mark = found.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"
