"""Where a message is heard: what is open, what there is, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import timex
import wording
from arranging import _offers as offering
from arranging._offers import Offer
from arranging._words import Words
from contracts.calendar.turns import Arrangement


@dataclass(frozen=True)
class Scene:
    """How it stands ``now`` (aware), what is offered, and which thing is ``expected``
    of the message, as ``Form.expected`` names it."""

    state: Arrangement
    offers: Sequence[Offer]
    expected: str
    now: datetime
    words: Words

    @property
    def listed(self) -> Sequence[Offer]:
        """What was asked about, where that was some of all there is."""
        among = [each for each in self.offers if each.name in self.state.among]
        return among or self.offers

    @property
    def locale(self) -> str:
        return self.state.language or "en"

    def zone(self, offer: Offer | None = None) -> ZoneInfo:
        """On whose clock it is spoken, of that *offer* where one is named."""
        return offering.zone_of(self.state, self.offers, offer)

    def untitled(self, text: str) -> str:
        """The text as a time is read of it: a title says none."""
        return offering.untitled(text, [each.title for each in self.offers])

    def plain(self, text: str) -> str:
        """The text as an answer is read of it: the title of what is open says nothing
        new."""
        open = [each.title for each in self.offers if each.name == self.state.service]
        return wording.Titles(open).without(text) if open else text

    def read(
        self, text: str, zone: ZoneInfo, since: datetime | None = None
    ) -> timex.Reading:
        """The time that it says by itself, told now, or at *since*."""
        home = ZoneInfo(self.state.home) if self.state.home else None
        return timex.read(text, since or self.now, zone, self.locale, home)
