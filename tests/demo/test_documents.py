"""The demo's files are what the manifest and the build say they are."""

import hashlib
import io
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pypdf
import pytest

from filigree.demo import broken, build

Manifest = dict[str, Any]


def test_the_manifest_lists_every_file_and_no_other(
    manifest: Manifest, folder: Path
) -> None:
    for key in ("documents", "hostile"):
        listed = [entry["file"] for entry in manifest[key]]
        present = [path.name for path in (folder / key).iterdir()]
        assert sorted(listed) == sorted(present)


@pytest.mark.parametrize(
    ("suffix", "least"),
    [(".pdf", 5), (".docx", 3), (".html", 5), (".md", 8), (".txt", 3), (".csv", 2)],
)
def test_there_are_enough_documents_of_each_format(
    manifest: Manifest, suffix: str, least: int
) -> None:
    suffixes = Counter(Path(entry["file"]).suffix for entry in manifest["documents"])
    assert suffixes[suffix] >= least
    assert suffixes.total() >= 30


def test_committed_documents_are_what_their_sources_build(folder: Path) -> None:
    for name, content in build.documents().items():
        assert (folder / "documents" / name).read_bytes() == content, name


def test_committed_broken_files_are_what_is_built(folder: Path) -> None:
    whole = (folder / "documents" / "implants.pdf").read_bytes()
    for name, content in broken.files(whole).items():
        committed = (folder / "hostile" / name).read_bytes()
        if name == "bomb.docx":  # deflated, which differs between versions of zlib
            continue
        assert committed == content, name


def test_building_twice_gives_the_same_bytes() -> None:
    assert build.documents() == build.documents()


def test_the_bomb_expands_a_thousandfold_and_is_what_is_built(folder: Path) -> None:
    def parts(archive: zipfile.ZipFile) -> list[tuple[str, int, int]]:
        return [
            (part.filename, part.CRC, part.file_size) for part in archive.infolist()
        ]

    path = folder / "hostile" / "bomb.docx"
    with (
        zipfile.ZipFile(path) as committed,
        zipfile.ZipFile(io.BytesIO(broken.bomb())) as built,
    ):
        assert parts(committed) == parts(built)
        assert sum(size for _, _, size in parts(committed)) >= broken.EXPANDED
    assert path.stat().st_size < 100_000


def test_everything_together_is_small(folder: Path) -> None:
    sizes = [path.stat().st_size for path in folder.rglob("*.*") if path.is_file()]
    assert sum(sizes) < 1_000_000


def test_only_the_declared_copy_is_a_copy(manifest: Manifest, folder: Path) -> None:
    def digest(name: str) -> str:
        content = (folder / "documents" / name).read_bytes()
        return hashlib.sha256(content).hexdigest()

    by_content: dict[str, list[str]] = {}
    for entry in manifest["documents"]:
        by_content.setdefault(digest(entry["file"]), []).append(entry["file"])
    doubles = [sorted(names) for names in by_content.values() if len(names) > 1]
    declared = [
        sorted([entry["file"], entry["copy_of"]])
        for entry in manifest["documents"]
        if "copy_of" in entry
    ]
    assert (
        doubles == declared == [["aftercare-extraction.md", "leaflet-tooth-removal.md"]]
    )


def test_the_handbook_is_long_and_every_page_has_its_header(folder: Path) -> None:
    pages = pypdf.PdfReader(folder / "documents" / "patient-handbook.pdf").pages
    assert len(pages) >= 10
    assert all("Patient handbook 2026" in page.extract_text() for page in pages)


def test_the_encrypted_file_cannot_be_read_without_its_password(folder: Path) -> None:
    reader = pypdf.PdfReader(folder / "hostile" / "encrypted.pdf")
    assert reader.is_encrypted
    assert reader.decrypt("") == pypdf.PasswordType.NOT_DECRYPTED
    assert reader.decrypt("quay") != pypdf.PasswordType.NOT_DECRYPTED


def test_the_scan_has_a_page_and_no_text(folder: Path) -> None:
    pages = pypdf.PdfReader(folder / "hostile" / "scan-without-text.pdf").pages
    assert [page.extract_text().strip() for page in pages] == [""]


def test_the_truncated_file_lacks_its_end(folder: Path) -> None:
    content = (folder / "hostile" / "truncated.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"%%EOF" not in content


def test_the_photo_is_a_png_under_a_false_name(folder: Path) -> None:
    content = (folder / "hostile" / "photo-named.pdf").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")


def test_every_domain_is_an_example(texts: dict[str, str]) -> None:
    joined = " ".join(texts.values())
    words = joined.replace("<", " ").replace(">", " ").split()
    addresses = [word.strip(".,;") for word in words if "@" in word or "www." in word]
    assert addresses
    assert [a for a in addresses if ".example" not in a] == []


def test_every_telephone_number_is_fictional(texts: dict[str, str]) -> None:
    numbers = re.findall(r"\b01 (\d{3}) \d{4}\b", " ".join(texts.values()))
    assert set(numbers) == {"555"}
