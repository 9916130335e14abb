"""Tables of an HTML page as rows of text."""

from collections.abc import Callable

from selectolax.lexbor import LexborNode

from extraction import _clean, _tables

_MOST_COLUMNS = 500
_APART = "br, p, div, li, tr, td, th, h1, h2, h3, h4, h5, h6, hr"
_UNSEEN = ("script", "style", "template", "noscript")


def is_layout(table: LexborNode) -> bool:
    """Whether a table only places things: it holds headings, or one cell, or tables
    and no names of its own for what they are."""
    if (table.attributes.get("role") or "") in ("presentation", "none"):
        return True
    if table.css_first("h1, h2, h3") is not None:
        return True
    if table.css_first("table table") is not None:
        return len(_own(table, "th")) < 2
    return len(table.css("td, th")) < 2


def _own(table: LexborNode, selector: str) -> list[LexborNode]:
    """What is in *table*, and not in a table within it."""
    return [node for node in table.css(selector) if _table_of(node) == table.mem_id]


def _table_of(node: LexborNode) -> int | None:
    """The identity of the table that *node* is in."""
    above = node.parent
    while above is not None and above.tag != "table":
        above = above.parent
    return None if above is None else above.mem_id


def rows(
    table: LexborNode, is_hidden: Callable[[LexborNode], bool]
) -> tuple[str, list[str]]:
    """The caption and the rows, each with the names of its columns."""
    caption = table.css_first("caption")
    lines = (_cells(line, is_hidden) for line in _own(table, "tr"))
    filled = [cells for cells in lines if cells]
    grid = _grid(filled)
    titles = [caption.text(separator=" ")] if caption is not None else []
    above = _titles(grid)
    titles += ["".join(row) for row in grid[:above]]
    grid, filled = _in_one_row(grid[above:], filled[above:])
    headed = bool(grid) and (
        _names_columns(filled[0]) or _tables.is_header(grid[0], grid[1:])
    )
    return _clean.one_line(" ".join(titles)), list(_tables.rows(grid, headed))


def _titles(grid: list[list[str]]) -> int:
    """How many rows a table begins with that are but its titles: one cell is filled,
    and there is a row of several, and one more, below."""
    widths = [sum(map(bool, row)) for row in grid]
    at = 0
    while len(grid) - at > 2 and widths[at] == 1 < widths[at + 1]:
        at += 1
    return at


def _in_one_row(
    grid: list[list[str]], cells: list[list[LexborNode]]
) -> tuple[list[list[str]], list[list[LexborNode]]]:
    """The table with the names of its columns in one row, if they stand in two."""
    if len(grid) > 2 and all(map(_names_columns, cells[:2])):
        both = _tables.merged(grid[0], grid[1])
        if both:
            return [both, *grid[2:]], [cells[0], *cells[2:]]
    return grid, cells


def _cells(
    line: LexborNode, is_hidden: Callable[[LexborNode], bool]
) -> list[LexborNode]:
    if is_hidden(line):
        return []
    cells = (cell for cell in line.iter() if cell.tag in ("td", "th"))
    return [cell for cell in cells if not is_hidden(cell)]


def _names_columns(cells: list[LexborNode]) -> bool:
    return len(cells) > 1 and all(cell.tag == "th" for cell in cells)


def _grid(lines: list[list[LexborNode]]) -> list[list[str]]:
    """The text of every line's cells at their columns; what spans lines is in each."""
    grid, falling = [], dict[int, tuple[int, str]]()
    for cells in lines:
        row: list[str] = []
        reaching = dict[int, tuple[int, str]]()
        for cell in cells[:_MOST_COLUMNS]:
            _fall(row, falling)
            text = _text(cell)
            more = _span(cell, "rowspan") - 1
            for each in (text, *[""] * (_span(cell, "colspan") - 1)):
                if more:
                    reaching[len(row)] = more, each
                row.append(each)
        _fall(row, falling)
        grid.append(row[:_MOST_COLUMNS])
        left = {at: (more - 1, text) for at, (more, text) in falling.items()}
        falling = {at: each for at, each in left.items() if each[0]} | reaching
    return grid


def _text(cell: LexborNode) -> str:
    """What *cell* says; in the middle of a word its text may change its look."""
    cell.strip_tags(list(_UNSEEN))
    for apart in cell.css(_APART):
        apart.insert_before(" ")
        apart.insert_after(" ")
    return _clean.one_line(cell.text())


def _fall(row: list[str], falling: dict[int, tuple[int, str]]) -> None:
    """Fill the next columns of *row* with what reaches down into them."""
    while len(row) in falling:
        row.append(falling[len(row)][1])


def _span(cell: LexborNode, name: str) -> int:
    span = cell.attributes.get(name) or "1"
    return min(int(span), _MOST_COLUMNS) if span.isdecimal() and int(span) else 1
