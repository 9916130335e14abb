"""How an e-mail begins. The reader of the rest takes megabytes."""

import re

_HEADER = re.compile(r"([A-Za-z][\w-]*):[ \t]*\S")
_TELLING = frozenset(
    "from to subject date message-id mime-version received return-path".split()
)
_OF_ITS_BODY = frozenset(("content-type", "content-transfer-encoding"))
_LINES = 60


def is_there(sample: str) -> bool:
    """Whether a text begins with the head of a message."""
    names = set()
    # A mailbox of one message has a line of its own before that.
    start = sample.find("\n") + 1 if sample.startswith("From ") else 0
    for line in sample[start:].split("\n")[:_LINES]:
        if found := _HEADER.match(line):
            names.add(found[1].lower())
        elif not line.startswith((" ", "\t")):
            break
    telling = len(names & _TELLING)
    return telling > 1 and telling + len(names & _OF_ITS_BODY) > 2
