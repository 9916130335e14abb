"""The commands that start, show and stop a mesh: up, down, ps, restart, break."""

import argparse
import importlib
import json
import sys
from typing import Any

from filigree import cli_values

COMMANDS = ("up", "down", "ps", "restart", "break")
STATUS = cli_values.number(
    int, lambda it: 400 <= it <= 599, "a failure's status is between 400 and 599"
)
DELAY = cli_values.number(
    cli_values.seconds,
    lambda it: 0 < it <= 300,
    "a delay is above 0 and at most 300 seconds",
)

UP = """\
Start PostgreSQL, NATS, Envoy and the services; wait until all are ready; stay until
Ctrl-C, which stops everything again. State lives in .filigree/ and survives.

Each service listens on a socket; Envoy has its port, 8000 to 8034 plus the offset, and
lets through what is declared and nothing else.

  filigree up                          everything
  filigree up payment                  one domain, and whatever it calls
  filigree up slot-management --watch  one service; its new code takes over by itself
  filigree up --port-offset 1000       a second mesh beside the first
  DATABASE_URL=... filigree up         with a PostgreSQL of your own (NATS_URL as well)
"""
DOWN = "Stop the mesh and wait until it is gone. What it stored stays, unless --data."
PS = """\
Show every process: its state, how long it took to start, its memory (PSS: its share of
what is shared; RSS: all it sees; anon: what it has for itself), how often it started
again, and who has stopped calling it (breaker).
"""
RESTART = """\
Start a service anew, from its code and declaration as they are now; the old process
answers until the new one is ready. A wrong declaration restarts nothing.
"""
BREAK = """\
Break a service to see what its callers make of it. The failure stands before the
service, so retries, breakers and fallbacks work as they would in earnest.

  filigree break embedding-generation --error 503    every call fails
  filigree break embedding-generation --delay 3      every call takes 3 s longer
  filigree break embedding-generation --kill         its process dies, and starts again
  filigree break embedding-generation --pause        it hangs: takes calls, answers none
  filigree break embedding-generation --mend         as it was
"""


def add(commands: Any) -> None:
    """Add these commands to the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    up = commands.add_parser(
        "up", help="start the mesh", description=UP, formatter_class=raw
    )
    up.add_argument(
        "names",
        nargs="*",
        metavar="DOMAIN|SERVICE",
        help="with whatever those call; by default everything",
    )
    up.add_argument(
        "-d", "--detach", action="store_true", help="run in the background once ready"
    )
    up.add_argument(
        "--watch", action="store_true", help="renew what changes while it runs"
    )
    up.add_argument(
        "--no-demo", action="store_true", help="do not make the demo tenant"
    )
    up.set_defaults(run=run_up)

    down = commands.add_parser("down", help="stop the mesh", description=DOWN)
    down.add_argument("-q", "--quiet", action="store_true", help="print nothing")
    down.add_argument(
        "--data",
        action="store_true",
        help="remove its databases, events and logs, too; your env file stays",
    )
    down.set_defaults(run=run_down)

    ps = commands.add_parser(
        "ps",
        help="what runs: state, memory, breakers",
        description=PS,
        formatter_class=raw,
    )
    ps.add_argument("--json", action="store_true", help="for programs")
    ps.set_defaults(run=run_ps)

    restart = commands.add_parser(
        "restart",
        help="renew a service without a gap, or all of them, as declared now",
        description=RESTART,
    )
    restart.add_argument(
        "service",
        nargs="?",
        default="",
        metavar="SERVICE|ENGINE",
        help="by default every service",
    )
    restart.set_defaults(run=run_restart)

    broken = commands.add_parser(
        "break",
        help="make a service fail, to see what happens",
        description=BREAK,
        formatter_class=raw,
    )
    broken.add_argument(
        "service", metavar="SERVICE", help="an engine can be killed and paused"
    )
    how = broken.add_mutually_exclusive_group(required=True)
    how.add_argument("--kill", action="store_true", help="SIGKILL its process")
    how.add_argument("--pause", action="store_true", help="freeze its process")
    how.add_argument("--error", type=STATUS, metavar="STATUS", help="answer this")
    how.add_argument("--delay", type=DELAY, metavar="SECONDS", help="answer later")
    how.add_argument("--mend", action="store_true", help="undo all of these")
    broken.set_defaults(run=run_break)


def run_up(given: argparse.Namespace) -> int:
    up = importlib.import_module("filigree.up")
    wish = up.Wish(tuple(given.names), given.watch, not given.no_demo)
    if not given.detach:
        return up.foreground(given.state, wish)
    return up.detach(given.state, wish)


def run_down(given: argparse.Namespace) -> int:
    up = importlib.import_module("filigree.up")
    ran = up.down(given.state)
    if not given.quiet:
        print("everything is stopped" if ran else "nothing was running")
    if given.data:
        up.remove_data(given.state)
    return 0


def run_ps(given: argparse.Namespace) -> int:
    control = importlib.import_module("filigree.control")
    told = control.ask(given.state, "ps")
    if given.json:
        print(json.dumps(told, indent=2))
    else:
        importlib.import_module("filigree.ps").show(told, sys.stdout)
    return 0


def run_restart(given: argparse.Namespace) -> int:
    control = importlib.import_module("filigree.control")
    within = control.PATIENCE if given.service else control.ALL_OF_THEM
    print(control.ask(given.state, "restart", within, name=given.service))
    return 0


def run_break(given: argparse.Namespace) -> int:
    control = importlib.import_module("filigree.control")
    name = given.service
    if given.error or given.delay:
        fault = {"status": given.error, "delay": given.delay or 0.0}
        print(control.ask(given.state, "fault", name=name, **fault))
        return 0
    how = next(each for each in ("kill", "pause", "mend") if getattr(given, each))
    print(control.ask(given.state, how, name=name))
    return 0
