"""What one file may cost."""

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Bounds for reading one file; above them it is `Refused`.

    The defaults take what a business has (handbooks, price lists, contracts) on a small
    machine. ``ratio`` counts once more than 10 MiB came out of a container, since small
    repetitive files compress extremely well and harm nobody.
    """

    bytes: int = 20 * MIB  # of the file
    pages: int = 2_000  # of a PDF, or page breaks of a DOCX
    characters: int = 5_000_000  # of the canonical text
    blocks: int = 200_000
    chunks: int = 10_000  # of a document that is `opened`
    expansion: int = 100 * MIB  # bytes, of one container or one stream within it
    ratio: int = 100  # bytes out of a container for a byte in it
    depth: int = 200  # nested elements
    seconds: float = 60.0  # wall clock and, rounded up, processor time
    memory: int = 256 * MIB  # address space of the reading process, in bytes


def mib(size: int) -> str:
    """Bytes as a reason tells them: "20", "0.5"."""
    return f"{size / MIB:.3g}"
