"""``filigree``: the command line of the platform.

Each command is a function from the parsed arguments to an exit code; it imports what
it needs when it runs, so that ``--help`` is instant. Exit codes: 0 done, 1 not done or
not so, 2 misused, 130 interrupted.
"""

import argparse
import errno
import importlib
import io
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from filigree import cli_cluster, cli_contracts, cli_mesh, cli_tools
from filigree.mesh_error import MeshError

DESCRIPTION = """\
Filigree: ultra-granular services on a mesh, on a laptop as in a cluster.

  the mesh        up, down, ps, logs, call, restart, break, doctor
  contracts       generate, check, explain, new
  the cluster     secrets, admitted
  the demo        demo, bench
"""
EPILOG = """\
A first look:
  filigree up --detach              start everything, come back when it is ready
  filigree ps                       what runs, how much memory it takes, what is broken
  filigree logs -f                  everything that happens, as it happens
  filigree explain A B              may A call B, on what terms, and who decides
`filigree COMMAND --help` says more about each.
"""


class Parser(argparse.ArgumentParser):
    """Suggests the command that was probably meant."""

    def error(self, message: str) -> NoReturn:
        if typed := re.match(r"argument COMMAND: invalid choice: '(.*?)'", message):
            near = get_close_matches(typed[1], COMMANDS, 1)
            meant = f" Did you mean `filigree {near[0]}`?" if near else ""
            message = f"there is no command {typed[1]!r}.{meant}"
        self.exit(
            2, f"{self.prog}: {message}\n{self.prog} --help lists what there is\n"
        )


class ShowVersion(argparse.Action):
    """Tells which release this is; only who asks waits for that to be looked up."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"filigree {version('filigree')}")
        parser.exit()


# What the disk or its owner does not allow, whatever is done there.
UNWRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT)
PARTS = (cli_mesh, cli_tools, cli_contracts, cli_cluster)
COMMANDS = tuple(name for part in PARTS for name in part.COMMANDS)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = Parser(
        "filigree",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument(
        "--root",
        type=Path,
        metavar="FOLDER",
        help="the repository; by default the one that the working folder is in",
    )
    top.add_argument(
        "--port-offset",
        type=_offset,
        default=os.environ.get("FILIGREE_PORT_OFFSET") or "0",
        metavar="N",
        help="which mesh: each offset has ports, data and processes of its own "
        "(FILIGREE_PORT_OFFSET)",
    )
    top.add_argument(
        "--version", action=ShowVersion, nargs=0, help="which release this is"
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True, title="commands")
    for part in PARTS:
        part.add(commands)
    return top


def _offset(text: str) -> int:
    """0, or so many ports further that no other mesh's are met."""
    with suppress(ValueError):
        if 0 <= (offset := int(text)) <= 57_000:
            return offset
    raise argparse.ArgumentTypeError(f"{text!r} is no number between 0 and 57000")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _speak_in_any_encoding()
    given = list(sys.argv[1:] if arguments is None else arguments)
    parsed = parser().parse_args(_hoisted(given))
    state = importlib.import_module("filigree.state")
    try:
        root = state.find_root((parsed.root or Path.cwd()).resolve())
        parsed.state = state.State(root, parsed.port_offset)
        return parsed.run(parsed)
    except MeshError as exc:
        print(f"filigree: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as exc:
        if exc.errno not in UNWRITABLE:
            raise
        place = f"{exc.filename} cannot be written: " if exc.filename else ""
        print(f"filigree: {place}{exc.strerror}", file=sys.stderr)
        return 1


def _speak_in_any_encoding() -> None:
    """A terminal or pipe without a sign such as ✓ gets a question mark for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _hoisted(given: list[str]) -> list[str]:
    """Let --root and --port-offset stand anywhere, as people write them."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(given)
    for word in words:
        name, equals, _ = word.partition("=")
        if name not in ("--root", "--port-offset"):
            rest.append(word)
            continue
        front.append(word)
        if not equals:
            front.extend(value for value in [next(words, None)] if value is not None)
    return front + rest


if __name__ == "__main__":
    sys.exit(main())
