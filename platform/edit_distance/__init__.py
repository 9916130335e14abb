"""Slips: how many letters a word is from the one that may have been meant."""

__all__ = ["distance"]


def distance(said: str, meant: str, most: int) -> int:
    """How many letters are wrong, missing, too many, or swapped with the next; *most* +
    1 where they are more.

    The distance of Damerau and Levenshtein in its restricted form (optimal string
    alignment): no part is edited twice.
    """
    if not _may_be(said, meant, most):
        return most + 1
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, letter in enumerate(said, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(meant, 1):
            edits = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            if older and j > 1 and said[i - 2 : i] == other + meant[j - 2]:
                edits = min(edits, older[j - 2] + 1)
            row.append(edits)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _may_be(said: str, meant: str, most: int) -> bool:
    """Whether it is possible at all: a slip adds two letters to those of one alone."""
    if abs(len(said) - len(meant)) > most:
        return False
    return len(set(said) ^ set(meant)) <= 2 * most
