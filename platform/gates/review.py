"""What a reviewer should look at. Nothing here fails the gates."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

# The business's nouns: where the chassis has one, a service's rule leaked into it.
NOUNS = frozenset(
    {
        *("appointment", "booking", "calendar", "cart", "chat", "chunk", "citation"),
        *("conversation", "customer", "dashboard", "embedding", "faq", "fee", "funnel"),
        *("insight", "intent", "invoice", "knowledge", "kpi", "maintenance"),
        *("notification", "patient", "payment", "pipeline", "refund", "reminder"),
        *("resident", "schedule", "slot", "tax", "warehouse", "webhook"),
    }
)
VALIDATORS = ("field_validator", "model_validator", "field_serializer", "validator")


def lonely(root: Path) -> Iterator[str]:
    """Public names of the chassis that one service alone uses, or none."""
    users: dict[str, set[str]] = {name: set() for name in _public(root)}
    for path in sorted((root / "services").glob("*/*/**/*.py")):
        service = path.relative_to(root / "services").parts[1]
        for name in _attributes(_tree(path), "chassis") & users.keys():
            users[name].add(service)
    for name, services in sorted(users.items()):
        if len(services) < 2:
            who = f"{next(iter(services))} alone" if services else "no service"
            yield f"chassis.{name} is used by {who}"


def _public(root: Path) -> list[str]:
    for node in _tree(root / "platform" / "chassis" / "__init__.py").body:
        match node:
            case ast.Assign(targets=[ast.Name("__all__")], value=value):
                return list(ast.literal_eval(value))
    return []


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8") if path.is_file() else "")


def _attributes(tree: ast.Module, module: str) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == module
    }


def nouns(root: Path) -> Iterator[str]:
    """Identifiers of the chassis that name something of the business."""
    for path in sorted((root / "platform" / "chassis").rglob("*.py")):
        found: dict[str, int] = {}
        for name, line in _identifiers(_tree(path)):
            if NOUNS & set(_words(name)):
                found.setdefault(name, line)
        for name, line in found.items():
            yield f"{path.relative_to(root)}:{line}: {name}"


def _words(identifier: str) -> Iterable[str]:
    for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier):
        yield word.lower()
        yield word.lower().removesuffix("s")


def _identifiers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case (
                ast.FunctionDef(name=name, lineno=line)
                | ast.AsyncFunctionDef(name=name, lineno=line)
                | ast.ClassDef(name=name, lineno=line)
                | ast.Name(id=name, lineno=line)
                | ast.arg(arg=name, lineno=line)
                | ast.Attribute(attr=name, lineno=line)
            ):
                yield name, line


def behaving(root: Path) -> Iterator[str]:
    """Functions in contracts, which are to hold models only; validators may stay."""
    for path in sorted((root / "contracts").rglob("*.py")):
        for node in ast.walk(_tree(path)):
            if isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef
            ) and not _validates(node):
                yield f"{path.relative_to(root)}:{node.lineno}: {node.name}"


def _validates(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        validator in ast.unparse(decorator)
        for decorator in node.decorator_list
        for validator in VALIDATORS
    )
