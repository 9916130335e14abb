"""Where the model's two files are, and how they are laid out.

``MATRIX`` is a safetensors file as published. ``TABLE`` is the tokenizer compiled by
``embeddings.fetch``: reading the published JSON would cost each service 18 MB.
"""

import json
import mmap
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MATRIX = "l2_supercat_256.safetensors"
TABLE = "l2_supercat_tokenizer.table"
NAME = "wordllama-l2-supercat-256"
DIMENSIONS = 256
TOKENS = 32_000

_HEADER_LIMIT = 1 << 20


class WeightsError(Exception):
    """A file is missing or is not what it should be; the message says what to do."""


def folder() -> Path:
    """``FILIGREE_WEIGHTS``, or ``.filigree/weights`` in the checkout."""
    named = os.environ.get("FILIGREE_WEIGHTS")
    if named:
        return Path(named)
    return Path(__file__).resolve().parents[2] / ".filigree" / "weights"


def mapped(path: Path) -> memoryview:
    """The bytes of a file, shared with every process that maps it."""
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError:
        raise WeightsError(
            f"{path} is missing: run `python -m embeddings.fetch`, or set "
            "FILIGREE_WEIGHTS to the folder that has it"
        ) from None
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path}: {error}") from error


def matrix(path: Path) -> NDArray[np.float16]:
    """The embedding matrix, (32000, 256), read-only, not copied.

    The format is eight bytes of header length, little-endian, a JSON header, the data:
    https://github.com/huggingface/safetensors#format
    """
    data = mapped(path)
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > min(_HEADER_LIMIT, len(data) - 8):
        raise WeightsError(f"{path} is not a safetensors file")
    try:
        tensor = json.loads(bytes(data[8 : 8 + length]))["embedding.weight"]
        start, end = tensor["data_offsets"]
        kind, shape = tensor["dtype"], tensor["shape"]
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{path} has no tensor embedding.weight") from error
    expected = TOKENS * DIMENSIONS * 2
    if (kind, shape, end - start) != ("F16", [TOKENS, DIMENSIONS], expected):
        raise WeightsError(f"{path} has the shape {shape} of {kind}")
    if len(data) < 8 + length + end:
        raise WeightsError(f"{path} is cut short")
    values = np.frombuffer(data, "<f2", TOKENS * DIMENSIONS, 8 + length + start)
    return values.reshape(TOKENS, DIMENSIONS)
