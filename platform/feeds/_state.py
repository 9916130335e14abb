"""Follow a state: the whole of it, and then what becomes of its members."""

import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from feeds._follow import Event, woken
from feeds._signals import Signals

POLL = 5.0  # seconds without a signal after which one looks anyway
State = Mapping[str, Any]


def follow_state(
    signals: Signals,
    topic: str,
    read: Callable[[], Awaitable[State]],
    last: str | None,
    poll: float = POLL,
) -> AsyncIterator[Event]:
    """Events (name, data, mark): ``state`` with all members by name, then ``changed``
    with those that are new or different, and ``removed`` with a list of names.

    *read* is asked after every signal, and after *poll* seconds without. *last* is the
    mark of the state that one knows: while it is this one, it is not told again.
    Crowded comes at once.
    """
    signals.require_room()
    return _following(signals, topic, read, last, poll)


async def _following(
    signals: Signals,
    topic: str,
    read: Callable[[], Awaitable[State]],
    last: str | None,
    poll: float,
) -> AsyncIterator[Event]:
    with signals.listening(topic) as ear:
        known = dict(await read())
        if _mark(known) != last:
            yield "state", known, _mark(known)
        while True:
            await woken(ear, poll)
            ear.clear()
            found = dict(await read())
            for name, data in _difference(known, found):
                yield name, data, _mark(found)
            known = found


def _difference(known: State, found: State) -> list[tuple[str, Any]]:
    changed = {k: v for k, v in found.items() if k not in known or known[k] != v}
    removed = sorted(known.keys() - found.keys())
    both = (("removed", removed), ("changed", changed))
    return [(name, data) for name, data in both if data]


def _mark(state: State) -> str:
    text = json.dumps(state, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
