"""The Llama 2 tokenizer, byte-pair encoding over a table that is mapped, not loaded.

The ids are those that Hugging Face's ``tokenizers`` gives for the same file without
special tokens (a test compares them), but for one difference meant: ``<s>``, ``</s>``
and ``<unk>`` in a text are text, not control tokens.

The table is an open-addressing hash table of 64-bit words, linear probing, 0 for empty.
A word holds, from the top: a 31-bit key, a 16-bit rank, a 15-bit token id, and one bit
that is always set. The key of a merge is its two token ids, 15 bits each; the key of a
single character is its code point with bit 30 set.
"""

import heapq
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

SLOTS = 1 << 17
MAGIC = b"FGBPE001"

_SPACE = "▁"
_BYTES = 3  # the id of the token <0x00>
_PIECE = re.compile(f"{_SPACE}*[^{_SPACE}]+|{_SPACE}+")
_REMEMBERED = 4096
_REMEMBERED_LENGTH = 24

Entry = tuple[int, int]


def _slot(key: int) -> int:
    return (key * 0x9E3779B1 & 0xFFFFFFFF) >> 15


def pair_key(left: int, right: int) -> int:
    return left << 15 | right


def character_key(character: str) -> int:
    return 1 << 30 | ord(character)


def compiled(entries: Iterable[tuple[int, int, int]]) -> bytes:
    """The table file of (key, rank, id) entries; the first of equal keys counts."""
    words = [0] * SLOTS
    for key, rank, token in entries:
        slot = _slot(key)
        while words[slot] and words[slot] >> 32 != key:
            slot = (slot + 1) % SLOTS
        words[slot] = words[slot] or key << 32 | rank << 16 | token << 1 | 1
    return MAGIC + b"".join(word.to_bytes(8, "little") for word in words)


class Tokenizer:
    """Texts to token ids. Safe to share between threads."""

    def __init__(self, words: Sequence[int]) -> None:
        """``words``: the table's 64-bit words, such as a memoryview cast to "Q"."""
        self._words = words
        self._remembered: dict[str, list[int]] = {}

    def ids(self, text: str) -> list[int]:
        """Token ids of a text; none for the empty text. Never fails."""
        if not text:
            return []
        spaced = _SPACE + text.replace(" ", _SPACE)
        found: list[int] = []
        # No token spans the start of a word, so words can be encoded one at a time.
        for piece in _PIECE.findall(spaced):
            found += self._piece(piece)
        return found

    def _piece(self, piece: str) -> list[int]:
        known = self._remembered.get(piece)
        if known is not None:
            return known
        ids = self._merged(self._characters(piece))
        if len(piece) <= _REMEMBERED_LENGTH:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered = {}
            self._remembered[piece] = ids
        return ids

    def _find(self, key: int) -> Entry | None:
        words, slot = self._words, _slot(key)
        while word := words[slot]:
            if word >> 32 == key:
                return word >> 16 & 0xFFFF, word >> 1 & 0x7FFF
            slot = (slot + 1) % SLOTS
        return None

    def _characters(self, piece: str) -> list[int]:
        ids: list[int] = []
        for character in piece:
            entry = self._find(character_key(character))
            if entry:
                ids.append(entry[1])
            else:
                ids += [_BYTES + byte for byte in character.encode("utf-8", "replace")]
        return ids

    def _merged(self, ids: list[int]) -> list[int]:
        """Merge the pair of lowest rank, leftmost first, until no pair is left."""
        after = list(range(1, len(ids) + 1))
        before = list(range(-1, len(ids) - 1))
        queue: list[tuple[int, int, int, int, int]] = []
        for at, (one, next_one) in enumerate(pairwise(ids)):
            self._offer(queue, at, one, next_one)
        while queue:
            _, at, left, right, token = heapq.heappop(queue)
            other = after[at]
            if not _stands(ids, at, left, other, right):
                continue
            ids[at], ids[other] = token, -1
            after[at] = after[other]
            if after[at] < len(ids):
                before[after[at]] = at
                self._offer(queue, at, token, ids[after[at]])
            if before[at] >= 0:
                self._offer(queue, before[at], ids[before[at]], token)
        return [token for token in ids if token >= 0]

    def _offer(
        self,
        queue: list[tuple[int, int, int, int, int]],
        at: int,
        left: int,
        right: int,
    ) -> None:
        entry = self._find(pair_key(left, right))
        if entry:
            heapq.heappush(queue, (entry[0], at, left, right, entry[1]))


def _stands(ids: list[int], at: int, left: int, other: int, right: int) -> bool:
    """Whether the pair is still there, neither of it merged with a neighbour."""
    return ids[at] == left and other < len(ids) and ids[other] == right
