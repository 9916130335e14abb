"""Measuring Python files: lines, statements, functions, imports, suppressions."""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gates.complexity import Function, functions

COLUMNS = 88
SUPPRESSION = re.compile(
    r"#\s*(noqa|ruff:|fmt:|yapf:|isort:|type:\s*ignore|mypy:|pyright:|pylint:|pragma:)"
)


@dataclass(frozen=True, slots=True)
class Source:
    """One file, measured.

    ``lines`` are physical. ``statements`` leave docstrings out. ``imports`` are the
    top-level names of what is imported anywhere in the file. ``suppressions`` and
    ``wide`` are line numbers.
    """

    path: Path
    lines: int
    statements: int
    functions: tuple[Function, ...]
    imports: frozenset[str]
    suppressions: tuple[int, ...]
    wide: tuple[int, ...]


def measure(root: Path, path: Path) -> Source:
    """*path*, measured; SyntaxError when it is not Python."""
    text = path.read_text("utf-8")
    tree = ast.parse(text, str(path))
    rows = text.splitlines()
    wide = (n for n, row in enumerate(rows, 1) if len(row) > COLUMNS)
    return Source(
        path.relative_to(root),
        len(rows),
        _statements(tree),
        tuple(functions(tree)),
        frozenset(_imports(tree)),
        tuple(_suppressions(text)),
        tuple(wide),
    )


def folder(root: Path, below: Path) -> list[Source]:
    """Every Python file below a folder."""
    return [measure(root, path) for path in sorted((root / below).rglob("*.py"))]


def _statements(tree: ast.Module) -> int:
    docstrings = sum(
        ast.get_docstring(node, clean=False) is not None
        for node in ast.walk(tree)
        if isinstance(
            node,
            ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
        )
    )
    return sum(isinstance(node, ast.stmt) for node in ast.walk(tree)) - docstrings


def _imports(tree: ast.Module) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _suppressions(text: str) -> Iterable[int]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and SUPPRESSION.match(token.string):
            yield token.start[0]


def third_party(root: Path, sources: Iterable[Source]) -> list[str]:
    """The packages from outside that the files import."""
    own = {"services", "contracts"}
    own |= {path.parent.name for path in (root / "platform").glob("*/__init__.py")}
    imported = {name for source in sources for name in source.imports}
    return sorted(imported - own - sys.stdlib_module_names)
