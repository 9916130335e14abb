"""The commands that speak to a mesh or look into it: call, logs, doctor, demo."""

import argparse
import importlib
from typing import Any

from filigree import cli_values
from filigree.mesh_error import MeshError

COMMANDS = ("call", "logs", "doctor", "demo", "bench")
SECONDS = cli_values.number(
    cli_values.seconds,
    lambda it: 0 < it <= 3600,
    "{!r} is no number of seconds up to 3600",
)
COUNT = cli_values.number(int, lambda it: it >= 0, "{!r} is no number of lines")

CALL = """\
Call an operation through the mesh, as a tenant. By default the call comes from the
operator, who may call everything; with --as it comes from a service, and what that has
not declared is refused: the quickest way to see a 403.

  filigree call slot-management GET '/api/v1/slots?from=2026-03-02' --tenant t1
  filigree call faq-management POST /api/v1/faqs --data '{"question": "…"}' --key k1
  filigree call payment-intent GET /api/v1/payment-intents/1 --as faq-management
  filigree call document-processing POST /api/v1/documents --data @handbook.pdf

The body goes to standard output, status and time to standard error. Exit code 0 means
a status below 400.
"""
LOGS = """\
Show what the services say, oldest first.

  filigree logs                         the last lines of all services
  filigree logs api-gateway -f          one service, as it happens
  filigree logs --level warning         what went wrong
  filigree logs --trace 4bf92f35        one request, through every service, as a tree
"""
DEMO = """\
Upload a dental clinic's documents, ask questions as one of its customers, and show the
answers, their sources, the pipeline's log and the trace. The mesh has to run.

  filigree demo
  filigree demo --ask 'Can I pay in instalments?'
"""
BENCH = """\
Measure a mesh of its own, beside whatever runs; the figures go to docs/benchmarks.md.

  filigree bench               up, startup, memory, hop, search, plan, chat
  filigree bench hop chat      some of them
  filigree bench search --large
"""
DOCTOR = "Look at the machine and the checkout, and say what would keep a mesh from it."


def add(commands: Any) -> None:
    """Add these commands to the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    call = commands.add_parser(
        "call", help="call an operation", description=CALL, formatter_class=raw
    )
    call.add_argument("service", metavar="SERVICE", help="who is called")
    call.add_argument("method", metavar="METHOD", type=str.upper, help="GET, POST, …")
    call.add_argument("path", metavar="PATH", help="with its query, such as /a?b=c")
    call.add_argument("--tenant", help="by default the demo's")
    call.add_argument("--subject", default="operator", help="the user it is done for")
    call.add_argument(
        "--role", action="append", metavar="ROLE", help="repeat it; by default owner"
    )
    call.add_argument("--data", metavar="JSON|@FILE|-", help="the body")
    call.add_argument("--key", help="the Idempotency-Key")
    call.add_argument(
        "--header", action="append", default=[], metavar="NAME:VALUE", help="repeat it"
    )
    call.add_argument(
        "--as",
        dest="caller",
        default="operator",
        metavar="CALLER",
        help="the service that calls; by default the operator",
    )
    call.add_argument(
        "--timeout",
        type=SECONDS,
        default=60.0,
        metavar="SECONDS",
        help="by default 60",
    )
    call.set_defaults(run=run_call)

    logs = commands.add_parser(
        "logs", help="what the services say", description=LOGS, formatter_class=raw
    )
    logs.add_argument(
        "services", nargs="*", metavar="SERVICE", help="by default all, but no engine"
    )
    logs.add_argument("-f", "--follow", action="store_true", help="go on showing")
    logs.add_argument(
        "-n", "--lines", type=COUNT, default=50, help="how many at first, by default 50"
    )
    logs.add_argument("--trace", metavar="ID", help="the beginning of an id is enough")
    logs.add_argument(
        "--level",
        default="info",
        choices=("debug", "info", "warning", "error", "critical"),
        help="from this level upwards, by default info",
    )
    logs.add_argument("--json", action="store_true", help="the lines as they are")
    logs.set_defaults(run=run_logs)

    doctor = commands.add_parser(
        "doctor", help="what would keep a mesh from starting", description=DOCTOR
    )
    doctor.set_defaults(run=run_doctor)

    demo = commands.add_parser(
        "demo",
        help="the demo business: load it, ask it",
        description=DEMO,
        formatter_class=raw,
    )
    demo.add_argument(
        "--ask", metavar="QUESTION", help="instead of the demo's own questions"
    )
    demo.add_argument("--seed", action="store_true", help="only make its tenant")
    demo.set_defaults(run=run_demo)

    bench = commands.add_parser(
        "bench",
        help="measure speed and memory",
        description=BENCH,
        formatter_class=raw,
    )
    bench.add_argument("names", nargs="*", metavar="PART", help="by default all")
    bench.add_argument(
        "--large", action="store_true", help="search 100,000 chunks, too"
    )
    bench.set_defaults(run=run_bench)


def run_call(given: argparse.Namespace) -> int:
    module = importlib.import_module("filigree.call")
    asked = module.Asked(
        given.service,
        given.method,
        given.path,
        given.tenant,
        given.subject,
        tuple(given.role or ("owner",)),
        given.data,
        given.key,
        tuple(given.header),
        given.caller,
        given.timeout,
    )
    return module.call(given.state, asked)


def run_logs(given: argparse.Namespace) -> int:
    module = importlib.import_module("filigree.logs")
    wanted = module.Wanted(
        tuple(given.services), given.level, given.trace, given.lines, given.json
    )
    return module.show(given.state, wanted, follow=given.follow)


def run_doctor(given: argparse.Namespace) -> int:
    return importlib.import_module("filigree.doctor").examine(given.state)


def run_demo(given: argparse.Namespace) -> int:
    demo = importlib.import_module("filigree.demo")
    if given.seed:
        demo.seed(given.state)
        return 0
    return demo.run(given.state, given.ask)


def run_bench(given: argparse.Namespace) -> int:
    try:
        module = importlib.import_module("filigree.bench")
    except ModuleNotFoundError as exc:
        raise MeshError("this checkout has no benchmark") from exc
    return module.run(given.state, given.names, large=given.large)
