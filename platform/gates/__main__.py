"""``python -m gates [--write] [ROOT]``."""

import argparse
import sys
from pathlib import Path

from filigree.declarations import DeclarationError
from gates import formatting, gate, layers, table


def main(arguments: list[str] | None = None) -> int:
    """Print the table and what breaks the budgets; 1 when anything does."""
    parser = argparse.ArgumentParser("gates", description="The budgets of services.")
    parser.add_argument("root", nargs="?", type=Path, default=Path())
    parser.add_argument(
        "--write", action="store_true", help=f"write {table.PATH} and {layers.PATH}"
    )
    given = parser.parse_args(arguments)
    root = given.root.resolve()
    try:
        if given.write:
            (root / table.PATH).parent.mkdir(parents=True, exist_ok=True)
            (root / table.PATH).write_text(gate.run(root).document, "utf-8")
            (root / layers.PATH).write_text(layers.configuration(root), "utf-8")
        result = gate.run(root)
    except (DeclarationError, SyntaxError) as exc:
        print(exc, file=sys.stderr)
        return 1
    print(result.document)
    for heading, lines in result.reviews.items():
        print(f"For the reviewer: {heading}: {len(lines)}")
        print("".join(f"  {line}\n" for line in lines), end="")
    violations = [
        *result.violations,
        *formatting.unformatted(root),
        *layers.stale(root),
        *layers.broken(root),
    ]
    for line in violations:
        print(f"BROKEN {line}", file=sys.stderr)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
