"""Ask services until each has answered: ``python ask.py URL ...``, in any image.

The request is a tenant's, with a token that the mesh's keys sign, so that an answer
says that the way there, the service and what it calls are in order. Ends with 1 when
one of them has not answered within a minute.
"""

import sys
import time
import urllib.request
from collections.abc import Iterable

from chassis._context import Context, mint

DEADLINE = 60.0  # seconds for all of them
PAUSE = 1.0
NOBODY = Context(tenant="helm-test", subject="helm-test", roles=("owner",), actor="ask")


def answers(url: str) -> bool:
    """Whether *url* answers below 400, said on standard output."""
    request = urllib.request.Request(url, headers={"X-Internal-Token": mint(NOBODY)})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            print("answered:", url, answer.status, flush=True)
    except OSError as error:
        print("not yet:", url, error, flush=True)
        return False
    return True


def unanswered(urls: Iterable[str], deadline: float = DEADLINE) -> set[str]:
    """Those that have not answered when *deadline* seconds are over."""
    waiting, until = set(urls), time.monotonic() + deadline
    while waiting and time.monotonic() < until:
        waiting = {url for url in sorted(waiting) if not answers(url)}
        time.sleep(PAUSE if waiting else 0)
    return waiting


if __name__ == "__main__":
    left = unanswered(sys.argv[1:])
    sys.exit(f"never answered: {sorted(left)}" if left else 0)
