"""The demo's files as text, read in the plainest way that their format allows."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from selectolax.lexbor import LexborHTMLParser

import filigree.demo

DEMO = Path(filigree.demo.__file__).parent


def plain(text: str) -> str:
    return " ".join(text.split())


def pdf(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def word(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [cell.text for row in word_rows(path) for cell in row]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def word_rows(path: Path) -> list[list[Any]]:
    tables = docx.Document(str(path)).tables
    return [list(row.cells) for table in tables for row in table.rows]


def html(path: Path) -> str:
    tree = LexborHTMLParser(path.read_text("utf-8"))
    tree.strip_tags(["script", "style"])
    assert tree.body is not None
    return tree.body.text(separator=" ")


def markdown(path: Path) -> str:
    return re.sub(r"\*\*?", "", path.read_text("utf-8"))


def unchanged(path: Path) -> str:
    return path.read_text("utf-8")


def html_table(path: Path) -> list[list[str]]:
    rows = LexborHTMLParser(path.read_text("utf-8")).css("tr")
    return [[cell.text(strip=True) for cell in row.css("td, th")] for row in rows]


def csv_table(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"))))


def markdown_table(path: Path) -> list[list[str]]:
    lines = [line for line in markdown(path).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def word_table(path: Path) -> list[list[str]]:
    return [[cell.text for cell in row] for row in word_rows(path)]


def pdf_table(path: Path) -> list[list[str]]:
    """A PDF has no rows: the source that it was built from has them."""
    return markdown_table(DEMO / "sources" / f"{path.stem}.txt")


READERS: dict[str, Callable[[Path], str]] = {
    ".pdf": pdf,
    ".docx": word,
    ".html": html,
    ".md": markdown,
    ".txt": unchanged,
    ".csv": unchanged,
}
TABLES: dict[str, Callable[[Path], list[list[str]]]] = {
    ".pdf": pdf_table,
    ".docx": word_table,
    ".html": html_table,
    ".md": markdown_table,
    ".csv": csv_table,
}


@pytest.fixture(scope="session")
def folder() -> Path:
    return DEMO


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    return json.loads((DEMO / "manifest.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def questions() -> list[dict[str, Any]]:
    return json.loads((DEMO / "questions.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """Text of every document by file name, its whitespace made single spaces."""
    files = sorted((DEMO / "documents").iterdir())
    return {path.name: plain(READERS[path.suffix](path)) for path in files}


@pytest.fixture(scope="session")
def tables() -> dict[str, list[list[str]]]:
    """Rows of cells of every document by file name, all its tables in one list."""
    files = sorted((DEMO / "documents").iterdir())
    return {p.name: TABLES[p.suffix](p) for p in files if p.suffix in TABLES}
