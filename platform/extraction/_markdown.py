"""Markdown (CommonMark and its tables), by its tokens."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from extraction import _tables
from extraction._builder import Builder
from extraction._limits import Limits
from extraction._refused import Refused

# Characters of a paragraph or heading whose marks are read: each bracket is looked for
# in all that follows it, which takes a minute in one of 200,000.
_MARKED = 20_000
_FRONT = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_BREAK = re.compile(r"<br\b", re.IGNORECASE)
# What GitHub, Obsidian and MkDocs make boxes and frames of.
_BOX = re.compile(
    r"\A(?:\[[ xX]\]\s+|\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][+-]?"
    r"|(?:!{3}|\?{3}\+?)\s+[\w-]+(?:\s+inline(?:\s+end)?)?(?:\s+\"(?P<title>[^\"]*)\")?\s)",
    re.IGNORECASE,
)
# Obsidian's: comments, highlights and links, of which the name is shown.
_ASIDE = re.compile(
    r"%%.*?%%|==(?P<marked>\S.*?)==|!?\[\[(?:[^\[\]|]*\|)?(?P<named>[^\[\]]*)\]\]"
)
_NOTE = re.compile(r"\[\^[^\]\s]{1,50}\]:?")  # of GitHub's: where one is, or its text
_TAG = re.compile(r"<[^<>]*>")
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
_UNSEEN = re.compile(
    r"<(script|style|template)\b.*?(</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)


def read(text: str, builder: Builder, limits: Limits) -> None:
    front = _FRONT.match(text)
    if front:
        titled = _TITLE.search(front[1])
        builder.title = titled[1] if titled else ""
        text = text[front.end() :]
    parser = MarkdownIt("commonmark", {"maxNesting": limits.depth})
    parser.enable(["table", "strikethrough"])
    parser.core.ruler.at("inline", _marks)
    Reading(builder, limits).run(parser.parse(text))


def _marks(state: StateCore) -> None:
    """Read the marks within every paragraph; a longer one is text as it stands."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = children = []
        if len(token.content) > _MARKED:
            children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, children)


class Reading:
    """One pass over a document's tokens."""

    def __init__(self, builder: Builder, limits: Limits) -> None:
        self._builder = builder
        self._limits = limits
        self._items = 0
        # Of each list that is open: the number of its item, and of the item it is in.
        self._counts: list[tuple[int, str] | None] = []
        self._number = ""  # waiting for the first words of its item
        self._heading = 0
        self._table: list[list[str]] | None = None

    def run(self, tokens: list[Token]) -> None:
        for token in tokens:
            if token.level >= self._limits.depth:
                raise Refused("too_deep", "its parts are nested too deeply")
            take = getattr(self, f"_{token.type}", None)
            if take:
                take(token)

    def _heading_open(self, token: Token) -> None:
        self._heading = int(token.tag[1:])

    def _heading_close(self, _: Token) -> None:
        self._heading = 0

    def _ordered_list_open(self, token: Token) -> None:
        within = self._counts[-1] if self._counts else None
        above = f"{within[1]}{within[0]}." if within else ""
        self._counts.append((int(token.attrs.get("start", 1)) - 1, above))

    def _bullet_list_open(self, _: Token) -> None:
        self._counts.append(None)

    def _ordered_list_close(self, _: Token) -> None:
        self._counts.pop()

    _bullet_list_close = _ordered_list_close

    def _list_item_open(self, token: Token) -> None:
        self._items += 1
        self._number = ""
        if counted := self._counts[-1]:
            number, above = counted[0] + 1, counted[1]
            self._counts[-1] = number, above
            self._number = f"{above}{number}{token.markup} "

    def _list_item_close(self, _: Token) -> None:
        self._items -= 1
        self._number = ""

    def _table_open(self, _: Token) -> None:
        self._table = []

    def _tr_open(self, _: Token) -> None:
        if self._table is not None:
            self._table.append([])

    def _table_close(self, _: Token) -> None:
        for row in _tables.rows(self._table or [], headed=True):
            self._builder.table_row(row)
        self._table = None

    def _inline(self, token: Token) -> None:
        text = _shown(token)
        if text.strip() and self._number:
            text, self._number = self._number + text, ""
        if self._table is not None:
            self._table[-1].append(" ".join(text.split()))
        elif self._heading:
            self._builder.heading(text, self._heading)
        elif self._items:
            self._builder.list_item(text)
        else:
            self._builder.paragraph(text)

    def _fence(self, token: Token) -> None:
        self._builder.verbatim(token.content)

    def _code_block(self, token: Token) -> None:
        self._builder.verbatim(token.content)

    def _html_block(self, token: Token) -> None:
        seen = _UNSEEN.sub(" ", _COMMENT.sub(" ", token.content))
        self._builder.paragraph(_TAG.sub(" ", seen))


def _shown(token: Token) -> str:
    """The text of an inline token: marks, addresses, HTML tags, references to notes and
    what is struck through left out."""
    pieces: list[str] = []
    struck = 0
    for child in token.children or []:
        struck += {"s_open": 1, "s_close": -1}.get(child.type, 0)
        pieces.append("" if struck else _piece(child))
    return _BOX.sub(_entitled, "".join(pieces))


def _entitled(box: re.Match[str]) -> str:
    return f"{box['title']}: " if box["title"] else ""


def _piece(child: Token) -> str:
    if child.type == "text":
        return _ASIDE.sub(_named, _NOTE.sub("", child.content))
    if child.type in ("code_inline", "image"):
        return child.content
    breaks = child.type in ("softbreak", "hardbreak") or _BREAK.match(child.content)
    return " " if breaks else ""


def _named(aside: re.Match[str]) -> str:
    return aside["marked"] or aside["named"] or ""
