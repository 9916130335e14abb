"""What the styles of an ODT mean: OpenDocument 1.3, part 3, 16 and 19."""

import re

from extraction._numbering import Level, Scheme
from extraction._parts import Handler

_SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_RAISED = re.compile(r"[1-9]\d*(?:\.\d+)?%")
_KINDS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
}
_DEEPEST = 9
OUTLINE = ""  # the name of the scheme by which headings are numbered


def local(name: str) -> str:
    """``text:p``, or "" for a foreign element or attribute."""
    space, _, own = name.removeprefix(_SPACE).rpartition(" ")
    return f"{space.partition(':')[0]}:{own}" if name.startswith(_SPACE) else ""


class Styles(Handler):
    """A handler for ``styles.xml``, which takes those of ``content.xml`` too.

    ``hidden`` are styles of what is not shown or crossed out, ``raising`` those of what
    is set above the line.
    """

    def __init__(self) -> None:
        self._style = ""  # that is being declared
        self.hidden: set[str] = set()
        self.raising: set[str] = set()
        self.titles = {"Title"}
        self.on_a_new_page: set[str] = set()
        self._schemes: dict[str, Scheme] = {}
        self._scheme = Scheme()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.declare(
            local(name), {local(key): value for key, value in attributes.items()}
        )

    def declare(self, own: str, given: dict[str, str]) -> bool:
        """Take in what an element says, if it is a style or one of its properties."""
        if own.startswith("style:"):
            self._declare(own, given)
        elif own in ("text:list-style", "text:outline-style"):
            self._scheme = Scheme()
            named = given.get("style:name", "") if own == "text:list-style" else OUTLINE
            self._schemes[named] = self._scheme
        elif own.startswith(("text:list-level-", "text:outline-level-")):
            self._declare_level(given)
        else:
            return False
        return True

    def scheme(self, style: str) -> Scheme | None:
        """How the items of a list in *style* are numbered."""
        return self._schemes.get(style)

    def _declare(self, own: str, given: dict[str, str]) -> None:
        match own:
            case "style:style":
                self._style = given.get("style:name", "")
                parent = given.get("style:parent-style-name")
                for kind in (self.titles, self.hidden, self.raising):
                    if parent in kind:
                        kind.add(self._style)
            case "style:text-properties":
                self._declare_text(given)
            case "style:paragraph-properties":
                if given.get("xsl-fo-compatible:break-before") == "page":
                    self.on_a_new_page.add(self._style)

    def _declare_text(self, given: dict[str, str]) -> None:
        if _is_unseen(given):
            self.hidden.add(self._style)
        elif given.get("style:text-line-through-style") == "none":
            self.hidden.discard(self._style)
        if _is_raised(given):
            self.raising.add(self._style)

    def _declare_level(self, given: dict[str, str]) -> None:
        depth = _integer(given.get("text:level"), 0) - 1
        if not 0 <= depth < _DEEPEST:
            return
        kind = _KINDS.get(given.get("style:num-format", ""), "none")
        shown = min(_integer(given.get("text:display-levels"), 1), depth + 1)
        places = range(depth + 2 - shown, depth + 2)
        number = ".".join(f"%{place}" for place in places) if kind != "none" else ""
        before, behind = (
            given.get("style:num-prefix", ""),
            given.get("style:num-suffix", ""),
        )
        start = _integer(given.get("text:start-value"), 1)
        text = f"{before}{number}{behind}" if number else ""
        self._scheme.levels[depth] = Level(start, kind, text)


def _is_unseen(given: dict[str, str]) -> bool:
    struck = given.get("style:text-line-through-style", "none") != "none"
    return struck or given.get("text:display") == "none"


def _is_raised(given: dict[str, str]) -> bool:
    """Whether a style sets text above the line; its place may be told as a share."""
    place = given.get("style:text-position", "").split(" ")[0]
    return place == "super" or bool(_RAISED.fullmatch(place))


def _integer(said: str | None, otherwise: int) -> int:
    return int(said) if said and said.isdecimal() and len(said) < 7 else otherwise
