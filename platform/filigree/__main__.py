"""Where ``filigree`` begins: from the first import, Ctrl-C ends it in silence."""

import sys


def main() -> int:
    """Run one command and return its exit code."""
    try:
        from filigree import cli

        return cli.main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
