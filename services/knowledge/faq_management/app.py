"""FAQ management: a business's own answers to what it is asked most.

Calls      embedding-generation, database-operations
Publishes  faq.saved, and consumes it to give the entry its vector
Consumes   question.unanswered

An entry is found by its words as soon as it is saved, and by its meaning a moment
later; a draft or an archived one never reaches a customer. Without vectors, matching
goes on by words and says so.
"""

import hashlib
from datetime import datetime

from fastapi import Response

import chassis
import evidence
import records
from contracts.infrastructure.database import Found, Hit, Index, Measure, Sort
from contracts.knowledge import faqs as contract
from contracts.knowledge.events import FaqSaved, QuestionUnanswered
from contracts.knowledge.faqs import Faq, Match, Matches, NewFaq, Suggestion
from contracts.knowledge.search import Embeddings

STAFF = ("owner", "admin", "agent")
ANYONE_READS = chassis.policy(retry="read", public=True)
STAFF_READS = chassis.policy(retry="read", public=True, roles=STAFF)
STAFF_WRITES = chassis.policy(retry="keyed", public=True, roles=STAFF)
MOST = 1000  # entries of one import or export

embedding = chassis.upstream("embedding-generation")
faqs = chassis.collection("faqs", Faq)
suggestions = chassis.collection("suggestions", Suggestion)
router = chassis.router("/api/v1/faqs", tags=["faq-management"])


def identify(question: str) -> str:
    """The id of a question: asked again in other case and spacing, it is the same."""
    folded = " ".join(question.casefold().split()).rstrip("?!. ")
    return hashlib.sha256(folded.encode()).hexdigest()[:24]


def wording(faq: NewFaq) -> str:
    """What an entry is found by: how it may be asked, not how it is answered."""
    return "\n".join([faq.question, *faq.variants])


def save(id: str, given: NewFaq, now: datetime, known: Faq | None = None) -> Faq:
    """Store an entry under its words; its vector follows the event."""
    since = known.created_at if known else now
    faq = Faq(**given.model_dump(), id=id, created_at=since, updated_at=now)
    faqs.put(id, faq, index=Index(text=wording(faq)))
    chassis.publish(FaqSaved(faq_id=id, wording=wording(faq)))
    return faq


def confidence(hit: Hit, found: Found, share: float) -> float:
    """How sure it is that an entry asks the same, 0..1."""
    return evidence.score(hit.bm25 or 0.0, found.ideal, hit.cosine or 0.0, share)


async def vector_of(text: str) -> str:
    given = await embedding.call("embed", Embeddings, json={"texts": [text]})
    return given.vectors[0]


@router.post("", status_code=201, **STAFF_WRITES)
async def create_faq(given: NewFaq, now: chassis.Now) -> Faq:
    """Add an entry; Conflict when its question is there already."""
    if await faqs.find(id := identify(given.question)):
        raise chassis.Conflict(f"faq {id} asks the same", code="FAQ_EXISTS")
    return save(id, given, now)


@router.get("", **ANYONE_READS)
async def list_faqs(
    paging: chassis.Paged,
    category: str | None = None,
    state: contract.State | None = None,
) -> chassis.Page[Faq]:
    """Entries by falling priority."""
    wanted = chassis.given(category=category, state=state)
    return await faqs.page(paging, wanted, [Sort(path="priority", descending=True)])


@router.get("/categories", **ANYONE_READS)
async def list_categories() -> dict[str, int]:
    """Every category with the number of its entries."""
    count = {"entries": Measure(function="count")}
    found = await faqs.query(group=["category"], measures=count)
    return {str(g.keys[0]): int(g.measures["entries"] or 0) for g in found.groups or []}


@router.get("/suggestions", **STAFF_READS)
async def list_suggestions(paging: chassis.Paged) -> chassis.Page[Suggestion]:
    """What customers asked and nothing answered, most often asked first."""
    return await suggestions.page(paging, {}, [Sort(path="asked", descending=True)])


@router.get("/export", **STAFF_READS)
async def export_faqs(format: records.Kind = "json") -> Response:
    """All entries as a file that an import takes back."""
    every = await faqs.matching(sort=[Sort(path="question")], limit=MOST)
    body = records.write(every, format, NewFaq)
    return Response(body, media_type=records.MEDIA[format])


@router.post("/import", **STAFF_WRITES)
async def import_faqs(upload: chassis.Uploaded, now: chassis.Now) -> contract.Imported:
    """Add or replace entries from CSV or JSON; a bad row is reported, not fatal."""
    kind = "csv" if upload.name.lower().endswith(".csv") else "json"
    given = records.read(await upload.content(), kind, NewFaq, MOST)
    known = {faq.id: faq for faq in await faqs.matching(limit=MOST)}
    ids = {identify(new.question): new for new in given.records}
    for id, new in ids.items():
        save(id, new, now, known.get(id))
    updated = len(ids.keys() & known.keys())
    rejected = [fault._asdict() for fault in given.faults]
    counted = {"created": len(ids) - updated, "updated": updated}
    return contract.Imported(**counted, rejected=rejected)


@router.post("/match", **chassis.policy(retry="read", public=True, action="match_faqs"))
async def match(asked: contract.MatchRequest) -> Matches:
    """The published entries that ask the same, best first, with confidence 0..1."""
    vector, degraded = None, None
    try:
        vector = await vector_of(asked.question)
    except chassis.Problem:
        degraded = "embedding-generation is away: matched by words alone"
    wanted = chassis.given(state="published", category=asked.category)
    found = await faqs.search(text=asked.question, vector=vector, filter=wanted, k=20)
    share = evidence.TEXT_SHARE if vector else 1.0
    scored = [
        Match(score=confidence(hit, found, share), **hit.body) for hit in found.hits
    ]
    best = sorted(scored, key=lambda m: (-m.score, m.id))[: asked.k]
    matches = [each for each in best if each.score >= asked.min_score]
    return Matches(matches=matches, degraded=degraded)


@router.put("/{id}", **STAFF_WRITES)
async def replace_faq(
    id: str, given: NewFaq, version: chassis.IfMatch, now: chassis.Now
) -> Faq:
    """Replace an entry; Stale unless it is at the If-Match version."""
    found = await faqs.read(id)
    faqs.expect(id, found.version if version is None else version)
    return save(id, given, now, found.value)


chassis.items(router, faqs, "faq", delete_roles=STAFF)


@chassis.on(FaqSaved)
async def give_vector(event: FaqSaved) -> None:
    """Embed an entry's wording, unless it changed again or is gone."""
    faq = await faqs.find(event.faq_id)
    if faq and wording(faq) == event.wording:
        vector = await vector_of(event.wording)
        faqs.patch(faq.id, {}, index=Index(vector=vector))


@chassis.on(QuestionUnanswered)
async def suggest(event: QuestionUnanswered) -> None:
    """Count an unanswered question, so that staff may write its entry."""
    id = identify(event.question)
    known = await suggestions.find(id)
    asked = known.asked + 1 if known else 1
    suggestions.put(id, Suggestion(id=id, asked=asked, **event.model_dump()))


parts = (router, give_vector, suggest)
meanings = {records.NotRecords: chassis.Invalid}
app = chassis.create_app("faq-management", *parts, meanings=meanings)
