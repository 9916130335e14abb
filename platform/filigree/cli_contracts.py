"""The commands about declarations and contracts: generate, check, explain, new."""

import argparse
import importlib
import sys
from typing import Any

from filigree.mesh_error import MeshError

COMMANDS = ("generate", "check", "explain", "new")

GENERATE = """\
Write every file that is derived from the declarations (services/*/*/service.yaml) and
from the services' code: OpenAPI documents, grants, edges, AsyncAPI, CODEOWNERS, docs.
Derived files are committed; `filigree check` fails when one is stale.
"""
CHECK = """\
Check what must hold of all services together: derived files are fresh, the graph has
no cycle, every deadline fits its caller's, tries do not multiply, what is declared is
what the code calls. With --base, that no contract broke since that revision.
"""
EXPLAIN = """\
Say whether one service may call another: which line allows it, which operations, how
long, how often and why it is retried, when its breaker opens, and who must agree.

  filigree explain faq-management similarity-search
"""
NEW = """\
Make a service that works, is tested and keeps its budgets: declaration, code, test.

  filigree new calendar waiting-list
"""


def add(commands: Any) -> None:
    """Add these commands to the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    generate = commands.add_parser(
        "generate",
        help="write the derived files",
        description=GENERATE,
        formatter_class=raw,
    )
    generate.set_defaults(run=run_generate)

    check = commands.add_parser(
        "check",
        help="check declarations and contracts",
        description=CHECK,
        formatter_class=raw,
    )
    check.add_argument("--base", metavar="REVISION", help="compare contracts with it")
    check.set_defaults(run=run_check)

    explain = commands.add_parser(
        "explain",
        help="may one service call another?",
        description=EXPLAIN,
        formatter_class=raw,
    )
    explain.add_argument("caller", metavar="FROM", help="the service that calls")
    explain.add_argument("callee", metavar="TO", help="the service that is called")
    explain.set_defaults(run=run_explain)

    new = commands.add_parser(
        "new", help="make a service", description=NEW, formatter_class=raw
    )
    new.add_argument("domain", metavar="DOMAIN", help="one of its own, or a new one")
    new.add_argument("service", metavar="SERVICE", help="such as waiting-list")
    new.add_argument(
        "--port",
        type=int,
        metavar="PORT",
        help="by default the first free one from 8035",
    )
    new.set_defaults(run=run_new)


def run_generate(given: argparse.Namespace) -> int:
    module = importlib.import_module("filigree.generate")
    wrong = importlib.import_module("filigree.declarations").DeclarationError
    try:
        changed = module.generate(given.state.root)
    except (module.GenerateError, wrong) as exc:
        raise _told("not everything could be generated", exc) from exc
    for path in changed:
        print(path)
    print(f"{len(changed)} files changed" if changed else "everything is up to date")
    return 0


def run_check(given: argparse.Namespace) -> int:
    module = importlib.import_module("filigree.graph")
    report = module.check(given.state.root, given.base)
    for note in report.notes:
        print(note)
    for finding in report.findings:
        print(finding)
    return int(bool(report.findings))


def run_explain(given: argparse.Namespace) -> int:
    module = importlib.import_module("filigree.explain")
    try:
        found = module.explain(given.state.root, given.caller, given.callee)
    except module.UnknownServiceError as exc:
        raise MeshError(str(exc)) from exc
    print(found.text)
    return 0 if found.allowed else 1


def run_new(given: argparse.Namespace) -> int:
    module = importlib.import_module("filigree.scaffold")
    broken = importlib.import_module("filigree.generate").GenerateError
    root = given.state.root
    try:
        made = module.new(root, given.domain, given.service, given.port)
    except module.ScaffoldError as exc:
        raise MeshError(str(exc)) from exc
    except broken as exc:
        raise _told("it is made, but another service cannot be read", exc) from exc
    for path in (*made.written, *made.generated):
        print(path)
    print(made.next_steps, file=sys.stdout)
    return 0


def _told(what: str, exc: Exception) -> MeshError:
    return MeshError(what, *str(exc).splitlines())
