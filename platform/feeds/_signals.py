"""Signals: waking those who wait for a topic, and counting the changes of each."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

TOPICS = 10_000  # whose counts are kept apart


class Crowded(Exception):
    """There are as many watchers as there may be."""


class Signals:
    """At most *most* watchers; those of all topics share one event loop."""

    def __init__(self, most: int) -> None:
        self._most, self._count = most, 0
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._epochs: dict[str, int] = {}
        self._floor = self._clock = 0

    def require_room(self) -> None:
        """Crowded when nobody else may watch."""
        if self._count >= self._most:
            raise Crowded(f"there are {self._most} watchers already")

    @contextmanager
    def listening(self, topic: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever *topic* is woken; Crowded."""
        self.require_room()
        ear = asyncio.Event()
        self._waiting.setdefault(topic, set()).add(ear)
        self._count += 1
        try:
            yield ear
        finally:
            self._count -= 1
            self._waiting[topic].discard(ear)
            if not self._waiting[topic]:
                del self._waiting[topic]

    def wake(self, topic: str | None = None) -> None:
        """Tell the watchers of *topic*, of all topics by default, that it changed."""
        self._clock += 1
        if topic is None or len(self._epochs) >= TOPICS:
            self._epochs.clear()
            self._floor = self._clock
        if topic is not None:
            self._epochs[topic] = self._clock
        topics = list(self._waiting) if topic is None else [topic]
        for each in topics:
            for ear in self._waiting.get(each, ()):
                ear.set()

    def epoch(self, topic: str) -> int:
        """A number that is another one after each change of *topic*."""
        return self._epochs.get(topic, self._floor)
