"""Search and embeddings: the questions and the answers of two services."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from contracts.closed import Body, Closed
from contracts.infrastructure.database import Language, Term, Vector
from contracts.knowledge.documents import DEFAULT_BASE
from contracts.names import Id
from contracts.texts import Said


class EmbeddingRequest(Body):
    """Up to 512 texts, embedded in their order."""

    texts: Annotated[
        list[Annotated[str, Field(max_length=20_000)]],
        Field(min_length=1, max_length=512),
    ]
    model: str | None = None


class Embeddings(BaseModel):
    """One unit vector for each text, base64 of little-endian float32.

    ``chance`` is the cosine of texts that have nothing in common, by this model: what
    a cosine says is how far it is beyond that.
    """

    model: str
    dimensions: int
    vectors: list[Vector]
    chance: Annotated[float, Field(ge=0, lt=1)] = 0.0


class SearchRequest(Closed):
    """A question in words, or a vector. ``min_score`` applies to the returned score.
    ``chance`` is as told with the vector.

    ``filters`` is in database-operations' filter language over a chunk's fields.
    ``weight`` is the text's share of the score; ``diversity`` 0 ranks by score alone,
    1 avoids what was already said. ``language``: that of the words, else they tell it,
    or where they do not the first language of the base.
    """

    query: Annotated[str, Field(max_length=4000)] | None = None
    vector: Vector | None = None
    chance: Annotated[float, Field(ge=0, lt=1)] = 0.0
    knowledge_base_id: Id = DEFAULT_BASE
    k: Annotated[int, Field(ge=1, le=100)] = 10
    min_score: Annotated[float, Field(ge=0, le=1)] | None = None
    filters: dict[Annotated[str, Field(max_length=500)], Any] = {}
    weight: Annotated[float, Field(ge=0, le=1)] | None = None
    diversity: Annotated[float, Field(ge=0, le=1)] = 0.0
    language: Language | None = None

    @model_validator(mode="after")
    def _something_to_look_for(self) -> "SearchRequest":
        if self.vector is None and not (self.query or "").strip():
            raise ValueError("a search needs a query or a vector")
        return self


class SearchQuery(BaseModel):
    """The same in a query string: words, and what is most often said beside them."""

    q: Annotated[Said, Field(max_length=4000)]
    knowledge_base_id: Id = DEFAULT_BASE
    base: Annotated[Id | None, Field(description="knowledge_base_id of old")] = None
    k: Annotated[int, Field(ge=1, le=100)] = 10
    min_score: Annotated[float, Field(ge=0, le=1)] | None = None


class Result(BaseModel):
    """A chunk with its score in 0..1, and what the score is made of.

    It begins on ``page``; ``page_starts``: where in ``text`` others begin, and which.
    Of several sections ``section`` is what they share; ``section_starts``: where each
    begins, and its own path.
    """

    chunk_id: str
    document_id: str
    title: str
    section: str
    text: str
    score: float
    bm25: float | None = None
    cosine: float | None = None
    page: int | None = None
    page_starts: list[tuple[int, int]] = []
    section_starts: list[tuple[int, list[str]]] = []
    tags: list[str] = []


class SearchResults(BaseModel):
    """Best first. ``degraded`` names what was not available, None when all was."""

    results: list[Result]
    degraded: str | None = None
    terms: list[Term] = []
    ideal: float = 0.0
    documents: int = 0


# How often words are in all documents of a base, also in those for staff alone.
STATISTICS = {"terms", "ideal", "documents"}


class RankRequest(Body):
    """Candidates to order by cosine with a query, all base64 float32 vectors."""

    query: Vector
    candidates: Annotated[dict[str, Vector], Field(min_length=1, max_length=1000)]


class Ranked(BaseModel):
    id: str
    score: float


class Ranking(BaseModel):
    ranking: list[Ranked]


class EmbeddingModel(BaseModel):
    """The model whose vectors are stored and asked with."""

    model: str
    dimensions: int
    provider: str


class EmbeddingUse(BaseModel):
    """The model that all of a tenant's vectors are of."""

    model: str
