"""FAQ management: a business's own answers to what it is asked most.

Calls      embedding-generation, database-operations
Publishes  faq.saved, and consumes it to give the entry its vector
Consumes   question.unanswered

An entry is found by its words as soon as it is saved, and by its meaning a moment
later; a draft or an archived one never reaches a customer. Without vectors, matching
goes on by words and says so.
"""

import contextlib
import hashlib
import uuid

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
MATCHES = chassis.policy(retry="read", public=True, action="match_faqs")
MOST = 1000  # entries of one import
AT_ONCE = 100  # entries that are embedded by one event

embedding = chassis.upstream("embedding-generation")
faqs = chassis.collection("faqs", Faq)
suggestions = chassis.collection("suggestions", Suggestion)
router = chassis.router("/api/v1/faqs", tags=["faq-management"])


def identify(question: str) -> str:
    """What a question is known by: in other case and spacing it is the same."""
    folded = " ".join(question.casefold().split()).rstrip("?!. ")
    return hashlib.sha256(folded.encode()).hexdigest()[:24]


def wording(faq: NewFaq) -> str:
    """What an entry is found by: how it may be asked, not how it is answered."""
    return "\n".join([faq.question, *faq.variants])


def store(given: NewFaq, known: Faq | None = None) -> Faq:
    """Store an entry under its words; Conflict when another asks the same."""
    now = chassis.now()
    since = known.created_at if known else now
    id = known.id if known else uuid.uuid4().hex
    faq = Faq(**given.model_dump(), id=id, created_at=since, updated_at=now)
    asks = [identify(faq.question)]
    faqs.put(id, faq, unique=asks, index=Index(text=wording(faq)))
    return faq


def ranked(found: Found, with_vector: bool) -> list[tuple[float, Hit]]:
    """How sure it is that each entry asks the same, 0..1, best first."""
    share = evidence.TEXT_SHARE if with_vector else 1.0
    scored = [
        (evidence.score(hit.bm25 or 0.0, found.ideal, hit.cosine or 0.0, share), hit)
        for hit in found.hits
    ]
    return sorted(scored, key=lambda each: (-each[0], each[1].id))


async def vectors_of(texts: list[str]) -> list[str]:
    asked = {"texts": texts}
    return (await embedding.call("embed", Embeddings, json=asked)).vectors


@router.post("", status_code=201, **STAFF_WRITES)
async def create_faq(given: NewFaq) -> Faq:
    """Add an entry; Conflict when its question is there already."""
    faq = store(given)
    chassis.publish(FaqSaved(faq_ids=[faq.id]))
    return faq


@router.get("", **STAFF_READS)
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
    """Every category with the number of its published entries."""
    count = {"entries": Measure(function="count")}
    shown = {"state": "published"}
    found = await faqs.query(shown, group=["category"], measures=count)
    return {str(g.keys[0]): int(g.measures["entries"] or 0) for g in found.groups or []}


@router.get("/suggestions", **STAFF_READS)
async def list_suggestions(paging: chassis.Paged) -> chassis.Page[Suggestion]:
    """What customers asked and nothing answered, most often asked first."""
    return await suggestions.page(paging, {}, [Sort(path="asked", descending=True)])


@router.get("/export", **STAFF_READS)
async def export_faqs(format: records.Kind = "json") -> Response:
    """All entries as a file that an import takes back."""
    every = [one.value async for one in faqs.each(sort=[Sort(path="question")])]
    body = records.write(every, format, NewFaq)
    return Response(body, media_type=records.MEDIA[format])


@router.post("/import", **STAFF_WRITES)
async def import_faqs(upload: chassis.Uploaded) -> contract.Imported:
    """Add or replace entries from CSV or JSON; a bad row is reported, not fatal."""
    kind = "csv" if upload.name.lower().endswith(".csv") else "json"
    given = records.read(await upload.content(), kind, NewFaq, MOST)
    known = {identify(f.value.question): f.value async for f in faqs.each()}
    new = {identify(each.question): each for each in given.records}
    ids = [store(each, known.get(asks)).id for asks, each in new.items()]
    for at in range(0, len(ids), AT_ONCE):
        chassis.publish(FaqSaved(faq_ids=ids[at : at + AT_ONCE]))
    updated = len(new.keys() & known.keys())
    rejected = [fault._asdict() for fault in given.faults]
    counted = {"created": len(new) - updated, "updated": updated}
    return contract.Imported(**counted, rejected=rejected)


@router.post("/match", **MATCHES)
async def match(asked: contract.MatchRequest) -> Matches:
    """The published entries that ask the same, best first, with confidence 0..1."""
    vector, degraded = None, None
    try:
        [vector] = await vectors_of([asked.question])
    except chassis.Problem:
        degraded = "embedding-generation is away: matched by words alone"
    wanted = chassis.given(state="published", category=asked.category)
    found = await faqs.search(text=asked.question, vector=vector, filter=wanted, k=50)
    best = [
        Match(score=score, **hit.body)
        for score, hit in ranked(found, vector is not None)
        if score >= asked.min_score
    ]
    return Matches(matches=best[: asked.k], degraded=degraded)


@router.put("/{id}", **STAFF_WRITES)
async def replace_faq(id: str, given: NewFaq, version: chassis.IfMatch) -> Faq:
    """Replace an entry; Stale unless it is at the If-Match version."""
    found = await faqs.read(id)
    faqs.expect(id, found.version if version is None else version)
    chassis.publish(FaqSaved(faq_ids=[id]))
    return store(given, found.value)


chassis.items(router, faqs, "faq", read_roles=STAFF, delete_roles=STAFF)


@chassis.on(FaqSaved)
async def give_vectors(event: FaqSaved) -> None:
    """Embed the entries as they are worded now; again, if one changes meanwhile."""
    found = [one async for one in faqs.each({"id": {"in": event.faq_ids}})]
    if not found:
        return
    made = await vectors_of([wording(one.value) for one in found])
    for one, vector in zip(found, made, strict=True):
        faqs.patch(one.id, {}, version=one.version, index=Index(vector=vector))


@chassis.on(QuestionUnanswered)
async def suggest(event: QuestionUnanswered) -> None:
    """Count an unanswered question, so that staff may write its entry."""
    id, version, asked = identify(event.question), 0, 1
    with contextlib.suppress(chassis.NotFound):
        known = await suggestions.read(id)
        version, asked = known.version, known.value.asked + 1
    suggestion = Suggestion(id=id, asked=asked, **event.model_dump(exclude={"type"}))
    suggestions.put(id, suggestion, version=version)


parts = (router, give_vectors, suggest)
meanings = {records.NotRecords: chassis.Malformed}
app = chassis.create_app("faq-management", *parts, meanings=meanings)
