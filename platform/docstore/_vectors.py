"""Vectors on their way: base64 of float32 outside, binary halfvec in PostgreSQL.

Binary, because a vector bound as text would be parsed again for every row.
"""

import base64
import binascii
import math
import struct

from docstore.errors import Unusable

LARGEST = 3900  # dimensions; a row with them still fits a page of 8 KiB


def halfvec(text: str) -> bytes:
    """pgvector's wire format (dimensions, unused, big-endian halves); Unusable."""
    try:
        raw = base64.b64decode(text, validate=True)
        size, rest = divmod(len(raw), 4)
        if rest or not 1 <= size <= LARGEST:
            raise Unusable(f"a vector has 1 to {LARGEST} float32 numbers")
        values = struct.unpack(f"<{size}f", raw)
        if not all(map(math.isfinite, values)):
            raise Unusable("a vector's numbers are finite")
        return struct.pack(f">HH{size}e", size, 0, *values)
    except (binascii.Error, OverflowError) as exc:
        raise Unusable(f"a vector is base64 of float32 numbers: {exc}") from exc


def text(wire: bytes) -> str:
    """The base64 of float32 that a stored vector is read as."""
    size = int.from_bytes(wire[:2], "big")
    values = struct.unpack(f">{size}e", wire[4:])
    return base64.b64encode(struct.pack(f"<{size}f", *values)).decode()


def size(wire: bytes) -> int:
    """Dimensions."""
    return int.from_bytes(wire[:2], "big")
