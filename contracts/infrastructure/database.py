"""What every service and database-operations agree on.

Times are UTC, second precision, spelt ``2026-01-31T09:00:00Z``: mixed offsets would
break the text order that filters and sorts rely on. Vectors travel as base64 of
little-endian float32; as JSON numbers they would be slow and three times as large.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from contracts.closed import Closed
from contracts.moments import WallMoment

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Key = Annotated[str, Field(min_length=1, max_length=200)]
Language = Literal["simple", "english", "german", "french", "spanish"]
Vector = Annotated[str, Field(description="base64 of little-endian float32")]
ANY = -1  # the version of whatever is there, so long as something is
Version = int | list[int]  # or one of several


def is_at(version: Version | None, current: int) -> bool:
    """Whether a document at *current* (0: there is none) is as a change wants it."""
    if isinstance(version, list):
        return current in version
    return version in (None, current) or (version == ANY and current > 0)


class Document(BaseModel):
    """A stored document; ``version`` is its ETag, never used twice in a database."""

    id: str
    version: int
    body: dict[str, Any]


class Index(Closed):
    """By what a document is found in ``search``: its words, its vector, or both.

    ``space`` is the unit of BM25 statistics and of nearest neighbours, such as one
    knowledge base.
    """

    space: Annotated[str, Field(max_length=200)] = ""
    text: str | None = None
    language: Language = "english"
    vector: Vector | None = None


class Write(Closed):
    """A document, and by what it may be found.

    ``unique``: no two live documents of a collection share one of these keys.
    ``ttl``: seconds until the document is gone, None for ever.
    ``index``: None leaves the index entry of an existing document as it is when
    patching, and removes it when putting.
    """

    body: dict[str, Any]
    unique: Annotated[list[Key], Field(max_length=1000)] = []
    ttl: Annotated[float, Field(gt=0)] | None = None
    index: Index | None = None


class Patch(Closed):
    """An RFC 7396 merge patch of the body; ``ttl`` replaces if given.

    ``index``, if given, replaces the sides that it has. A side that is None stays as it
    was while the space is the same: so a vector can be added to indexed words. Given
    alone, it leaves the document at its version.
    """

    body: dict[str, Any] = {}
    ttl: Annotated[float, Field(gt=0)] | None = None
    index: Index | None = None


class Change(Closed):
    """One step of a transaction.

    ``version``: None is any, 0 is "must not exist", -1 "must exist", another must be
    the current one; of several, one must.
    ``document`` is the Write of a put; ``patch`` the Patch of a patch. ``filter``, for
    op ``delete-all`` alone, deletes every document of the collection that it matches.
    """

    op: Literal["put", "patch", "delete", "assert", "delete-all"]
    collection: Name
    id: Key = "-"
    version: Version | None = None
    document: Write | None = None
    patch: Patch | None = None
    filter: dict[str, Any] | None = None


class Event(Closed):
    """An event to publish when the transaction commits.

    ``deliver_at`` delays it; ``cancel_key`` lets a later transaction take it back.
    """

    id: Key
    type: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$")]
    source: Name
    data: dict[str, Any]
    subject: str | None = None
    traceparent: str | None = None
    deliver_at: WallMoment | None = None
    cancel_key: Key | None = None


class Transaction(Closed):
    """All the changes and all the events, or none of them.

    ``cancel``: cancel keys whose events, while not yet published, are dropped.
    """

    changes: Annotated[list[Change], Field(max_length=20_000)] = []
    events: Annotated[list[Event], Field(max_length=100)] = []
    cancel: Annotated[list[Key], Field(max_length=100)] = []


class Committed(BaseModel):
    """The version that each change left, in their order; None after a deletion."""

    versions: list[int | None]


class Sort(Closed):
    path: str
    descending: bool = False


class Measure(Closed):
    """An aggregate over each group: of a number at ``path``, or a count without.

    It is worked out in decimals. A whole number is told exactly, however large (so a
    sum of minor units is); another as the float that is nearest to it.
    """

    function: Literal["count", "sum", "avg", "min", "max"]
    path: str | None = None


class Query(Closed):
    """Documents of one collection that match, a page at a time.

    ``fields`` keeps only these paths of each body; ``count`` adds the total number of
    matches; ``group`` or ``measures`` answer with groups instead of documents: at most
    1,000, largest first, and a count where no measure is asked for. A page may end
    before its limit when its documents are large: only a missing cursor is the end.
    """

    filter: dict[str, Any] = {}
    sort: Annotated[list[Sort], Field(max_length=3)] = []
    fields: Annotated[list[str], Field(max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: str | None = None
    count: bool = False
    group: Annotated[list[str], Field(max_length=3)] = []
    measures: Annotated[dict[str, Measure], Field(max_length=20)] = {}


class Group(BaseModel):
    keys: list[Any]
    measures: dict[str, int | float | None]


class Page(BaseModel):
    """``cursor`` continues behind the last item; None when this is the last page."""

    items: list[Document] = []
    cursor: str | None = None
    count: int | None = None
    groups: list[Group] | None = None


class Search(Closed):
    """Text, a vector, or both, in one space; ``weight`` is the text's share.

    ``scale`` says what the score is in parts of: ``found``, the best and the worst of
    what was found, or ``ideal``, the BM25 that no document exceeds and a cosine of 1.
    Only the latter compares across searches.
    """

    text: Annotated[str, Field(max_length=4000)] | None = None
    language: Language = "english"
    vector: Vector | None = None
    space: Annotated[str, Field(max_length=200)] = ""
    filter: dict[str, Any] = {}
    k: Annotated[int, Field(ge=1, le=200)] = 10
    weight: Annotated[float, Field(ge=0, le=1)] = 0.5
    scale: Literal["found", "ideal"] = "found"
    with_vectors: bool = False


class Hit(Document):
    """A match with its raw BM25 and cosine, whichever side found it.

    None: that side was not asked for, or the document has no words or no vector there.
    ``score`` is both sides scaled to 0..1 as the search says, and mixed by weight.
    """

    bm25: float | None
    cosine: float | None
    score: float
    vector: Vector | None = None


class Term(BaseModel):
    """A stemmed term of the query: how many documents of the space hold it."""

    term: str
    documents: int
    idf: float


class Found(BaseModel):
    """``ideal`` is the BM25 that no document can exceed: it makes scores absolute."""

    hits: list[Hit]
    terms: list[Term]
    ideal: float
    documents: int
