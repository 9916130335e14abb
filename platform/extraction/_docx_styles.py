"""What a DOCX's paragraph styles mean: heading levels, lists, the title."""

import re
from dataclasses import dataclass

from extraction._parts import Handler

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main "
_HEADING = re.compile(r"heading (\d)$", re.IGNORECASE)
_NO_LEVEL = 9  # w:outlineLvl of body text, ISO/IEC 29500-1, 17.3.1.20
_DEEPEST_BASE = 20


def local(name: str) -> str:
    """The name of a WordprocessingML element or attribute, or "" for a foreign one."""
    for namespace in (W, STRICT):
        if name.startswith(namespace):
            return name[len(namespace) :]
    return ""


def attribute(attributes: dict[str, str], name: str) -> str:
    return attributes.get(W + name) or attributes.get(STRICT + name) or ""


def is_on(attributes: dict[str, str]) -> bool:
    """A toggle's value; without one it is on."""
    return attribute(attributes, "val") not in ("0", "false", "off", "none")


def heading_level(outline: str) -> int | None:
    """A 1-based level of ``w:outlineLvl``; 0 for body text, None for nonsense."""
    if not outline.isdecimal():
        return None
    return 0 if int(outline) >= _NO_LEVEL else int(outline) + 1


@dataclass
class Style:
    own: str = ""  # what paragraphs call it
    name: str = ""
    base: str = ""
    level: int | None = None
    is_list: bool = False
    hidden: bool = False
    list: str = ""  # the number of the list that its paragraphs are of
    depth: int | None = None  # in that list


class Styles(Handler):
    """A handler for ``word/styles.xml``."""

    def __init__(self) -> None:
        self._styles: dict[str, Style] = {}
        self._current = Style()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        value = attribute(attributes, "val")
        match local(name):
            case "style":
                self._current = Style(attribute(attributes, "styleId"))
                self._styles[self._current.own] = self._current
            case "name":
                self._current.name = value
            case "basedOn":
                self._current.base = value
            case "outlineLvl":
                self._current.level = heading_level(value)
            case "vanish" | "strike" | "dstrike":
                self._current.hidden = self._current.hidden or is_on(attributes)
            case own:
                self._tell_list(own, value)

    def _tell_list(self, own: str, value: str) -> None:
        match own:
            case "numPr":
                self._current.is_list = True
            case "numId":
                self._current.list = value
            case "ilvl" if value.isdecimal():
                self._current.depth = int(value)

    def level(self, style: str) -> int:
        """The heading level of a paragraph in *style*; 0 for text."""
        for held in self._chain(style):
            if found := _HEADING.match(held.name):
                return int(found[1])
            if held.name.lower() == "title":
                return 1
            if held.level is not None:
                return held.level
        return 0

    def is_list(self, style: str) -> bool:
        return any(
            held.is_list or held.name.lower().startswith("list ")
            for held in self._chain(style)
            if not held.name.lower().startswith("list continue")
        )

    def numbering(self, style: str) -> tuple[str, int | None, str]:
        """The number of the list that *style* is of, the depth in it where it says so,
        and the style that it has the list from."""
        chain = self._chain(style)
        depths = (held.depth for held in chain if held.depth is not None)
        listed = (held for held in chain if held.list)
        first = next(listed, Style(style))
        return first.list, next(depths, None), first.own

    def is_title(self, style: str) -> bool:
        return any(held.name.lower() == "title" for held in self._chain(style))

    def is_hidden(self, style: str) -> bool:
        return any(held.hidden for held in self._chain(style))

    def _chain(self, style: str) -> list[Style]:
        """*style* and what it is based on; a circle ends after a while."""
        chain: list[Style] = []
        while style in self._styles and len(chain) < _DEEPEST_BASE:
            chain.append(self._styles[style])
            style = self._styles[style].base
        return chain
