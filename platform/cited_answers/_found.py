"""What actions found, as evidence to answer from."""

import re
from functools import partial
from itertools import takewhile
from typing import Any

import evidence
import wording
from contracts.knowledge.answers import AnswerRequest, Citation, Evidence
from contracts.knowledge.search import Result

FAQ_SURE = 0.4  # confidence from which an entry is evidence
FAQ_CERTAIN = 0.75  # confidence from which its answer is the answer
FAQ_BESIDE = 0.7  # confidence of an entry that does not speak of all that was asked
FAQ = "faq-"
YES_OR_NO = re.compile(r"(?:yes|no)\b(?:[,.:;!]\s*|\s+[–-]\s+)", re.IGNORECASE)
WEIGHED = 12  # passages
NOWHERE = "NotFound"  # how a search fails in a base that is not there


def gathered(question: str, results: list[dict[str, Any]]) -> Evidence:
    """The evidence in what actions found: passages of a search, entries of the FAQ."""
    outputs = {each["name"]: each.get("output") or {} for each in results}
    found = Evidence.model_validate(outputs.get("search", {}))
    entries = outputs.get("match_faqs", {}).get("matches", ())
    faqs = [_entry(question, each) for each in entries if each["score"] >= FAQ_SURE]
    failed = {e["name"]: e.get("error") for e in results if e.get("status") == "failed"}
    degraded = found.degraded or (f"{', '.join(failed)} failed" if failed else None)
    merged = [*faqs, *found.results]
    # In a knowledge base that is not there nothing is found, later neither.
    unsearched = failed.get("search", NOWHERE) != NOWHERE
    told = {"degraded": degraded, "unsearched": unsearched}
    return found.model_copy(update={"results": merged, **told})


def _entry(question: str, faq: dict[str, Any]) -> Result:
    id, text, score = FAQ + faq["id"], faq["answer"], faq["score"]
    if _asks_more(question, faq):
        # Its yes was said to another question, and what it says may be the answer.
        text, score = YES_OR_NO.sub("", text) or text, min(score, FAQ_BESIDE)
    return Result(
        chunk_id=id,
        document_id=id,
        title=faq["question"],
        section="FAQ",
        text=text,
        score=score,
    )


def _asks_more(question: str, faq: dict[str, Any]) -> bool:
    """Whether each question there is about something that an entry does not speak of.
    Where the entry says yes, it speaks of its own words alone: no dinner is a
    breakfast."""
    if wording.language(question) != "english":
        return False
    said, is_yes = f"{faq['question']} {faq['answer']}", YES_OR_NO.match(faq["answer"])
    beyond = partial(evidence.unsaid, text=said, literally=bool(is_yes))
    return all(map(beyond, evidence.questions(question)))


def settled(given: Evidence) -> list[Result]:
    """The entries of the FAQ that certainly ask the same, the surest first: what they
    answer is the answer."""
    entries = takewhile(lambda each: each.chunk_id.startswith(FAQ), given.results)
    return [each for each in entries if each.score >= FAQ_CERTAIN]


def weighable(given: Evidence) -> tuple[list[evidence.Passage], evidence.Statistics]:
    """Passages and statistics as ``evidence.answer`` takes them."""
    facts = evidence.Statistics(
        documents=given.documents,
        terms={term.term: (term.documents, term.idf) for term in given.terms},
        ideal=given.ideal,
    )
    shared = {"document_id", "title", "section", "text", "score"}
    passages = [
        evidence.Passage(
            id=each.chunk_id,
            bm25=each.bm25 or 0.0,
            cosine=each.cosine or 0.0,
            **each.model_dump(include=shared),
        )
        for each in given.results[:WEIGHED]
    ]
    return passages, facts


def subject(asked: AnswerRequest) -> evidence.Subject | None:
    """What a follow-up is about, as ``evidence.answer`` takes it."""
    if asked.about is None:
        return None
    told = asked.about.model_dump()
    return evidence.Subject(**{name: tuple(words) for name, words in told.items()})


def citations(found: evidence.Answer, given: Evidence) -> list[Citation]:
    """The quotes of *found* under the passages that they stand in."""
    sources = {each.chunk_id: each for each in given.results[:WEIGHED]}
    return [
        cited(sources[quote.passage_id], quote.text, quote.start)
        for quote in found.quotes
    ]


def cited(source: Result, quote: str, start: int) -> Citation:
    """The *quote* that stands in *source* from *start* on, with its own page and
    section."""
    pages = [page for at, page in source.page_starts if at <= start]
    paths = [path for at, path in source.section_starts if at <= start]
    known = source.model_dump() | {"page": pages[-1] if pages else source.page}
    if paths:
        known["section"] = " › ".join(paths[-1])
    return Citation(quote=quote, **known)
