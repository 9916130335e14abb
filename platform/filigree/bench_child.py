"""``python -m filigree.bench_child MODULE SOCKET``: one service, and nothing else.

It imports nothing of the benchmark's, whose memory would be taken for the service's;
the chassis first, as an image does.
"""

import importlib
import sys

import chassis


def main(module: str, socket: str) -> None:
    chassis.serve(importlib.import_module(module).app, uds=socket)


if __name__ == "__main__":
    main(*sys.argv[1:])
