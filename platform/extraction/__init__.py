"""Files into text with structure, and that text into chunks.

    document = await extraction.extract(path, "prices.pdf")
    passages = extraction.chunk(document, budget_tokens=180, overlap=30)

`extract` reads a file (PDF, DOCX, XLSX, PPTX, ODT, HTML, Markdown, CSV, JSON, e-mail or
plain text) in a process of its own, within `Limits`, and returns an `Extracted`, or
raises `Refused` with a code and a sentence for the person who sent the file. It never
hangs and never takes the caller's memory or process down with it. `chunk` is pure and
deterministic. `opened` does both in the other process, and hands over what it made
piece by piece.
"""

from extraction._chunks import Chunk, chunk
from extraction._document import Block, Extracted, Heading
from extraction._extract import extract, opened
from extraction._limits import Limits
from extraction._opened import PIECE, Opened
from extraction._refused import Refused
from extraction._sentences import sentences
from extraction._tokens import estimate

__all__ = [
    "PIECE",
    "Block",
    "Chunk",
    "Extracted",
    "Heading",
    "Limits",
    "Opened",
    "Refused",
    "chunk",
    "estimate",
    "extract",
    "opened",
    "sentences",
]
