"""The demo business as a question set, read as the services would read it.

Files become text and chunks through ``extraction``, so this is the one evaluation that
covers the way from a file to an answer. Only ``evidence.evaluate`` needs it.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import extraction
from evidence import _history
from evidence.corpus import Case, Set
from evidence.types import Passage

_KINDS = {"clarify": "underspecified", "unanswerable": "unanswerable"}


async def _passages(folder: Path, entry: dict[str, Any]) -> list[Passage]:
    name = entry["file"]
    document = await extraction.extract(folder / "documents" / name, name)
    return [
        Passage(f"{name}.{at}", name, entry["title"], " > ".join(c.section), c.text)
        for at, c in enumerate(extraction.chunk(document))
    ]


async def _all_passages(folder: Path, entries: list[dict[str, Any]]) -> list[Passage]:
    return [p for entry in entries for p in await _passages(folder, entry)]


def _case(entry: dict[str, Any]) -> Case:
    kind = _KINDS.get(entry["kind"], entry["kind"])
    if entry["style"] == "off-topic":
        kind = "off_topic"
    said = [(turn["role"], turn["content"]) for turn in entry.get("history") or []]
    return Case(
        question=entry["question"],
        kind=kind,
        documents=frozenset(entry.get("documents", [])),
        facts=tuple(entry.get("must_contain", [])),
        resolved=_history.resolve(entry["question"], said),
    )


def read(folder: Path) -> Set:
    """The demo business as its customers see it, without what only staff may read."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    shown = [entry for entry in manifest["documents"] if not entry["roles"]]
    questions = json.loads((folder / "questions.json").read_text("utf-8"))
    cases = [_case(entry) for entry in questions if not entry.get("ask_as")]
    passages = asyncio.run(_all_passages(folder, shown))
    return Set("demo", tuple(passages), tuple(cases))
