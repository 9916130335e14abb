"""Build the demo's PDF, DOCX and broken files: `python -m filigree.demo.build`.

The text files under `documents/` are written by hand. Everything that this module
writes is committed as well, so that the demo needs neither ReportLab nor python-docx.
"""

from pathlib import Path

from filigree.demo import broken, markup, pdf, word

HERE = Path(__file__).parent
RENDERERS = {"pdf": pdf.render, "docx": word.render}


def documents() -> dict[str, bytes]:
    """Every built document by its file name."""
    sources = [markup.read(path) for path in sorted((HERE / "sources").glob("*.txt"))]
    return {source.name: RENDERERS[source.format](source) for source in sources}


def main() -> None:
    built = documents()
    for name, content in built.items():
        (HERE / "documents" / name).write_bytes(content)
    for name, content in broken.files(built["implants.pdf"]).items():
        (HERE / "hostile" / name).write_bytes(content)


if __name__ == "__main__":
    main()
