"""What a page's own style sheets hide, on a wide screen.

Selectors are matched by the parser of the page; here is which of the rules counts (CSS
Cascading and Inheritance 4, 6.1) for the few properties by which text is out of sight.
What a sheet animates, such as opacity, says nothing of what is seen in the end.
"""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

_LONGEST = 2**20  # characters of sheets
_MOST_RULES = 400  # that hide or show
_MOST_NODES = 200_000  # that these are compared with
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"([^{}]*)([{}])")
_CONDITION = re.compile(r"@(?:media|supports|layer)\b", re.IGNORECASE)
_NARROW = re.compile(
    r"max-(?:device-)?(?:width|height)|width\s*<|speech", re.IGNORECASE
)
_PRINT = re.compile(r"\bprint\b", re.IGNORECASE)
_SCREEN = re.compile(r"\b(?:screen|all|not)\b", re.IGNORECASE)
_TOLD = re.compile(
    r"(?:^|[;\s])(?P<name>display|visibility|text-decoration(?:-line)?|left|top|text-indent"
    r"|clip)\s*:\s*(?P<value>[^;]*)",
    re.IGNORECASE,
)
_HIDES = re.compile(
    r"none\b|hidden\b|collapse\b|.*line-through|-\d{3,}(?:\.\d+)?(?:px|r?em)"
    r"|rect\(\s*[01](?:px)?[\s,]",
    re.IGNORECASE,
)
_HELD = re.compile(r"display|visibility", re.IGNORECASE)
_IDS = re.compile(r"#[\w-]")
_CLASSES = re.compile(r"\.[\w-]|\[|(?<!:):(?!:)")
_TAGS = re.compile(r"(?:^|[\s>+~(])[a-zA-Z]")
_BETWEEN = re.compile(r",(?![^()]*\))")

# Whether it is important; its ids, classes and tags; its place among the rules.
Rank = tuple[bool, int, int, int, int]


class Rule(NamedTuple):
    """What one selector says of one property."""

    selector: str
    name: str
    hides: bool
    rank: Rank


def mark_hidden(tree: LexborHTMLParser) -> None:
    """Give what the sheets in *tree* hide the attribute ``hidden``."""
    sheets = "\n".join(style.text() for style in tree.css("style"))
    rules = [*_rules(_COMMENT.sub(" ", sheets[:_LONGEST]))]
    nodes: dict[int, LexborNode] = {}
    hidden: dict[tuple[int, str], Rank] = {}
    for rule, node in _matched(tree, rules, hides=True):
        key = node.mem_id, rule.name
        nodes[node.mem_id] = node
        hidden[key] = max(hidden.get(key, rule.rank), rule.rank)
    if hidden:
        _show(tree, rules, hidden)
    for place, name in hidden:
        if not _is_shown_by_itself(nodes[place], name):
            nodes[place].attrs["hidden"] = ""


def _show(
    tree: LexborHTMLParser, rules: list[Rule], hidden: dict[tuple[int, str], Rank]
) -> None:
    """Take from *hidden* what *rules* that count for more show."""
    for rule, node in _matched(tree, rules, hides=False):
        key = node.mem_id, rule.name
        if key in hidden and hidden[key] < rule.rank:
            del hidden[key]


def _matched(
    tree: LexborHTMLParser, rules: list[Rule], hides: bool
) -> Iterator[tuple[Rule, LexborNode]]:
    """Those of *rules* that hide, or that show, with what they are about."""
    left = _MOST_NODES
    own = (rule for rule in rules if rule.hides is hides)
    for rule in itertools.islice(own, _MOST_RULES):
        try:
            found = tree.css(rule.selector)
        except SelectolaxError:  # one that the parser does not know
            continue
        if (left := left - len(found)) < 0:
            return
        for node in found:
            yield rule, node


def _is_shown_by_itself(node: LexborNode, name: str) -> bool:
    """Whether the element's own style says otherwise."""
    told = {
        found["name"].lower(): _HIDES.match(found["value"]) is not None
        for found in _TOLD.finditer(node.attributes.get("style") or "")
    }
    return told.get(name) is False


def _rules(sheet: str) -> Iterator[Rule]:
    order = 0
    within: list[bool] = []  # what is open, and whether it counts
    selectors = ""
    for found in _BRACE.finditer(sheet):
        said, brace = found[1].rpartition(";")[2].strip(), found[2]
        if brace == "{":
            is_group = said.startswith("@")
            within.append(_counts(said) if is_group else all(within))
            selectors = "" if is_group else said
        elif within:
            if within.pop() and selectors:
                for rule in _of(selectors, found[1], order):
                    order += 1
                    yield rule
            selectors = ""


def _counts(condition: str) -> bool:
    """Whether what follows "@media …" counts on a wide screen."""
    if not _CONDITION.match(condition) or _NARROW.search(condition):
        return False
    return not _PRINT.search(condition) or bool(_SCREEN.search(condition))


def _of(selectors: str, body: str, order: int) -> Iterator[Rule]:
    told = [
        (found["name"].lower(), found["value"])
        for found in _TOLD.finditer(body)
        if _HIDES.match(found["value"]) or _HELD.match(found["name"])
    ]
    for selector in _BETWEEN.split(selectors) if told else ():
        own = selector.strip()
        for name, value in told:
            yield Rule(
                own,
                name,
                _HIDES.match(value) is not None,
                ("!important" in value, *_weight(own), order),
            )


def _weight(selector: str) -> tuple[int, int, int]:
    ids, classes, tags = (
        len(found.findall(selector)) for found in (_IDS, _CLASSES, _TAGS)
    )
    return ids, classes, tags
