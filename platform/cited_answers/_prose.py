"""Prose: how answers, refusals and sources read."""

import html
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from cited_answers import _markdown
from contracts.knowledge.answers import (
    Answer,
    Citation,
    Enhanced,
    EnhanceRequest,
    Formatted,
    Sources,
)


async def events(answer: Answer) -> AsyncIterator[tuple[str, Any]]:
    """An answer as events: deltas whose texts make it up, then all of it."""
    for piece in re.findall(r"\s*\S+\s*(?:\S+\s*){0,4}", answer.answer):
        yield "delta", {"text": piece}
    yield "answer", answer


def sources(results: list[Any]) -> Sources:
    """Every citation in raw results, each chunk once; what is none is counted."""
    found: dict[str, Citation] = {}
    ignored = 0
    queue = list(results)
    while queue:
        item = queue.pop(0)
        if isinstance(item, list):
            queue[:0] = item
        elif isinstance(item, dict) and "chunk_id" in item and "document_id" in item:
            found.setdefault(str(item["chunk_id"]), citation(item))
        elif isinstance(item, dict) and (inner := [*containers(item)]):
            queue[:0] = inner
        else:
            ignored += 1
    return Sources(sources=list(found.values()), ignored=ignored)


def containers(item: dict[str, Any]) -> Iterator[Any]:
    return (value for value in item.values() if isinstance(value, dict | list))


def citation(item: dict[str, Any]) -> Citation:
    """A result's citation; what of it has another shape is left out."""
    quote = item.get("quote") or item.get("text") or ""
    page, section = item.get("page"), item.get("section") or ""
    path = section if isinstance(section, list) else [section]
    return Citation(
        document_id=str(item["document_id"]),
        chunk_id=str(item["chunk_id"]),
        title=str(item.get("title") or ""),
        section=" › ".join(map(str, path)),
        quote=str(quote),
        page=page if isinstance(page, int) else None,
    )


def formatted(answer: Answer, channel: str) -> Formatted:
    """An answer with its sources numbered below it; nothing in it is markup."""
    titles = list(dict.fromkeys((c.title, c.section) for c in answer.citations))
    # A line break in a title would begin a source of its own.
    names = [" ".join(" › ".join(filter(None, title)).split()) for title in titles]
    if channel == "html":
        listed = "".join(f"<li>{html.escape(name)}</li>" for name in names)
        body = html.escape(answer.answer).replace("\n", "<br>")
        text = f"<p>{body}</p>" + (f"<ol>{listed}</ol>" if names else "")
        return Formatted(text=text, media_type="text/html")
    if channel == "markdown":
        return Formatted(
            text=_listed(
                _markdown.escaped(answer.answer), map(_markdown.escaped, names)
            ),
            media_type="text/markdown",
        )
    return Formatted(text=_listed(answer.answer, names), media_type="text/plain")


def _listed(text: str, names: Iterable[str]) -> str:
    lines = [f"[{n}] {name}" for n, name in enumerate(names, 1)]
    return "\n".join([text, "", *lines]) if lines else text


def enhanced(asked: EnhanceRequest, at: str) -> Enhanced:
    """The answer with metadata; a complex question's sentences become a list."""
    complexity = asked.analysis.get("complexity", "simple")
    text = asked.answer.answer
    lines = text.split("\n")
    is_list = len(lines) > 1 and asked.answer.citations and not asked.answer.dialogue
    if complexity == "complex" and is_list:
        text = "\n".join(f"- {line}" for line in lines)
    metadata = {
        "timestamp": at,
        "complexity": complexity,
        "pipeline_id": asked.pipeline_id,
        "words": len(text.split()),
        "sources": len({c.document_id for c in asked.answer.citations}),
    }
    known = asked.answer.model_dump() | {"answer": text}
    return Enhanced(**known, metadata=metadata)
