"""Published entries: those that a question may ask, with how near each comes.

A business has a few dozen, which are remembered: comparing them here takes less than
asking the database, and every message of a customer is a question.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from contracts.knowledge.faqs import Faq, MatchRequest, NewFaq
from contracts.knowledge.search import Embeddings
from similarity import beyond, cosines

FEW = 50  # entries that are remembered, and as many as a search finds
LARGEST = 50_000  # characters of all of them
PUBLISHED = {"state": "published"}

Embed = Callable[[list[str]], Awaitable[Embeddings]]


class Near(NamedTuple):
    """An entry and how far the cosine of its vector and a question's is beyond chance,
    None without either."""

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
        degraded = None
        try:
            asked = await self._with_vector(asked)
        except self._away:
            degraded = "embedding-generation is away: matched by words alone"
        few = await self._few(tenant) if asked.vector else None
        if asked.vector is None or few is None:
            return await self._sought(asked), degraded
        each = zip(few.entries, cosines(asked.vector, few.vectors), strict=True)
        return [
            Near(entry, beyond(cosine, asked.chance))
            for entry, cosine in each
            if asked.category in (None, entry.category)
        ], None

    async def _with_vector(self, asked: MatchRequest) -> MatchRequest:
        if asked.vector:
            return asked
        given = await self._embed([asked.question])
        told = {"vector": given.vectors[0], "chance": given.chance}
        return asked.model_copy(update=told)

    async def _sought(self, asked: MatchRequest) -> list[Near]:
        wanted = PUBLISHED | ({"category": asked.category} if asked.category else {})
        about = {"text": asked.question, "vector": asked.vector}
        found = await self._faqs.search(**about, filter=wanted, k=FEW)
        return [
            Near(
                Faq.model_validate(hit.body),
                None if hit.cosine is None else beyond(hit.cosine, asked.chance),
            )
            for hit in found.hits
        ]

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
        return Few(found, (await self._embed(words)).vectors if words else [])
