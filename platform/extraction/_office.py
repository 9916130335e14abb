"""What the parts of Office files (DOCX, XLSX, PPTX) have in common."""

import posixpath

from extraction._parts import Container, Handler

_OFFICIAL = (
    "http://schemas.openxmlformats.org/",  # ISO/IEC 29500, transitional
    "http://purl.oclc.org/ooxml/",  # strict
)
_TITLE = "http://purl.org/dc/elements/1.1/ title"
FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"


def local(name: str, language: str) -> str:
    """The name of one of *language*'s elements, or "" for a foreign one."""
    space, _, own = name.rpartition(" ")
    is_own = space.startswith(_OFFICIAL) and f"/{language}/" in space
    return own if is_own else ""


def related(attributes: dict[str, str]) -> str:
    """The ``r:id`` of an element: under which id its part is related."""
    return next((v for name, v in attributes.items() if name.endswith("ips id")), "")


class Properties(Handler):
    """A handler for ``docProps/core.xml``: the stated title."""

    def __init__(self) -> None:
        self.title = ""
        self._in_title = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._in_title = name == _TITLE

    def end(self, name: str) -> None:
        self._in_title = False

    def characters(self, text: str) -> None:
        if self._in_title:
            self.title += text


class Relations(Handler):
    """A handler for a part's relations to parts of the same file."""

    def __init__(self, part: str) -> None:
        self._folder, _, name = part.rpartition("/")
        self.part = f"{self._folder}/_rels/{name}.rels"
        self.targets: dict[str, str] = {}  # names of parts by id
        self.kinds: dict[str, str] = {}  # names of parts by kind, such as notesSlide

    def start(self, name: str, attributes: dict[str, str]) -> None:
        # What is outside of the file is never fetched.
        if attributes.get("TargetMode") == "External" or "Target" not in attributes:
            return
        path = posixpath.join("/", self._folder, attributes["Target"])
        target = posixpath.normpath(path).lstrip("/")
        self.targets[attributes.get("Id", "")] = target
        self.kinds[attributes.get("Type", "").rpartition("/")[2]] = target


def title(container: Container, part: str = "docProps/core.xml") -> str:
    """The title that the file states."""
    properties = Properties()
    container.parse(part, properties)
    return properties.title.strip()


def relations(container: Container, part: str) -> Relations:
    """What *part* refers to."""
    found = Relations(part)
    container.parse(found.part, found)
    return found
