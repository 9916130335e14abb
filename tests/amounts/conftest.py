"""Texts and the amounts in them, as people write them."""

from pathlib import Path

import pytest

Case = tuple[str, str | None, str | None, list[str], bool]


def cases(name: str) -> list[Case]:
    """Text, locale, expected currency, amounts, and whether something is asked."""
    made = []
    for row in (Path(__file__).parent / name).read_text().splitlines():
        if row and not row.startswith("# "):
            text, locale, currency, expected = (each.strip() for each in row.split("|"))
            amounts, asks = expected.removesuffix("?").split(), expected.endswith("?")
            pairs = [" ".join(two) for two in zip(*[iter(amounts)] * 2, strict=True)]
            made.append((text, locale or None, currency or None, pairs, asks))
    return made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``known`` and ``held_back`` are each line of the file of that name."""
    for name in {"known", "held_back"} & set(metafunc.fixturenames):
        found = cases(f"{name}.txt")
        metafunc.parametrize(name, found, ids=[f"{c[0]}-{c[1]}-{c[2]}" for c in found])
