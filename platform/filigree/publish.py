"""Several files of the repository, written together or not at all."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def publish(root: Path, texts: Mapping[str, str | None]) -> None:
    """Write each text to its path below *root*; None removes the file.

    Whatever keeps it from the last of them, Ctrl-C too, leaves all as they were.
    """
    before: dict[Path, bytes | None] = {}
    made: list[Path] = []
    try:
        for path, text in texts.items():
            target = root / path
            before[target] = target.read_bytes() if target.is_file() else None
            made += _folders(target.parent)
            _put(target, None if text is None else text.encode("utf-8"))
    except BaseException:
        for target, held in before.items():
            _put(target, held)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise


def _put(target: Path, content: bytes | None) -> None:
    if content is None:
        target.unlink(missing_ok=True)
    else:
        target.write_bytes(content)


def _folders(wanted: Path) -> list[Path]:
    """Make a folder and those above it; those that there were not, outermost first."""
    missing = [each for each in (wanted, *wanted.parents) if not each.exists()]
    wanted.mkdir(parents=True, exist_ok=True)
    return missing[::-1]
