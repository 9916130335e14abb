"""HTML: what a reader sees of a page's own content.

Scripts, styles, hidden elements and what surrounds the content (navigation, banners,
cookie notices) are left out. The tree is walked without recursion.
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from extraction import _clean, _html_lists, _html_sheets, _html_table, _html_terms
from extraction._builder import Builder
from extraction._limits import Limits
from extraction._refused import Refused

_UNSEEN = (
    "script style noscript template iframe object embed svg canvas video audio select"
    " button input textarea datalist dialog nav aside head map"
).split()
# Links from a note to where it is made, what is crossed out, as old prices are, and
# reviewers' comments, as Google Docs exports them.
_BACK = (
    "[role=doc-backlink], .footnote-back, del, s, strike"
    ", a[id^=cmnt_ref], p:has(> a[href^='#cmnt_ref'])"
)
_AROUND = ["header", "footer"]
_ROLES = {"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog"}
_NOTICES = re.compile(
    r"(^|[\s_-])(cookies?(bot\w*|consent|bar|banner|notice|law)?|\w*cookiebot\w*|consent"
    r"|gdpr|cc-window|cc-banner|topnav|breadcrumbs?|sidebar|navbar|navigation|site-(header|footer)"
    r"|skip-link|share|sharing|sharedaddy|comments|comments-area|social|advert(isement)?s?|newsletter-signup|pagination)($|[\s_-])",
    re.IGNORECASE,
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|opacity\s*:\s*0(\.0+)?\s*(;|$)"
    r"|font-size\s*:\s*0(px|pt|em|rem|%)?\s*(;|$)|line-through|(left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
# By the names that Bootstrap, Tailwind and WordPress have for what only screen readers
# say, unless a wider screen shows it. Their names for what is hidden tell nothing: they
# are those of folded answers, too.
_UNSEEN_NAMES = frozenset("visually-hidden sr-only screen-reader-text".split())
_WIDE = re.compile(r":not-sr-only")
_BLOCKS = frozenset(
    "address article blockquote body center dd details div dl dt fieldset figcaption"
    " figure footer form header hgroup hr html legend main ol p section summary"
    " ul".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE_GAPS = frozenset(["br", "wbr"])
# XHTML's may declare entities of its own; HTML's ends with the first ">" (13.2.5.53).
_SUBSET = re.compile(
    r"(\s*(?:<\?.*?\?>\s*)?<!doctype[^<>\[]*)\[.*?\]\s*>", re.DOTALL | re.IGNORECASE
)
_TAGS = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Void, or ended by the next of its kind.
_UNNESTED = frozenset(
    "area base br col colgroup dd dt embed hr img input li link meta optgroup option p"
    " param rp rt source tbody td tfoot th thead tr track wbr".split()
)


def read(text: str, builder: Builder, limits: Limits, left_out: str = "") -> None:
    """*left_out*: selectors of what is not the page's own."""
    _require_shallow(text, 10 * limits.depth)
    if declared := _SUBSET.match(text):
        text = f"{declared[1]}>{text[declared.end() :]}"
    try:
        tree = LexborHTMLParser(text)
    except SelectolaxError as error:  # no text is wrong HTML: it had no memory
        raise MemoryError from error
    title = tree.css_first("title")
    builder.title = title.text() if title else ""
    for other in tree.css(f"{_BACK}, {left_out}" if left_out else _BACK):
        other.decompose()
    for raised in tree.css("sup"):
        figures = _clean.raised(raised.text())
        if figures != raised.text():
            raised.replace_with(figures)
    _html_sheets.mark_hidden(tree)
    root = _content(tree)
    if root is not None:
        Walk(builder, limits).run(root)


def _require_shallow(text: str, depth: int) -> None:
    """Refused for what opens far more than it closes: elements in one another take the
    parser time by the square of their number. It sees no comments and no scripts, and
    so leaves ten times the room that the tree has."""
    opened = 0
    for found in _TAGS.finditer(text):
        closes, tag = found.groups()
        if tag.lower() not in _UNNESTED:
            opened = max(0, opened - 1) if closes else opened + 1
            if opened > depth:
                raise Refused("too_deep", "its parts are nested too deeply")


def _content(tree: LexborHTMLParser) -> LexborNode | None:
    """The one element that says it is the content, if it holds anything; else all."""
    main = tree.css("main, [role=main]")
    if len(main) == 1 and len(main[0].text(strip=True)) > 100:
        return main[0]
    return tree.body or tree.root


class Walk:
    """One pass over a tree in document order."""

    def __init__(self, builder: Builder, limits: Limits) -> None:
        self._builder = builder
        self._limits = limits
        self._words: list[str] = []
        self._level = 0
        self._open: list[str] = []
        self._terms = _html_terms.Terms(builder)
        self._lists = _html_lists.Lists()

    def run(self, root: LexborNode) -> None:
        """Visit *root* and what is in it; the stack holds what is still to be left."""
        node: LexborNode | None = root
        entered: list[LexborNode] = []
        while node is not None:
            below = self._enter(node)
            if below is not None:
                entered.append(node)
                if len(entered) > self._limits.depth:
                    raise Refused("too_deep", "its parts are nested too deeply")
                node = below
                continue
            node = node.next if entered else None
            while node is None and entered:
                left = entered.pop()
                self._leave(left)
                node = left.next if entered else None
        self._flush()

    def _enter(self, node: LexborNode) -> LexborNode | None:
        """Take in *node*; its first child when it is to be visited."""
        tag = node.tag or ""
        if tag == "-text":
            self._words.append(node.text_content or "")
        elif tag in _INLINE_GAPS:
            self._words.append(" ")
        elif not tag.startswith(("-", "_", "!")) and not self._is_left_out(node, tag):
            return self._enter_element(node, tag)
        return None

    def _enter_element(self, node: LexborNode, tag: str) -> LexborNode | None:
        if tag == "table" and not _html_table.is_layout(node):
            self._flush()
            self._write_table(node)
        elif tag == "pre":
            self._flush()
            self._builder.verbatim(node.text())
        else:
            self._begin(tag)
            self._lists.enter(node, tag)
            return node.child
        return None

    def _begin(self, tag: str) -> None:
        if tag in _BLOCKS or tag in _HEADINGS or tag in ("li", "td", "th", "tr"):
            self._flush()
        if tag in _HEADINGS or tag in ("li", "dt", "dd"):
            self._open.append(tag)
        if tag in ("article", "main"):
            self._level += 1

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in _BLOCKS or tag in _HEADINGS or tag in ("li", "td", "th", "tr"):
            self._flush()
        if self._open and self._open[-1] == tag:
            self._open.pop()
        self._lists.leave(tag)
        if tag == "dl":
            self._terms.end()
        if tag in ("article", "main"):
            self._level -= 1

    def _flush(self) -> None:
        """End the current run of text as the kind of block it is in."""
        text, self._words = "".join(self._words), []
        inside = self._open[-1] if self._open else ""
        if inside not in ("dt", "dd"):
            text = self._lists.numbered(text)
        if inside in _HEADINGS:
            self._builder.heading(text, _HEADINGS[inside])
        elif inside == "li":
            self._builder.list_item(text)
        elif inside == "dt":
            self._terms.name(text)
        elif inside == "dd":
            self._terms.say(text)
        else:
            self._builder.paragraph(text)

    def _write_table(self, node: LexborNode) -> None:
        caption, rows = _html_table.rows(node, self._is_hidden)
        self._builder.paragraph(caption)
        for row in rows:
            self._builder.table_row(row)

    def _is_left_out(self, node: LexborNode, tag: str) -> bool:
        if self._is_hidden(node):
            return True
        if tag == "aside" and self._level:
            return _is_mostly_links(node)
        if tag in _UNSEEN and not _is_question(node, tag):
            return True
        if tag in _AROUND and not self._level:
            return tag == "footer" or node.css_first("h1") is None
        return _is_notice(node)

    def _is_hidden(self, node: LexborNode) -> bool:
        given = node.attributes
        if "hidden" in given or given.get("aria-hidden") == "true":
            return True
        names = given.get("class") or ""
        is_named = not _UNSEEN_NAMES.isdisjoint(names.split())
        if is_named and not _WIDE.search(names):
            return True
        return bool(_HIDING.search(given.get("style") or ""))


def _is_question(node: LexborNode, tag: str) -> bool:
    """Whether *node* is a button that is a heading, and opens what is below it."""
    above = node.parent
    return tag == "button" and above is not None and above.tag in _HEADINGS


def _is_mostly_links(node: LexborNode) -> bool:
    """Whether *node*, beside the content, leads elsewhere rather than says something,
    as a warning does."""
    linked = sum(len(link.text(strip=True)) for link in node.css("a"))
    return 2 * linked >= len(node.text(strip=True))


def _is_notice(node: LexborNode) -> bool:
    given = node.attributes
    if (given.get("role") or "") in _ROLES:
        return True
    # A name on the page's body or main element speaks of its layout, not of itself.
    names = f"{given.get('class') or ''} {given.get('id') or ''}"
    return node.tag in ("div", "section", "ul", "ol", "p") and bool(
        _NOTICES.search(names)
    )
