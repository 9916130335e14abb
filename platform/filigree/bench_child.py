"""``python -m filigree.bench_child MODULE SOCKET``: one service, and nothing else.

It imports nothing of the benchmark's, whose memory would be taken for the service's.
"""

import importlib
import sys


def main(module: str, socket: str) -> None:
    served = importlib.import_module(module)
    importlib.import_module("chassis").serve(served.app, uds=socket)


if __name__ == "__main__":
    main(*sys.argv[1:])
