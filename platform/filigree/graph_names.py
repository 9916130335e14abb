"""What the names in a service's module stand for: collaborators, and event models."""

import ast
from collections.abc import Iterable, Iterator

Target = tuple[str, str | None]  # (one of MAKERS, the collaborator's name if known)
MAKERS = ("upstream", "collection", "provider")


def aliases(body: Iterable[ast.stmt]) -> Iterator[tuple[str, Target]]:
    """``NAME = chassis.upstream("x")``, and ``Name = Annotated[…, Depends(…)]``."""
    for line in body:
        match line:
            case ast.Assign(targets=[ast.Name(name)], value=value):
                if found := collaborator(value):
                    yield name, found
            case ast.AnnAssign(target=ast.Name(name), value=ast.expr() as value):
                if found := collaborator(value):
                    yield name, found


def collaborator(value: ast.AST) -> Target | None:
    """The upstream, collection or provider that an expression makes, wherever in it."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and last(node.func) in MAKERS:
            return last(node.func), literal(node.args)
    return None


def last(node: ast.AST) -> str:
    """``b`` of ``b`` and of ``a.b``; nothing of anything else."""
    match node:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def literal(arguments: list[ast.expr]) -> str | None:
    """The first argument, if it is a text."""
    match arguments:
        case [ast.Constant(str(text)), *_]:
            return text
    return None


def imported(tree: ast.Module, models: dict[tuple[str, str], str]) -> dict[str, str]:
    """The event types by the names that this module knows the models under."""
    known = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        for alias in node.names:
            held = alias.asname or alias.name
            if kind := models.get((node.module, alias.name)):
                known[held] = kind
            inside = f"{node.module}.{alias.name}"
            known |= {
                f"{held}.{name}": kind
                for (module, name), kind in models.items()
                if module == inside
            }
    return known
