"""The second view of the graph: what a service's code names.

Upstreams, collections and events are named by literals, so the syntax tree shows them.
What the code names must be declared, and what is declared must be named.
"""

import ast
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from filigree import graph_names
from filigree.declarations import Declaration
from filigree.graph_names import Target, last, literal

# What a method of chassis.Collection asks of database-operations.
ASKS = {
    "read": "read",
    "get": "read",
    "find": "read",
    "find_as": "read",
    "query": "query",
    "page": "query",
    "matching": "query",
    "matching_as": "query",
    "own": "read",
    "each": "query",
    "count": "query",
    "tally": "query",
    "inherited": "query",
    "search": "search",
    "put": "transact",
    "keep": "transact",
    "patch": "transact",
    "delete": "transact",
    "delete_all": "transact",
    "put_as": "transact",
    "delete_as": "transact",
    "expect": "transact",
    "put_blob": "put_blob",
    "blob": "get_blob",
}
WRITES = (
    *("put", "keep", "patch", "delete", "delete_all", "put_blob"),
    *("put_as", "delete_as"),
)
# The methods that a part of the chassis uses on the collections it is given: always
# (None), or when an argument of that name is given.
USES: dict[str, dict[str | None, tuple[str, ...]]] = {
    "items": {None: ("read",), "delete_roles": ("delete",), "listed": ("page",)},
    "Revised": {None: ("read", "page", "put")},
    "Alarmed": {None: ("read", "put")},
}
PUBLISHES = ("publish", "publish_each")
CALLS = ("call", "stream", "operation")
ANNOTATED = {"Upstream": "upstream", "Collection": "collection"}


@dataclass
class Named:
    """What one service's code names, each with the place that names it first.

    ``operations``: (upstream, operation), the upstream None where the code does not
    show it. ``asks``: operations of database-operations that collections need.
    ``writes``: collections that are written. ``computed``: upstreams and collections
    whose name is no literal. ``mentions``: every text in the code. ``lends``: an engine
    is given a collection, and what it does with it is not to be seen here.
    """

    upstreams: dict[str, str] = field(default_factory=dict)
    operations: dict[tuple[str | None, str], str] = field(default_factory=dict)
    collections: dict[str, str] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)
    writes: dict[str, str] = field(default_factory=dict)
    handled: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    computed: dict[str, str] = field(default_factory=dict)
    publishes: bool = False
    lends: bool = False
    mentions: set[str] = field(default_factory=set)


def read(root: Path, service: Declaration, models: dict[tuple[str, str], str]) -> Named:
    """What the code of *service* names; *models* are ``graph_events.models``'."""
    trees = {
        path.relative_to(root): ast.parse(path.read_text("utf-8"))
        for path in sorted((root / service.folder).rglob("*.py"))
    }
    aliases = dict(
        alias for tree in trees.values() for alias in graph_names.aliases(tree.body)
    )
    named = Named()
    for path, tree in trees.items():
        _Reader(path, aliases, graph_names.imported(tree, models), named).visit(tree)
    return named


class _Reader(ast.NodeVisitor):
    """Walks one module, knowing what each parameter of the functions around is."""

    def __init__(
        self,
        path: Path,
        aliases: dict[str, Target],
        events: dict[str, str],
        named: Named,
    ) -> None:
        self._path, self._events, self._named = path, events, named
        self._known: list[dict[str, Target]] = [aliases]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        arguments = [*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs]
        known = {
            each.arg: target
            for each in arguments
            if each.annotation and (target := self._annotated(each.annotation))
        }
        self._known.append(known)
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.visit(default)
        for line in node.body:
            self.visit(line)
        self._known.pop()

    def _annotated(self, annotation: ast.expr) -> Target | None:
        """What a parameter with this annotation is: an alias, or of a chassis type."""
        if target := self._lookup(annotation):
            return target
        base = annotation.value if isinstance(annotation, ast.Subscript) else annotation
        kind = ANNOTATED.get(last(base))
        return (kind, None) if kind else graph_names.collaborator(annotation)

    def _lookup(self, node: ast.expr) -> Target | None:
        if isinstance(node, ast.Call):
            return graph_names.collaborator(node)
        name = last(node)
        return next((held[name] for held in self._known[::-1] if name in held), None)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """An annotation alone is no use of an event."""
        if node.value:
            self.visit(node.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._named.mentions.add(node.value)

    def visit_Name(self, node: ast.Name) -> None:
        self._event(node, node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._event(node, f"{last(node.value)}.{node.attr}")
        # A method that is handed on will be called by whoever gets it.
        self._use(node, self._lookup(node.value), node.attr)
        self.visit(node.value)

    def _event(self, node: ast.expr, name: str) -> None:
        if kind := self._events.get(name):
            self._named.events.setdefault(kind, self._place(node))

    def visit_Call(self, node: ast.Call) -> None:
        name, first = last(node.func), literal(node.args)
        if name == "on" and node.args:
            self._handler(node)
            return
        self._made(node, name, first)
        if name in USES:
            self._given(node, USES[name])
        if isinstance(node.func, ast.Attribute):
            self._lent(node, node.func)
            self._method(node, node.func, first)
        self.generic_visit(node)

    def _made(self, node: ast.Call, name: str, first: str | None) -> None:
        held = {
            "upstream": self._named.upstreams,
            "collection": self._named.collections,
        }
        if first and name in held:
            held[name].setdefault(first, self._place(node))
        elif ast.unparse(node.func) in ("chassis.upstream", "chassis.collection"):
            self._named.computed.setdefault(name, self._place(node))
        self._named.publishes |= name in PUBLISHES

    def _given(self, node: ast.Call, uses: dict[str | None, tuple[str, ...]]) -> None:
        """A collection given to a function of the chassis, which uses its methods."""
        present = {None, *(each.arg for each in node.keywords)}
        for argument in node.args:
            for method in chain(*(uses[each] for each in uses.keys() & present)):
                self._use(node, self._lookup(argument), method)

    def _lent(self, node: ast.Call, function: ast.Attribute) -> None:
        is_engine = last(function.value) != "chassis" and not self._lookup(
            function.value
        )
        kinds = {target[0] for each in node.args if (target := self._lookup(each))}
        self._named.lends |= is_engine and "collection" in kinds

    def _handler(self, node: ast.Call) -> None:
        wanted = ast.unparse(node.args[0])
        if kind := self._events.get(wanted):
            self._named.handled.setdefault(kind, self._place(node))

    def _method(self, node: ast.Call, method: ast.Attribute, first: str | None) -> None:
        target = self._lookup(method.value)
        kind, name = target or (None, None)
        if method.attr in CALLS and first and kind in (None, "upstream"):
            self._named.operations.setdefault((name, first), self._place(node))

    def _use(self, node: ast.expr, target: Target | None, method: str) -> None:
        kind, name = target or ("", None)
        if kind == "collection" and method in ASKS:
            self._named.asks.setdefault(ASKS[method], self._place(node))
            if method in WRITES and name:
                self._named.writes.setdefault(name, self._place(node))

    def _place(self, node: ast.expr) -> str:
        return f"{self._path}:{node.lineno}"
