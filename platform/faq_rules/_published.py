"""Published entries: those that a question may ask, with how near each comes.

A business has a few dozen, which are remembered: comparing them here takes less than
asking the database, and every message of a customer is a question.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from contracts.knowledge.faqs import Faq, MatchRequest, NewFaq
from similarity import cosines

FEW = 50  # entries that are remembered, and as many as a search finds
LARGEST = 50_000  # characters of all of them
PUBLISHED = {"state": "published"}

Embed = Callable[[list[str]], Awaitable[list[str]]]


class Near(NamedTuple):
    """An entry and the cosine of its vector and a question's, None without either."""

    entry: Faq
    cosine: float | None


class Few(NamedTuple):
    """All of a business's published entries, with the vectors of their wordings."""

    entries: list[Faq]
    vectors: list[str]


def wording(entry: NewFaq) -> str:
    """What an entry is found by: how it may be asked, not how it is answered."""
    return "\n".join([entry.question, *entry.variants])


class Published:
    """``faqs`` is their collection, ``embed`` makes vectors. The *platform* remembers
    for a moment what another process may change (Remembered), and raises Problem where
    there is nobody to ask."""

    def __init__(self, faqs: Any, embed: Embed, platform: Any) -> None:
        self._faqs, self._embed, self._away = faqs, embed, platform.Problem
        self._known = platform.Remembered(seconds=2.0, most=30)
        faqs.watch(self._known.forget)

    async def near(
        self, tenant: str, asked: MatchRequest
    ) -> tuple[list[Near], str | None]:
        """The *tenant*'s entries that may ask what is *asked*, in no order; and why
        that was decided by words alone, if it was."""
        vector, degraded = asked.vector, None
        try:
            vector = vector or (await self._embed([asked.question]))[0]
        except self._away:
            degraded = "embedding-generation is away: matched by words alone"
        few = await self._few(tenant) if vector else None
        if vector is None or few is None:
            return await self._sought(asked, vector), degraded
        each = zip(few.entries, cosines(vector, few.vectors), strict=True)
        return [Near(*e) for e in each if asked.category in (None, e[0].category)], None

    async def _sought(self, asked: MatchRequest, vector: str | None) -> list[Near]:
        wanted = PUBLISHED | ({"category": asked.category} if asked.category else {})
        about = {"text": asked.question, "vector": vector, "filter": wanted, "k": FEW}
        found = await self._faqs.search(**about)
        return [Near(Faq.model_validate(hit.body), hit.cosine) for hit in found.hits]

    async def _few(self, tenant: str) -> Few | None:
        try:
            return await self._known.get(tenant, self._read)
        except self._away:
            return None

    async def _read(self) -> Few | None:
        """None where they are too many to be remembered."""
        found = await self._faqs.matching(PUBLISHED, limit=FEW + 1)
        words = [wording(entry) for entry in found]
        said = sum(len(entry.answer) for entry in found) + sum(map(len, words))
        if len(found) > FEW or said > LARGEST:
            return None
        return Few(found, await self._embed(words) if words else [])
