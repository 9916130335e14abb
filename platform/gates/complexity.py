"""Cyclomatic complexity (McCabe 1976), counted without mercy.

One for the function itself and one for each: if, elif, loop, except handler, assert,
ternary, ``case`` other than a bare ``_``, guard, ``for`` and ``if`` of a comprehension,
and operator between the parts of ``and``/``or``. A function inside a function adds its
own complexity to that of the one around it, and is counted by itself as well.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

ONE = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.Assert,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Function:
    """A function, or a statement of a module or class body that decides something."""

    name: str
    line: int
    complexity: int
    is_function: bool = True


def functions(tree: ast.Module) -> list[Function]:
    """Every function, nested ones too, and what the module itself decides."""
    return [*_functions(tree, ""), *_bodies(tree)]


def _functions(node: ast.AST, prefix: str) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        inside = prefix
        if isinstance(child, FUNCTIONS):
            name = f"{prefix}{child.name}"
            yield Function(name, child.lineno, _decisions(child))
            inside = f"{name}."
        elif isinstance(child, ast.ClassDef):
            inside = f"{prefix}{child.name}."
        yield from _functions(child, inside)


def _bodies(node: ast.Module | ast.ClassDef) -> Iterator[Function]:
    """Statements outside of functions, so that logic cannot hide there."""
    for line in node.body:
        if isinstance(line, ast.ClassDef):
            yield from _bodies(line)
        elif not isinstance(line, FUNCTIONS):
            own = 1 + _decisions(line)
            if own > 1:
                yield Function(f"line {line.lineno}", line.lineno, own, False)


def _decisions(node: ast.AST) -> int:
    return sum(map(_weight, ast.walk(node)))


def _weight(node: ast.AST) -> int:
    match node:
        case ast.BoolOp(values=values):
            return len(values) - 1
        case ast.comprehension(ifs=ifs):
            return 1 + len(ifs)
        case ast.match_case(pattern=pattern, guard=guard):
            bare = isinstance(pattern, ast.MatchAs) and pattern.pattern is None
            return (not bare) + (guard is not None)
    return isinstance(node, ONE)
