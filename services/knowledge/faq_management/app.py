"""FAQ management: a business's own answers to what it is asked most.

Calls      embedding-generation, database-operations
Publishes  faq.saved, and consumes it to give the entry its vector
Consumes   question.unanswered, conversation.removed

An entry is found by its words as soon as it is saved, and by its meaning a moment
later; without vectors by words alone, which is said. No draft reaches a customer.
"""

from typing import Annotated

from fastapi import Query, Response

import chassis
import faq_rules
import records
import similarity
from contracts.assistant.events import ConversationRemoved
from contracts.infrastructure.database import Index, Sort
from contracts.knowledge import faqs as contract
from contracts.knowledge.events import FaqSaved, QuestionUnanswered
from contracts.knowledge.faqs import Faq, Matches, NewFaq, Suggestion
from contracts.knowledge.search import Embeddings

STAFF = chassis.STAFF
ANYONE_READS = chassis.policy(retry="read", public=True)
STAFF_READS = chassis.policy(retry="read", public=True, roles=STAFF)
STAFF_WRITES = chassis.policy(retry="keyed", public=True, roles=STAFF)
MATCHES = chassis.policy(retry="read", public=True, action="match_faqs")
MOST = 1000  # entries of one import
Wanted = Annotated[contract.Wanted, Query()]

embedding = chassis.upstream("embedding-generation")
faqs = chassis.collection("faqs", Faq)
suggestions = chassis.collection("suggestions", Suggestion)
router = chassis.router("/api/v1/faqs", tags=["faq-management"])


def store(made: list[Faq], version: int | None = None) -> None:
    """Store entries, each under its words, and suggest it no longer; Conflict."""
    for faq in made:
        faqs.put(faq.id, faq, version=version, **faq_rules.found_by(faq))
    for some in faq_rules.batches(made):
        chassis.publish(FaqSaved(faq_ids=[faq.id for faq in some]))
        suggestions.delete_all({"id": {"in": faq_rules.asked(some)}})


async def embedded(texts: list[str]) -> Embeddings:
    return await embedding.call("embed", Embeddings, json={"texts": texts})


published = faq_rules.Published(faqs, embedded, chassis)


@router.post("", status_code=201, **STAFF_WRITES)
async def create_faq(given: NewFaq, now: chassis.Now) -> Faq:
    """Add an entry; Conflict when its question is there already."""
    store([faq := faq_rules.entry(given, now)])
    return faq


@router.get("", **STAFF_READS)
async def list_faqs(paging: chassis.Paged, wanted: Wanted) -> chassis.Page[Faq]:
    """Entries by falling priority."""
    those = wanted.model_dump(exclude_none=True)
    return await faqs.page(paging, those, [Sort(path="priority", descending=True)])


@router.get("/categories", **ANYONE_READS)
async def list_categories() -> dict[str, int]:
    """Every category with the number of its published entries."""
    return await faqs.tally("category", {"state": "published"})


@router.get("/suggestions", **STAFF_READS)
async def list_suggestions(paging: chassis.Paged) -> chassis.Page[Suggestion]:
    """What customers asked and nothing answered, most often asked first."""
    return await suggestions.page(paging, {}, [Sort(path="asked", descending=True)])


@router.get("/export", **STAFF_READS, **chassis.media("application/json", "text/csv"))
async def export_faqs(format: records.Kind = "json") -> Response:
    """All entries as a file that an import takes back."""
    every = [one.value async for one in faqs.each(sort=[Sort(path="question")])]
    body = records.write(every, format, NewFaq)
    return Response(body, media_type=records.MEDIA[format])


@router.post("/import", **STAFF_WRITES)
async def import_faqs(upload: chassis.Uploaded, now: chassis.Now) -> contract.Imported:
    """Add or replace entries from CSV or JSON; a bad row is reported, not fatal."""
    given = records.read(await upload.content(), NewFaq, MOST)
    known = [one.value async for one in faqs.each()]
    made, told = faq_rules.imported(given, known, now)
    store(made)
    return told


@router.post("/match", **MATCHES)
async def match(asked: contract.MatchRequest, tenant: chassis.Tenant) -> Matches:
    """The published entries that ask the same, best first, with confidence 0..1."""
    found, degraded = await published.near(tenant, asked)
    return Matches(matches=faq_rules.matches(asked, found), degraded=degraded)


@router.put("/{id}", **STAFF_WRITES)
async def replace_faq(
    id: str, given: NewFaq, version: chassis.IfMatch, now: chassis.Now
) -> Faq:
    """Replace an entry; Stale unless it is at the If-Match version."""
    found = await faqs.read(id)
    store([faq := faq_rules.entry(given, now, found.value)], found.at(version))
    return faq


chassis.items(router, faqs, "faq", read_roles=STAFF, delete_roles=STAFF)


@chassis.on(FaqSaved)
async def give_vectors(event: FaqSaved) -> None:
    """Embed the entries as they are worded now; again, if one changes meanwhile."""
    found = [one async for one in faqs.each({"id": {"in": event.faq_ids}})]
    words = [faq_rules.wording(one.value) for one in found]
    made = (await embedded(words)).vectors if words else []
    for one, vector in zip(found, made, strict=True):
        faqs.patch(one.id, {}, version=one.version, index=Index(vector=vector))


@chassis.on(QuestionUnanswered)
async def suggest(event: QuestionUnanswered) -> None:
    """Count an unanswered question, so that staff may write its entry."""
    told, id = event.model_dump(exclude={"type"}), faq_rules.key(event.question)
    known = await suggestions.read(id, Suggestion(id=id, asked=0, **told))
    asked = Suggestion(id=id, asked=known.value.asked + 1, **told)
    suggestions.put(id, asked, version=known.version)


@chassis.on(ConversationRemoved)
async def forget(event: ConversationRemoved) -> None:
    """Suggest nothing in the words of a conversation that is deleted."""
    suggestions.delete_all({"conversation_id": event.conversation_id})


parts = (router, give_vectors, suggest, forget)
refused = records.NotRecords, similarity.BadVector
meanings = dict.fromkeys(refused, chassis.Malformed)
app = chassis.create_app("faq-management", *parts, meanings=meanings)
