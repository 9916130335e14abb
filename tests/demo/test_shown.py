"""What the demo prints is what was asked and answered, whatever signs are in it."""

import io
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from filigree.demo import journey

HERE = Path(__file__).parents[2]
ANSWER = {
    "answer": "Yes.",
    "citations": [],
    "actions": [],
    "abstained": False,
    "degraded": None,
}


def shown(question: str, **told: Any) -> str:
    out = io.StringIO()
    journey.show(question, {**ANSWER, **told}, Console(file=out, width=200))
    return out.getvalue()


def test_brackets_are_no_markup() -> None:
    quote = {"title": "Fees [2026]", "section": None, "quote": "[/b] costs [red]5"}
    said = shown("Is [/b] taken?", citations=[quote], degraded="[/x]")
    assert "Is [/b] taken?" in said
    assert "“[/b] costs [red]5”" in said
    assert "— Fees [2026]" in said
    assert "degraded: [/x]" in said


@pytest.mark.parametrize(
    ("title", "section", "said"),
    [
        ("Fees", "Fees › Crowns", "Fees › Crowns"),
        ("Fees", "Crowns", "Fees › Crowns"),
        ("Fees", None, "Fees"),
        ("", "Crowns", "Crowns"),
    ],
)
def test_a_title_is_told_once(title: str, section: str | None, said: str) -> None:
    assert journey.source({"title": title, "section": section}) == said


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"reason": None, "chunks": 1}, "1 passage"),
        ({"reason": None, "chunks": 7}, "7 passages"),
        ({"reason": "it is empty", "chunks": 0}, "it is empty"),
    ],
)
def test_a_document_s_fate(document: dict[str, Any], said: str) -> None:
    assert journey.fate(document) == said


def test_make_asks_what_was_typed(tmp_path: Path) -> None:
    filigree = tmp_path / "filigree"
    filigree.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    filigree.chmod(0o755)
    question = """What's "the fee" for $HOME, `id` or $(id)?"""
    done = subprocess.run(
        [
            "make",
            "--no-print-directory",
            "-o",
            "install",
            "demo",
            f"BIN={tmp_path}",
            f"ASK={question}",
        ],
        cwd=HERE,
        env={**os.environ, "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines() == ["demo", "--ask", question]
